import CKernels
import Testing

@Suite struct KernelsPhiloxTests {
    /// The known answers of Random123's `kat_vectors` for philox4x32-10.
    @Test func knownAnswers() {
        let cases: [(low: UInt64, high: UInt64, key: UInt64, block: [UInt32])] = [
            (0, 0, 0, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (.max, .max, .max, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                0x85a3_08d3_243f_6a88, 0x0370_7344_1319_8a2e, 0x299f_31d0_a409_3822,
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ]
        for answer in cases {
            var out = [UInt32](repeating: 0, count: 4)
            ck_philox_bits(&out, 4, answer.key, answer.high, answer.low)
            #expect(out == answer.block)
            ck_reference_philox_bits(&out, 4, answer.key, answer.high, answer.low)
            #expect(out == answer.block)
        }
    }

    @Test(arguments: awkwardSizes, [0, 0xffff_fffa, UInt64.max - 2] as [UInt64])
    func bitsMatchReference(n: Int, block: UInt64) {
        var out = [UInt32](repeating: 0, count: n)
        var expected = out
        ck_philox_bits(&out, Int64(n), 0x1234_5678_9abc_def0, 77, block)
        ck_reference_philox_bits(&expected, Int64(n), 0x1234_5678_9abc_def0, 77, block)
        #expect(out == expected)
    }

    @Test(arguments: awkwardSizes) func variates(n: Int) {
        var words = [UInt32](repeating: 0, count: n + 1)
        ck_reference_philox_bits(&words, Int64(n + 1), 5, 6, 7)
        let exact = words.map { ck_reference_uniform($0) }
        var out = [Float](repeating: .nan, count: n)
        ck_philox_uniform(&out, Int64(n), 5, 6, 7)
        #expect(doubles(out) == Array(exact.prefix(n)))
        ck_philox_gumbel(&out, Int64(n), 5, 6, 7)
        #expect(distance(out, exact.prefix(n).map { ck_reference_gumbel($0) }) < 1e-6)
        ck_philox_normal(&out, Int64(n), 5, 6, 7)
        #expect(distance(out, (0..<n).map { ck_reference_normal(exact, Int64($0)) }) < 2e-6)
    }

    @Test func moments() {
        let n = 400_000
        var out = [Float](repeating: .nan, count: n)
        ck_philox_uniform(&out, Int64(n), 1, 2, 3)
        #expect(out.allSatisfy { $0 > 0 && $0 < 1 })
        ck_philox_normal(&out, Int64(n), 1, 2, 3)
        #expect(abs(ck_sum(out, Int64(n)) / Double(n)) < 0.01)
        #expect(abs(ck_sum_of_squares(out, Int64(n)) / Double(n) - 1) < 0.01)
        ck_philox_gumbel(&out, Int64(n), 1, 2, 3)
        #expect(abs(ck_sum(out, Int64(n)) / Double(n) - 0.5772) < 0.01)
        #expect(allFinite(out))
    }

    @Test(arguments: awkwardSizes, [Int32(0), 1]) func dropout(n: Int, accumulate: Int32) {
        let x = values(n, seed: 1)
        let start = values(n, seed: 2)
        var uniform = [Float](repeating: 0, count: n)
        ck_philox_uniform(&uniform, Int64(n), 8, 9, 0)
        var y = start
        ck_dropout(&y, x, Int64(n), 0.3, 8, 9, accumulate)
        let expected = (0..<n).map {
            (accumulate == 1 ? Double(start[$0]) : 0)
                + (uniform[$0] >= 0.3 ? Double(x[$0]) / 0.7 : 0)
        }
        #expect(distance(y, expected) < 1e-6)
        y = x
        ck_dropout(&y, y, Int64(n), 0, 8, 9, 0)
        #expect(y == x)
        ck_dropout(&y, x, Int64(n), 1, 8, 9, 0)
        #expect(y.allSatisfy { $0 == 0 })
    }

    @Test(arguments: awkwardSizes.filter { $0 > 0 }) func argmax(columns: Int) {
        let rowCount = 6
        let logits = values(rowCount * columns, seed: 1)
        let noise = values(rowCount * columns, seed: 2)
        for given in [nil, noise] {
            var index = [Int32](repeating: -1, count: rowCount)
            if let given {
                ck_argmax_sum(&index, logits, given, Int64(rowCount), Int64(columns))
            } else {
                ck_argmax_sum(&index, logits, nil, Int64(rowCount), Int64(columns))
            }
            let expected = (0..<rowCount).map { r in
                let row = (0..<columns).map {
                    logits[r * columns + $0] + (given?[r * columns + $0] ?? 0)
                }
                return Int32(row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 })
            }
            #expect(index == expected)
        }
    }

    @Test func firstOfEqualMaximaWins() {
        var x = [Float](repeating: -1, count: 100)
        for place in [90, 37, 55] { x[place] = 4 }
        var index: Int32 = -1
        ck_argmax_sum(&index, x, nil, 1, 100)
        #expect(index == 37)
        ck_argmax_sum(&index, [Float](repeating: -.infinity, count: 100), nil, 1, 100)
        #expect(index == 0)
    }
}

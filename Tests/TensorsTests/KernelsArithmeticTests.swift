import CKernels
import Testing

@Suite struct KernelsArithmeticTests {
    @Test(arguments: awkwardSizes) func fillAndCopy(n: Int) {
        var y = values(n, seed: 1)
        let x = values(n, seed: 2)
        ck_copy(&y, x, Int64(n))
        #expect(y == x)
        ck_fill(&y, 2.5, Int64(n))
        #expect(y == [Float](repeating: 2.5, count: n))
    }

    @Test(arguments: awkwardSizes) func addAndAxpy(n: Int) {
        let x = values(n, seed: 1)
        let start = values(n, seed: 2)
        var y = start
        ck_add(&y, x, Int64(n))
        #expect(y == zip(start, x).map { $0 + $1 })
        y = start
        ck_axpy(&y, -1.5, x, Int64(n))
        #expect(distance(y, zip(start, x).map { Double($0) - 1.5 * Double($1) }) < 1e-7)
    }

    @Test(arguments: awkwardSizes, [Int32(0), 1]) func scaleAndMultiply(n: Int, accumulate: Int32) {
        let a = values(n, seed: 1)
        let b = values(n, seed: 2)
        let start = values(n, seed: 3)
        let kept = doubles(start).map { accumulate == 1 ? $0 : 0 }
        var y = start
        ck_scale(&y, 0.7, a, Int64(n), accumulate)
        #expect(distance(y, zip(kept, a).map { $0 + Double(Float(0.7)) * Double($1) }) < 1e-7)
        y = start
        ck_multiply(&y, a, b, Int64(n), accumulate)
        let product = zip(a, b).map { Double($0) * Double($1) }
        #expect(distance(y, zip(kept, product).map { $0 + $1 }) < 1e-7)
    }

    @Test(arguments: [0, 1, 2, 15, 16, 17, 33, 100], [0, 1, 3, 16, 17, 48, 65])
    func transpose(rowCount: Int, columns: Int) {
        let x = values(rowCount * columns, seed: 1)
        var y = [Float](repeating: .nan, count: rowCount * columns)
        ck_transpose(&y, x, Int64(rowCount), Int64(columns))
        let expected = (0..<columns).flatMap { c in (0..<rowCount).map { x[$0 * columns + c] } }
        #expect(y == expected)
    }

    @Test(arguments: awkwardSizes + [70_001]) func sums(n: Int) {
        let x = values(n, seed: 4, scale: 3)
        let total = doubles(x).reduce(0, +)
        let squares = doubles(x).reduce(0) { $0 + $1 * $1 }
        #expect(abs(ck_sum(x, Int64(n)) - total) < 1e-9 * (1 + squares))
        #expect(abs(ck_sum_of_squares(x, Int64(n)) - squares) < 1e-12 * (1 + squares))
    }

    @Test func sumsPastOneBatchOfChunks() {
        let n = 8192 * 512 + 77
        let x = [Float](repeating: 0.5, count: n)
        #expect(ck_sum(x, Int64(n)) == Double(n) / 2)
        #expect(ck_sum_of_squares(x, Int64(n)) == Double(n) / 4)
        var spoiled = x
        spoiled[n - 3] = .infinity
        spoiled[n - 1] = .nan
        #expect(ck_first_non_finite(spoiled, Int64(n)) == Int64(n - 3))
    }

    @Test(arguments: [1, 7, 16, 17, 65, 4099, 70_001]) func firstNonFinite(n: Int) {
        var x = values(n, seed: 5, scale: 1e38)
        #expect(ck_first_non_finite(x, Int64(n)) == -1)
        for place in [n - 1, n / 2, 0] {
            x[place] = place % 2 == 0 ? .nan : -.infinity
            #expect(ck_first_non_finite(x, Int64(n)) == Int64(place))
        }
    }

    @Test func nothingIsFinite() { #expect(ck_first_non_finite([], 0) == -1) }
}

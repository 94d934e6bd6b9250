import CKernels
import TestSupport
import Testing

@testable import Tensors

/// Products in bf16 against double precision, and their bits.
@Suite(.serialized) struct BFloat16Tests {
    static let sizes = [
        (1, 1, 1), (1, 7, 5), (2, 3, 4), (12, 64, 32), (13, 65, 33), (5, 1, 9), (48, 16, 31),
        (97, 513, 17), (16, 1030, 48), (400, 30, 70),
    ]

    /// `x` to the nearest number of 8 significant bits, ties to even.
    private func rounded(_ x: Double) -> Double {
        let bits = Float(x).bitPattern
        return Double(Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000))
    }

    private struct Product {
        let rows: Int
        let inner: Int
        let columns: Int
        let a: [Double]
        let b: [Double]
        let start: [Double]

        init(_ size: (rows: Int, inner: Int, columns: Int)) {
            (rows, inner, columns) = size
            // Values whose bits go beyond those of bf16.
            a = sampleValues(rows * inner, seed: 1)
            b = sampleValues(inner * columns, seed: 2)
            start = sampleValues(rows * columns, seed: 3)
        }

        /// Σ f(aᵢₖ, bₖⱼ) over k.
        func sums(_ f: (Double, Double) -> Double) -> [Double] {
            (0..<rows * columns).map { place in
                let (row, column) = (place / columns, place % columns)
                return (0..<inner).reduce(0) {
                    $0 + f(a[row * inner + $1], b[$1 * columns + column])
                }
            }
        }
    }

    /// Exact for the rounded factors but for sums in fp32; and, for those unrounded, within two roundings a product.
    @Test(arguments: sizes, [false, true])
    func product(size: (rows: Int, inner: Int, columns: Int), accumulate: Bool) {
        let p = Product(size)
        let arena = Arena()
        let a = arena.tensor(Shape(p.rows, p.inner), p.a)
        let turned = (0..<p.inner * p.rows).map { p.a[$0 % p.rows * p.inner + $0 / p.rows] }
        let at = arena.tensor(Shape(p.inner, p.rows), turned)
        let b = arena.packed(Matrix(arena.tensor(Shape(p.inner, p.columns), p.b)))
        let c = arena.tensor(Shape(p.rows, p.columns), p.start)
        Matrix(c).assign(Matrix(a), times: b, accumulate: accumulate)
        let ct = arena.tensor(Shape(p.rows, p.columns), p.start)
        Matrix(ct).assign(transposed: Matrix(at), times: b, accumulate: accumulate)
        expectSameBits(ct.array, c.array, "transposed")
        let before = accumulate ? p.start : p.start.map { _ in 0 }
        let exact = zip(p.sums { rounded($0) * rounded($1) }, before).map { $0 + $1 }
        expectClose(c.array, exact, relative: 1e-6, "of rounded factors")
        let unrounded = zip(p.sums { $0 * $1 }, before).map { $0 + $1 }
        let sizes = zip(p.sums { abs($0 * $1) }, before).map { $0 + abs($1) }
        for (index, got) in c.array.enumerated() {
            let bound = sizes[index] * 1.01 / 128 + 1e-7
            #expect(abs(Double(got) - unrounded[index]) <= bound, "element \(index)")
        }
    }

    /// Halves go to even, what is not a number stays none, infinities stay.
    @Test func roundingOfWeights() {
        let values = [
            Float(bitPattern: 0x3f80_8000), Float(bitPattern: 0x3f81_8000), .infinity, .nan,
            -.infinity, .greatestFiniteMagnitude, 0, Float(bitPattern: 0x3f80_8001),
        ]
        let arena = Arena()
        let y = arena.tensor(Shape(1, values.count))
        let weight = Parameter(Shape(values.count, 1), values.map { Double($0) })
        Matrix(y).assign(Matrix(arena.tensor(Shape(1, 1), [1])), times: weight.packedTransposed)
        #expect(y[0].bitPattern == 0x3f80_0000)
        #expect(y[1].bitPattern == 0x3f82_0000)
        #expect(y[2] == .infinity && y[3].isNaN && y[4] == -.infinity && y[5] == .infinity)
        #expect(y[6] == 0 && y[7].bitPattern == 0x3f81_0000)
    }

    /// A parameter's two packed forms, renewed after a change.
    @Test func parametersArePackedAnew() {
        let arena = Arena()
        let weight = Parameter(Shape(3, 2), [1, 2, 3, 4, 5, 6])
        let x = arena.tensor(Shape(1, 2), [1, -1])
        let y = arena.tensor(Shape(1, 3))
        let tape = Tape(arena: arena, isRecording: false, isTraining: true, precision: .bf16)
        tape.multiply(Matrix(x), by: weight, into: Matrix(y))
        #expect(y.array == [-1, -1, -1])
        weight.value[0] = 8
        weight.valueDidChange()
        tape.multiply(Matrix(x), by: weight, into: Matrix(y))
        #expect(y.array == [6, -1, -1])
        let dx = arena.tensor(Shape(1, 2))
        tape.multiplyBack(Matrix(y), by: weight, into: Matrix(dx))
        // 6 · 8 − 1 · 3 − 1 · 5 and 6 · 2 − 1 · 4 − 1 · 6.
        #expect(dx.array == [40, 2])
        tape.accumulateOuter(Matrix(y), Matrix(x), into: weight)
        tape.accumulateOuter(Matrix(y), Matrix(x), into: weight)
        #expect(weight.gradient.array == [12, -12, -2, 2, -2, 2])
    }

    /// Columns of a wider tensor: what lies beside them stays untouched.
    @Test(arguments: [1, 2, 9, 14]) func stridedViews(rowCount: Int) {
        let arena = Arena()
        let a = arena.tensor(Shape(rowCount, 10), sampleValues(rowCount * 10, seed: 7))
        let b = arena.tensor(Shape(5, 12), sampleValues(60, seed: 8))
        let wide = arena.tensor(Shape(rowCount, 11))
        wide.fill(9)
        Matrix(wide, columns: 3..<8).assign(
            Matrix(a, columns: 2..<7), times: arena.packed(Matrix(b, columns: 6..<11)))
        for row in 0..<rowCount {
            for column in 0..<11 {
                var exact = 3..<8 ~= column ? 0.0 : 9.0
                for k in 0..<5 where 3..<8 ~= column {
                    let factor = rounded(Double(a[row * 10 + 2 + k]))
                    exact += factor * rounded(Double(b[k * 12 + column + 3]))
                }
                #expect(abs(Double(wide[row * 11 + column]) - exact) < 1e-5)
            }
        }
    }

    /// A sum of no terms is zero, or leaves what is there.
    @Test(arguments: [1, 2, 50]) func emptyInnerAxis(rowCount: Int) {
        let arena = Arena()
        let c = arena.tensor(Shape(rowCount, 3))
        let a = Matrix(arena.tensor(Shape(rowCount, 0)))
        let b = arena.packed(Matrix(arena.tensor(Shape(0, 3))))
        c.fill(4)
        Matrix(c).assign(a, times: b, accumulate: true)
        #expect(c.array.allSatisfy { $0 == 4 })
        Matrix(c).assign(a, times: b)
        #expect(c.array.allSatisfy { $0 == 0 })
    }

    /// Sums begin with the bias, of any width, and the portable code gives their bits.
    @Test(arguments: [1, 15, 16, 17, 31, 32, 33, 70, 130], [0, 1, 7, 300])
    func bias(columns: Int, inner: Int) {
        let (arena, rows) = (Arena(), 13)
        let a = arena.tensor(Shape(rows, inner), sampleValues(rows * inner, seed: 1))
        let b = arena.tensor(Shape(inner, columns), sampleValues(inner * columns, seed: 2))
        let bias = arena.tensor(Shape(columns), sampleValues(columns, seed: 3))
        let (packed, plain) = (arena.packed(Matrix(b)), arena.tensor(Shape(rows, columns)))
        Matrix(plain).assign(Matrix(a), times: packed)
        let c = arena.tensor(plain.shape)
        Matrix(c).assign(Matrix(a), times: packed, bias: bias)
        for index in 0..<c.count {
            #expect(abs(c[index] - plain[index] - bias[index % columns]) < 1e-4)
        }
        let sum = arena.tensor(c.shape)
        sum.fill(0.5)
        Matrix(sum).assign(Matrix(a), times: packed, bias: bias, accumulate: true)
        for index in 0..<c.count { #expect(abs(sum[index] - 0.5 - c[index]) < 1e-4) }
        let portable = arena.tensor(c.shape)
        let (m, n, k) = (Int64(rows), Int64(columns), Int64(inner))
        let storage = UnsafeMutableRawPointer.allocate(
            byteCount: max(64, 2 * Int(ck_bf16_packed_count(k, n))), alignment: 64)
        defer { storage.deallocate() }
        let words = storage.assumingMemoryBound(to: UInt16.self)
        ck_reference_bf16_pack(words, b.pointer, n, k, n)
        ck_reference_bf16_product(
            portable.pointer, n, a.pointer, k, 0, words, m, n, k, bias.pointer, 0)
        expectSameBits(c.array, portable.array, "portable")
    }

    /// NaN and infinities reach the result; numbers too large for bf16 become infinite.
    @Test(arguments: [Double.nan, .infinity, 3.4e38]) func notFinite(value: Double) {
        let arena = Arena()
        let a = arena.tensor(Shape(2, 3), [1, value, 0, 0, 1, 1])
        let b = arena.packed(Matrix(arena.tensor(Shape(3, 1), [1, 1, 1])))
        let c = arena.tensor(Shape(2, 1))
        Matrix(c).assign(Matrix(a), times: b)
        #expect(!c[0].isFinite && c[1] == 2)
        #expect(c[0].isNaN == value.isNaN)
    }

    /// Neither the rows beside a row, nor threads, nor the implementation reach its bits.
    @Test(arguments: [(7, 16), (100, 77), (256, 768), (1100, 1537), (64, 10_000)])
    func bits(size: (inner: Int, outer: Int)) {
        let before = Int(ck_thread_count())
        defer { ThreadPool.setThreadCount(before) }
        let (most, (inner, outer)) = (400, size)
        let arena = Arena()
        let a = arena.tensor(Shape(most, inner), sampleValues(most * inner, seed: 1))
        let b = arena.tensor(Shape(inner, outer), sampleValues(inner * outer, seed: 2))
        let packed = arena.packed(Matrix(b))
        let whole = arena.tensor(Shape(most, outer))
        Matrix(whole).assign(Matrix(a), times: packed)
        for threadCount in [1, 2, 3] {
            ThreadPool.setThreadCount(threadCount)
            for rowCount in [1, 2, 3, 4, 5, 11, 12, 13, 64, 96, 97, 385, 400] {
                let part = arena.tensor(Shape(rowCount, outer))
                Matrix(part).assign(Matrix(a.rows(most - rowCount..<most)), times: packed)
                expectSameBits(
                    part.array, whole.rows(most - rowCount..<most).array,
                    "\(rowCount) rows on \(threadCount) threads")
            }
        }
        let (m, n, k) = (Int64(most), Int64(outer), Int64(inner))
        let storage = UnsafeMutableRawPointer.allocate(
            byteCount: 2 * Int(ck_bf16_packed_count(k, n)), alignment: 64)
        defer { storage.deallocate() }
        let words = storage.assumingMemoryBound(to: UInt16.self)
        ck_reference_bf16_pack(words, b.pointer, n, k, n)
        let portable = arena.tensor(whole.shape)
        ck_reference_bf16_product(
            portable.pointer, n, a.pointer, k, 0, words, m, n, k, nil, 0)
        expectSameBits(whole.array, portable.array, "portable")
    }
}

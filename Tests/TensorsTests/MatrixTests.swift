import Tensors
import TestSupport
import Testing

/// Products against three loops in double precision.
@Suite struct MatrixTests {
    static let sizes = [
        (1, 1, 1), (1, 7, 5), (2, 3, 4), (1, 64, 300), (5, 1, 9), (7, 33, 17), (48, 16, 31),
        (65, 130, 3), (16, 257, 48),
    ]

    @Test(arguments: sizes, [false, true])
    func product(size: (rows: Int, inner: Int, columns: Int), accumulate: Bool) {
        let (m, k, n) = size
        let arena = Arena()
        let a = sampleValues(m * k, seed: 1)
        let b = sampleValues(k * n, seed: 2)
        let start = sampleValues(m * n, seed: 3)
        let c = arena.tensor(Shape(m, n), start)
        Matrix(c).assign(
            Matrix(arena.tensor(Shape(m, k), a)), times: Matrix(arena.tensor(Shape(k, n), b)),
            accumulate: accumulate)
        let exact = flat(Naive.product(rows(a, k), rows(b, n)))
        expectClose(
            c.array, zip(exact, start).map { $0 + (accumulate ? $1 : 0) }, relative: 1e-6)
    }

    @Test(arguments: sizes, [false, true])
    func transposedProduct(size: (rows: Int, inner: Int, columns: Int), accumulate: Bool) {
        let (m, k, n) = size
        let arena = Arena()
        let a = sampleValues(k * m, seed: 4)
        let b = sampleValues(k * n, seed: 5)
        let start = sampleValues(m * n, seed: 6)
        let c = arena.tensor(Shape(m, n), start)
        Matrix(c).assign(
            transposed: Matrix(arena.tensor(Shape(k, m), a)),
            times: Matrix(arena.tensor(Shape(k, n), b)), accumulate: accumulate)
        let turned = (0..<m).map { row in (0..<k).map { a[$0 * m + row] } }
        let exact = flat(Naive.product(turned, rows(b, n)))
        expectClose(
            c.array, zip(exact, start).map { $0 + (accumulate ? $1 : 0) }, relative: 1e-6)
    }

    /// Columns of a wider tensor, as grouped maps use them: what lies beside them stays untouched.
    @Test(arguments: [1, 2, 9]) func stridedViews(rowCount: Int) {
        let arena = Arena()
        let a = sampleValues(rowCount * 10, seed: 7)
        let b = sampleValues(4 * 12, seed: 8)
        let wide = arena.tensor(Shape(rowCount, 11))
        wide.fill(9)
        Matrix(wide, columns: 3..<8).assign(
            Matrix(arena.tensor(Shape(rowCount, 10), a), columns: 2..<6),
            times: Matrix(arena.tensor(Shape(4, 12), b), columns: 6..<11))
        let exact = Naive.product(
            rows(a, 10).map { Array($0[2..<6]) }, rows(b, 12).map { Array($0[6..<11]) })
        let result = rows(wide.array.map { Double($0) }, 11)
        expectClose(result.flatMap { $0[3..<8] }, flat(exact), relative: 1e-6)
        #expect(result.allSatisfy { row in row.indices.allSatisfy { 3..<8 ~= $0 || row[$0] == 9 } })
    }

    /// A sum of no terms is zero, or leaves what is there.
    @Test(arguments: [1, 2, 5]) func emptyInnerAxis(rowCount: Int) {
        let arena = Arena()
        let c = arena.tensor(Shape(rowCount, 3))
        let a = Matrix(arena.tensor(Shape(rowCount, 0)))
        let b = Matrix(arena.tensor(Shape(0, 3)))
        c.fill(4)
        Matrix(c).assign(a, times: b, accumulate: true)
        #expect(c.array.allSatisfy { $0 == 4 })
        Matrix(c).assign(a, times: b)
        #expect(c.array.allSatisfy { $0 == 0 })
        c.fill(4)
        Matrix(c).assign(transposed: Matrix(arena.tensor(Shape(0, rowCount))), times: b)
        #expect(c.array.allSatisfy { $0 == 0 })
    }

    @Test func noRowsOrColumns() {
        let arena = Arena()
        let a = arena.tensor(Shape(0, 3))
        Matrix(arena.tensor(Shape(0, 2))).assign(
            Matrix(a), times: Matrix(arena.tensor(Shape(3, 2), sampleValues(6, seed: 1))))
        Matrix(arena.tensor(Shape(2, 0))).assign(
            Matrix(arena.tensor(Shape(2, 3), sampleValues(6, seed: 1))),
            times: Matrix(arena.tensor(Shape(3, 0))))
    }
}

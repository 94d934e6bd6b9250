import Tensors
import TestSupport
import Testing

/// Shapes and the whole-buffer operations of tensors.
@Suite struct ArenaTensorTests {
    @Test func shapes() {
        #expect(Shape().count == 1 && Shape().rank == 0)
        #expect(Shape().rows == 1 && Shape().columns == 1)
        #expect(Shape(5).rows == 1 && Shape(5).columns == 5)
        #expect(Shape(2, 3).rows == 2 && Shape(2, 3).columns == 3)
        #expect(Shape(2, 3, 4).rows == 6 && Shape(2, 3, 4).columns == 4)
        #expect(Shape(2, 3, 4, 5).rows == 24 && Shape(2, 3, 4, 5).count == 120)
        #expect(Shape(2, 3, 4).array == [2, 3, 4] && Shape(2, 3, 4)[1] == 3)
        #expect("\(Shape(64, 32, 16))" == "[64, 32, 16]" && "\(Shape())" == "[]")
        // A vector is not a matrix of one column.
        #expect(Shape(5) != Shape(5, 1))
        #expect(Shape(0, 4).count == 0 && Shape(0, 4).rows == 0)
    }

    @Test func views() {
        let arena = Arena()
        let x = arena.tensor(Shape(2, 3, 2), (0..<12).map { Double($0) })
        #expect(x.rows == 6 && x.rows(2..<4).array == [4, 5, 6, 7])
        #expect(x.rows(3..<3).count == 0)
        let flat = x.reshaped(Shape(12))
        flat[5] = 50
        #expect(x[5] == 50 && x.rows(2..<3).array == [4, 50])
    }

    @Test func arithmetic() {
        let arena = Arena()
        let x = arena.tensor(Shape(4), [1, -2, 3, 4])
        let y = arena.tensor(Shape(2, 2), [10, 20, 30, 40])
        y.add(x)
        #expect(y.array == [11, 18, 33, 44])
        y.assign(2, times: x)
        #expect(y.array == [2, -4, 6, 8])
        y.assign(-0.5, times: x, accumulate: true)
        #expect(y.array == [1.5, -3, 4.5, 6])
        y.copy(from: x)
        #expect(y.array == x.array && x.sum() == 6 && x.sumOfSquares() == 30)
        #expect(x.firstNonFinite == nil)
        x[2] = .infinity
        #expect(x.firstNonFinite == 2)
        x[1] = .nan
        #expect(x.firstNonFinite == 1)
    }
}

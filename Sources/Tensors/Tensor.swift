/// A contiguous row-major block of Float32 numbers: a view that owns nothing.
///
/// Storage belongs to an ``Arena`` (valid until its reset) or to a ``Parameter`` (valid as long as the
/// parameter lives). Copying a tensor copies the view.
public struct Tensor: @unchecked Sendable {
    /// The first element.
    public let pointer: UnsafeMutablePointer<Float>

    /// The lengths of the axes.
    public let shape: Shape

    /// A view of `shape.count` elements at `pointer`.
    public init(pointer: UnsafeMutablePointer<Float>, shape: Shape) {
        self.pointer = pointer
        self.shape = shape
    }

    /// The number of elements.
    public var count: Int { shape.count }

    /// The number of rows when every axis but the last is flattened.
    public var rows: Int { shape.rows }

    /// The length of the last axis.
    public var columns: Int { shape.columns }

    /// The elements as a buffer.
    public var buffer: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }

    /// The elements copied into an array.
    public var array: [Float] { Array(buffer) }

    /// The same elements under another shape of equal count.
    public func reshaped(_ shape: Shape) -> Tensor {
        precondition(shape.count == count, "cannot view \(self.shape) as \(shape)")
        return Tensor(pointer: pointer, shape: shape)
    }

    /// A view of the rows in `range`, as a matrix.
    public func rows(_ range: Range<Int>) -> Tensor {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(shape)")
        return Tensor(
            pointer: pointer + range.lowerBound * columns, shape: Shape(range.count, columns))
    }

    /// The element at a flat index.
    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "element \(index) of \(shape)")
            return pointer[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "element \(index) of \(shape)")
            pointer[index] = newValue
        }
    }
}

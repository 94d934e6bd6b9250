import CKernels

/// A learned tensor: its value, its gradient and its name in files.
///
/// Weights follow PyTorch: a linear map from `in` to `out` is `[out, in]`. Because forward products want
/// the transpose (``Matrix``), a parameter keeps one beside it, renewed after each update.
public final class Parameter {
    /// The key in `.safetensors` files, such as `decoder.gru.weight_hh`.
    public let name: String

    /// The current value.
    public let value: Tensor

    /// ∂loss/∂value; meaningful while ``hasGradient``.
    public let gradient: Tensor

    /// Whether the gradient holds a contribution since the last ``clearGradient()``.
    public internal(set) var hasGradient = false

    private var transposedStorage: Tensor?
    private var transposedIsCurrent = false

    /// A parameter of the given shape, all zeros.
    public init(name: String, shape: Shape) {
        self.name = name
        value = Parameter.allocate(shape)
        gradient = Parameter.allocate(shape)
    }

    deinit {
        value.pointer.deallocate()
        gradient.pointer.deallocate()
        transposedStorage?.pointer.deallocate()
    }

    /// The lengths of the axes.
    public var shape: Shape { value.shape }

    /// The value `[rows, columns]` as `[columns, rows]`.
    public var transposed: Tensor {
        let result = transposedStorage ?? Parameter.allocate(Shape(value.columns, value.rows))
        transposedStorage = result
        if !transposedIsCurrent {
            ck_transpose(result.pointer, value.pointer, Int64(value.rows), Int64(value.columns))
            transposedIsCurrent = true
        }
        return result
    }

    /// Must be called after every change of ``value``.
    public func valueDidChange() { transposedIsCurrent = false }

    /// Forgets the gradient: the next contribution overwrites it.
    public func clearGradient() { hasGradient = false }

    /// Where to write or add a contribution to the gradient.
    public func accumulator() -> Accumulator {
        defer { hasGradient = true }
        return Accumulator(tensor: gradient, accumulate: hasGradient)
    }

    private static func allocate(_ shape: Shape) -> Tensor {
        // 64-byte alignment is what the vector kernels and oneDNN like best.
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(shape.count, 1) * MemoryLayout<Float>.stride, alignment: 64)
        let pointer = memory.bindMemory(to: Float.self, capacity: max(shape.count, 1))
        pointer.initialize(repeating: 0, count: max(shape.count, 1))
        return Tensor(pointer: pointer, shape: shape)
    }
}

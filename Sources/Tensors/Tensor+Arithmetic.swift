import CKernels

// Whole-buffer operations without a tape, named as the kernels they call.
extension Tensor {
    /// Sets every element to `value`.
    public func fill(_ value: Float) { ck_fill(pointer, value, Int64(count)) }

    /// Copies the elements of `other`.
    public func copy(from other: Tensor) {
        precondition(other.count == count, "cannot copy \(other.shape) to \(shape)")
        ck_copy(pointer, other.pointer, Int64(count))
    }

    /// self += other.
    public func add(_ other: Tensor) {
        precondition(other.count == count, "cannot add \(other.shape) to \(shape)")
        ck_add(pointer, other.pointer, Int64(count))
    }

    /// self = scale · other, or self += scale · other.
    public func assign(_ scale: Float, times other: Tensor, accumulate: Bool = false) {
        precondition(other.count == count, "cannot combine \(other.shape) with \(shape)")
        ck_scale(pointer, scale, other.pointer, Int64(count), accumulate ? 1 : 0)
    }

    /// Σ of the elements, in double, in a fixed order.
    public func sum() -> Double { ck_sum(pointer, Int64(count)) }

    /// Σ of the squared elements, in double, in a fixed order.
    public func sumOfSquares() -> Double { ck_sum_of_squares(pointer, Int64(count)) }

    /// The flat index of the first NaN or infinite element.
    public var firstNonFinite: Int? {
        let index = ck_first_non_finite(pointer, Int64(count))
        return index < 0 ? nil : Int(index)
    }
}

/// A tensor on a ``Tape``: a value, and the slot where its gradient gathers in the backward pass.
public struct Variable {
    /// The value.
    public let value: Tensor

    /// The tape's slot, or −1 for a constant, which no gradient reaches.
    let slot: Int

    /// The lengths of the axes.
    public var shape: Shape { value.shape }

    /// Whether a gradient can reach this variable.
    public var isDifferentiable: Bool { slot >= 0 }

    /// A value that no gradient reaches.
    public init(constant value: Tensor) {
        self.value = value
        slot = -1
    }

    init(value: Tensor, slot: Int) {
        self.value = value
        self.slot = slot
    }

    /// The same variable seen under another shape of equal count.
    public func reshaped(_ shape: Shape) -> Variable {
        Variable(value: value.reshaped(shape), slot: slot)
    }
}

/// Where an operation leaves its contribution to a gradient: the first one overwrites, later ones add,
/// so no buffer is ever cleared beforehand.
public struct Accumulator {
    /// The gradient's storage.
    public let tensor: Tensor
    /// Whether to add to what is there.
    public let accumulate: Bool

    /// 1 to add, 0 to overwrite, as kernels take it.
    public var flag: Int32 { accumulate ? 1 : 0 }
}

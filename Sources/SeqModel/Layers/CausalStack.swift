import Tensors

/// Layers in which each step of a sequence sees itself and those before it: `[N, H]` → `[N, H]`.
public protocol CausalStack {
    /// The outputs for packed inputs; only a training tape applies dropout.
    func callAsFunction(
        _ x: Variable, packing: Packing, using random: RandomStream, on tape: Tape
    ) -> Variable

    /// The state before the first step of `rowCount` sequences.
    func makeState(rowCount: Int) -> any CausalStackState
}

/// Sequences going through a stack side by side.
public protocol CausalStackState: AnyObject {
    /// The outputs for the next inputs, `[R, H]`, valid until the next call.
    func step(_ x: Tensor) -> Tensor
}

/// The stacks there are, by name.
public enum CausalStackKind: String, Codable, Sendable, CaseIterable {
    /// Gated recurrent layers, each added to its input.
    case gru
    /// A pre-norm Transformer with rotary positions.
    case transformer

    /// A stack of `layerCount` layers of `width` numbers.
    public func makeStack(
        width: Int, layerCount: Int, dropout: Float, in scope: ParameterScope
    ) throws -> any CausalStack {
        switch self {
        case .gru:
            try GRUStack(width: width, layerCount: layerCount, dropout: dropout, in: scope)
        case .transformer:
            try TransformerStack(
                Self.sizes(width: width, dropout: dropout), layerCount: layerCount, in: scope)
        }
    }

    /// What is wrong with a width.
    public func problems(width: Int) -> [String] {
        switch self {
        case .gru: Check.positive("hidden_size", width)
        case .transformer:
            Check.positive("hidden_size", width)
                + (width % 8 == 0
                    ? [] : ["hidden_size: got \(width), want a multiple of 8 for four heads"])
        }
    }

    private static func sizes(width: Int, dropout: Float) -> TransformerLayer.Sizes {
        .init(
            width: width, headCount: 4, feedForwardSize: 4 * width, feedForward: .gelu,
            dropout: dropout)
    }
}

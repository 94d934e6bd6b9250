import Configuration
import Tensors

/// Token embeddings through one layer, each without sight of the others: a cheap baseline.
///
/// What a sentence's words say without their order goes far (Iyyer et al. 2015, "Deep Unordered Composition Rivals
/// Syntactic Methods for Text Classification").
///
///     sₜ = gelu(W xₜ + b)
public struct BagEncoder: SequenceEncoder {
    /// The sizes of the layer.
    public struct Config: SequenceEncoderConfig, Equatable {
        /// The name in configurations.
        public static let type = "bag"
        /// One line for lists.
        public static let summary = "a layer over each embedding alone: a cheap baseline"

        /// The numbers of a state.
        public var hiddenSize = 256
        /// Dropout on embeddings.
        public var dropout: Float = 0.2

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public var problems: [String] {
            Check.positive("hidden_size", hiddenSize) + Check.rate("dropout", dropout)
        }

        /// A layer in `scope`.
        public func makeEncoder(
            embedding: Embedding, in scope: ParameterScope
        ) throws -> any SequenceEncoder {
            BagEncoder(
                dropout: dropout, embedding: embedding,
                layer: try Linear(
                    embedding.weight.shape[1], hiddenSize, activation: .gelu,
                    in: scope.scope("layer")))
        }
    }

    let dropout: Float
    let embedding: Embedding
    let layer: Linear

    /// The numbers of a state.
    public var width: Int { layer.weight.shape[0] }

    /// A state per token that depends on this token alone.
    public func callAsFunction(
        _ batch: TokenBatch, using random: RandomStream, on tape: Tape
    ) -> Variable {
        let x = embedding(batch.targets(on: tape), count: batch.tokenCount, on: tape)
        return layer(tape.dropout(x, rate: dropout, using: random), on: tape)
    }
}

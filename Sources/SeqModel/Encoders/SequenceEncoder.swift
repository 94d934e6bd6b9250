import Configuration
import Tensors

/// Token ids → one state per token.
public protocol SequenceEncoder {
    /// The numbers in a state.
    var width: Int { get }

    /// The states of a batch's `targets`, packed, `[N, width]`. Only a training tape applies dropout.
    func callAsFunction(_ batch: TokenBatch, using random: RandomStream, on tape: Tape) -> Variable
}

/// The configuration of an encoder, which builds it.
public protocol SequenceEncoderConfig: RegisteredComponent {
    /// What is wrong with the values: `key: got …, want …`, a line each.
    var problems: [String] { get }

    /// The encoder, with its parameters made in `scope`, over an embedding shared with the decoder.
    func makeEncoder(
        embedding: Embedding, in scope: ParameterScope
    ) throws -> any SequenceEncoder
}

/// The encoders a configuration can choose.
public enum EncoderKind: ComponentKind {
    /// The components that come with the library: one line each.
    public static let builtIn = Registry<any SequenceEncoderConfig>(
        kind: "encoder",
        [
            .init(GRUEncoder.Config.self) { $0 },
            .init(LSTMEncoder.Config.self) { $0 },
            .init(TransformerEncoder.Config.self) { $0 },
            .init(BagEncoder.Config.self) { $0 },
        ])

    /// The component as a registered value.
    public static func registered(
        _ component: any SequenceEncoderConfig
    ) -> any RegisteredComponent { component }
}

import Configuration
import Tensors

/// Codes → a distribution over token sequences, one token at a time.
public protocol SequenceDecoder {
    /// log p of the batch's targets under each sequence's condition, in packed order, with the true
    /// previous tokens as input (teacher forcing). Only a training tape applies dropout.
    func likelihood(
        of batch: TokenBatch, condition: DecoderCondition, using random: RandomStream,
        on tape: Tape
    ) -> TokenLikelihood

    /// The state before the first token of sequences with these conditions, one a row.
    ///
    /// Its products have the precision of `tape`, its memory lies beside the tape's arena.
    func makeState(condition: DecoderCondition, on tape: Tape) -> any DecoderState
}

/// Sequences being decoded side by side.
public protocol DecoderState: AnyObject {
    /// Advances every sequence by its token; the logits of the next one, `[R, V]`, valid until the next call.
    func step(_ tokens: [Int32]) -> Tensor

    /// Keeps the given rows in the given order; a row may be repeated. How finished sequences leave and beams split.
    func select(_ rows: [Int])
}

/// The configuration of a decoder, which builds it.
public protocol SequenceDecoderConfig: RegisteredComponent {
    /// What is wrong with the values: `key: got …, want …`, a line each.
    var problems: [String] { get }

    /// The decoder, with its parameters made in `scope`, over an embedding shared with the encoder.
    ///
    /// - Parameters:
    ///   - condition: the sizes of the conditions to come.
    ///   - bos: the token that stands for "no previous token".
    func makeDecoder(
        embedding: Embedding, condition: DecoderCondition.Sizes, bos: Int32,
        in scope: ParameterScope
    ) throws -> any SequenceDecoder
}

/// The decoders a configuration can choose.
public enum DecoderKind: ComponentKind {
    /// The components that come with the library: one line each.
    public static let builtIn = Registry<any SequenceDecoderConfig>(
        kind: "decoder",
        [
            .init(GRUDecoder.Config.self) { $0 },
            .init(LSTMDecoder.Config.self) { $0 },
            .init(TransformerDecoder.Config.self) { $0 },
            .init(ConvolutionDecoder.Config.self) { $0 },
        ])

    /// The component as a registered value.
    public static func registered(
        _ component: any SequenceDecoderConfig
    ) -> any RegisteredComponent { component }
}

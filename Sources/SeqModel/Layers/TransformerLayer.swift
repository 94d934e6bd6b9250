import Tensors

/// One pre-norm layer of a Transformer.
///
/// Vaswani et al. 2017, arXiv 1706.03762; the norm's place: Xiong et al. 2020, arXiv 2002.04745.
///
///     x += attention(norm x)        x += code-attention(norm x), in decoders        x += feed-forward(norm x)
///
/// Dropout acts on the output of each part, as in the first paper. The layer holds the maps around attention; what is
/// attended to is told by the caller: a packed batch, or a cache of earlier tokens.
struct TransformerLayer {
    /// The sizes of a layer.
    struct Sizes {
        /// H.
        var width: Int
        /// Heads, which split H into even parts.
        var headCount: Int
        /// The inner width of the feed-forward part.
        var feedForwardSize: Int
        /// Its function.
        var feedForward: FeedForward.Kind
        /// Dropout on the output of each part.
        var dropout: Float

        /// What is wrong with the values.
        var problems: [String] {
            Check.positive("hidden_size", width) + Check.positive("head_count", headCount)
                + Check.positive("feed_forward_size", feedForwardSize)
                + Check.rate("dropout", dropout)
                + (headCount >= 1 && width % (2 * headCount) != 0
                    ? [
                        "head_count: got \(headCount), want heads of an even width:"
                            + " hidden_size \(width) a multiple of \(2 * headCount)"
                    ] : [])
        }
    }

    /// The part that reads the codes.
    struct Cross {
        let norm: LayerNorm
        let attention: CodeAttention
        let output: Linear
    }

    let sizes: Sizes
    private let norm: LayerNorm
    private let queryKeyValue: Linear
    private let output: Linear
    private let feedForwardNorm: LayerNorm
    private let feedForward: FeedForward
    let cross: Cross?

    /// A layer; one with a condition also reads its codes.
    init(
        _ sizes: Sizes, condition: DecoderCondition.Sizes? = nil, in scope: ParameterScope
    ) throws {
        self.sizes = sizes
        let width = sizes.width
        norm = try LayerNorm(width, in: scope.scope("attention_norm"))
        let attention = scope.scope("attention")
        queryKeyValue = try Linear(width, 3 * width, in: attention.scope("query_key_value"))
        output = try Linear(width, width, in: attention.scope("output"))
        cross = try condition.map {
            let part = scope.scope("code_attention")
            return Cross(
                norm: try LayerNorm(width, in: scope.scope("code_attention_norm")),
                attention: try CodeAttention(
                    width: width, codes: $0, size: width, headCount: sizes.headCount, in: part),
                output: try Linear(width, width, in: part.scope("output")))
        }
        feedForwardNorm = try LayerNorm(width, in: scope.scope("feed_forward_norm"))
        feedForward = try FeedForward(
            sizes.feedForward, width: width, hiddenSize: sizes.feedForwardSize,
            in: scope.scope("feed_forward"))
    }

    /// The keys and values of code embeddings `[B, D·E]`, if the layer reads them.
    func memory(_ codes: Variable, on tape: Tape) -> CodeAttention.Memory? {
        cross?.attention.memory(codes, on: tape)
    }

    /// x `[N, H]` → `[N, H]`.
    ///
    /// - Parameters:
    ///   - attend: queries, keys and values `[N, 3H]` → what the tokens found in each other, `[N, H]`.
    ///   - memory: what the tokens read of the codes, if the layer does.
    ///   - pace: how far along their sentences the tokens stand, where codes tell their lengths.
    ///   - packing: the layout of the tokens.
    func callAsFunction(
        _ x: Variable, packing: Packing, memory: CodeAttention.Memory? = nil,
        pace: Variable? = nil, using random: RandomStream, on tape: Tape,
        attend: (Variable) -> Variable
    ) -> Variable {
        func add(_ x: Variable, _ y: Variable, _ name: String) -> Variable {
            tape.add(
                x, consuming: tape.dropout(y, rate: sizes.dropout, using: random.stream(name)))
        }
        let found = attend(queryKeyValue(norm(x, on: tape), on: tape))
        var x = add(x, output(found, on: tape), "attention")
        if let cross, let memory {
            let found = cross.attention(
                cross.norm(x, on: tape), memory: memory, pace: pace, packing: packing, on: tape)
            x = add(x, cross.output(found, on: tape), "code_attention")
        }
        let inner = feedForward(feedForwardNorm(x, on: tape), on: tape)
        return add(x, inner, "feed_forward")
    }
}

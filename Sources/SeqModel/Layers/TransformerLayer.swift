import Tensors

/// One pre-norm layer of a Transformer.
///
/// Vaswani et al. 2017, arXiv 1706.03762; the norm's place: Xiong et al. 2020, arXiv 2002.04745.
///
///     x += attention(norm x)        x += cross-attention(norm x), if there is one        x += feed-forward(norm x)
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

    /// The part that reads the memory alone.
    struct Cross {
        let norm: LayerNorm
        let query: Linear
        /// `[2H, M]`.
        let keyValue: Linear
        let output: Linear
    }

    let sizes: Sizes
    private let norm: LayerNorm
    private let queryKeyValue: Linear
    private let output: Linear
    private let feedForwardNorm: LayerNorm
    private let feedForward: FeedForward
    let cross: Cross?

    /// A layer; one with `memorySize` also reads memory rows of that width.
    init(_ sizes: Sizes, memorySize: Int? = nil, in scope: ParameterScope) throws {
        self.sizes = sizes
        let width = sizes.width
        norm = try LayerNorm(width, in: scope.scope("attention_norm"))
        let attention = scope.scope("attention")
        queryKeyValue = try Linear(width, 3 * width, in: attention.scope("query_key_value"))
        output = try Linear(width, width, in: attention.scope("output"))
        cross = try memorySize.map {
            let part = scope.scope("cross_attention")
            return Cross(
                norm: try LayerNorm(width, in: scope.scope("cross_attention_norm")),
                query: try Linear(width, width, in: part.scope("query")),
                keyValue: try Linear($0, 2 * width, in: part.scope("key_value")),
                output: try Linear(width, width, in: part.scope("output")))
        }
        feedForwardNorm = try LayerNorm(width, in: scope.scope("feed_forward_norm"))
        feedForward = try FeedForward(
            sizes.feedForward, width: width, hiddenSize: sizes.feedForwardSize,
            in: scope.scope("feed_forward"))
    }

    /// x `[N, H]` → `[N, H]`.
    ///
    /// - Parameters:
    ///   - attend: queries, keys and values `[N, 3H]` → what the tokens found in each other, `[N, H]`.
    ///   - read: queries `[N, H]` → what the tokens found in the memory, `[N, H]`.
    func callAsFunction(
        _ x: Variable, using random: RandomStream, on tape: Tape,
        attend: (Variable) -> Variable, read: ((Variable) -> Variable)? = nil
    ) -> Variable {
        func add(_ x: Variable, _ y: Variable, _ name: String) -> Variable {
            tape.add(x, tape.dropout(y, rate: sizes.dropout, using: random.stream(name)))
        }
        let found = attend(queryKeyValue(norm(x, on: tape), on: tape))
        var x = add(x, output(found, on: tape), "attention")
        if let cross, let read {
            let found = read(cross.query(cross.norm(x, on: tape), on: tape))
            x = add(x, cross.output(found, on: tape), "cross_attention")
        }
        let inner = feedForward(feedForwardNorm(x, on: tape), on: tape)
        return add(x, inner, "feed_forward")
    }
}

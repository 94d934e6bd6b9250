import Foundation

extension Naive {
    /// A row of one head turned by the angles of its position: pairs (i, i + h/2), angle p·10000^(−2i/h).
    public static func rotated(_ x: [Double], position: Int) -> [Double] {
        let half = x.count / 2
        return x.indices.map { index in
            let pair = index % half
            let angle = Double(position) * pow(10_000, -Double(2 * pair) / Double(x.count))
            return index < half
                ? x[pair] * cos(angle) - x[pair + half] * sin(angle)
                : x[pair + half] * cos(angle) + x[pair] * sin(angle)
        }
    }

    /// softmax(q Kᵀ/√h) V of each head; query t sees the keys that `sees` says.
    public static func attention(
        queries: Rows, keys: Rows, values: Rows, headCount: Int, isRotated: Bool,
        sees: (_ query: Int, _ key: Int) -> Bool
    ) -> Rows {
        let size = (queries.first?.count ?? 0) / headCount
        return queries.indices.map { t in
            (0..<headCount).flatMap { head -> [Double] in
                let range = head * size..<(head + 1) * size
                func part(_ row: [Double], _ position: Int) -> [Double] {
                    isRotated ? rotated(Array(row[range]), position: position) : Array(row[range])
                }
                let seen = keys.indices.filter { sees(t, $0) }
                let query = part(queries[t], t)
                let weights = softmax(
                    seen.map { dot(query, part(keys[$0], $0)) / Double(size).squareRoot() })
                return range.map { column in
                    zip(weights, seen).reduce(0) { $0 + $1.0 * values[$1.1][column] }
                }
            }
        }
    }
}

/// One pre-norm layer of a Transformer on parameters by name, one sentence at a time.
public struct NaiveTransformerLayer {
    /// The values of each parameter, and the length of its last axis.
    public var parameters: [String: (values: [Double], columns: Int)]
    /// Heads of each attention.
    public var headCount: Int
    /// Whether a token sees only those before it.
    public var isCausal: Bool
    /// Whether the feed-forward part is gated.
    public var isGated: Bool

    /// A layer.
    public init(
        parameters: [String: (values: [Double], columns: Int)], headCount: Int, isCausal: Bool,
        isGated: Bool
    ) {
        self.parameters = parameters
        self.headCount = headCount
        self.isCausal = isCausal
        self.isGated = isGated
    }

    private func matrix(_ name: String) -> Rows {
        guard let parameter = parameters[name] else { preconditionFailure("no \(name)") }
        return rows(parameter.values, parameter.columns)
    }

    private func linear(_ x: Rows, _ name: String, bias: Bool = true) -> Rows {
        Naive.linear(x, matrix(name + ".weight"), bias ? flat(matrix(name + ".bias")) : nil)
    }

    private func norm(_ x: Rows, _ name: String) -> Rows {
        x.map {
            Naive.layerNorm(
                $0, gain: flat(matrix(name + ".weight")), bias: flat(matrix(name + ".bias")),
                epsilon: 1e-5)
        }
    }

    private func sum(_ a: Rows, _ b: Rows) -> Rows {
        zip(a, b).map { zip($0, $1).map { $0 + $1 } }
    }

    /// The states of a sentence after the layer; `codes` `[D, E]` are read when given.
    public func callAsFunction(_ x: Rows, codes: Rows? = nil) -> Rows {
        let width = x.first?.count ?? 0
        let all = linear(norm(x, "attention_norm"), "attention.query_key_value")
        func part(_ index: Int) -> Rows {
            all.map { Array($0[index * width..<(index + 1) * width]) }
        }
        let found = Naive.attention(
            queries: part(0), keys: part(1), values: part(2), headCount: headCount, isRotated: true
        ) { isCausal ? $1 <= $0 : true }
        var x = sum(x, linear(found, "attention.output"))
        if let codes {
            let keys = sum(
                linear(codes, "code_attention.key", bias: false), matrix("code_attention.slot"))
            let found = Naive.attention(
                queries: linear(norm(x, "code_attention_norm"), "code_attention.query"),
                keys: keys, values: linear(codes, "code_attention.value", bias: false),
                headCount: headCount, isRotated: false
            ) { _, _ in true }
            x = sum(x, linear(found, "code_attention.output"))
        }
        let up = linear(norm(x, "feed_forward_norm"), "feed_forward.up")
        let inner = up.map { row -> [Double] in
            guard isGated else { return row.map(Naive.gelu) }
            let half = row.count / 2
            return (0..<half).map { row[$0] * Naive.sigmoid(row[$0]) * row[half + $0] }
        }
        return sum(x, linear(inner, "feed_forward.down"))
    }
}

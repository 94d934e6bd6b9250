import Foundation

/// A matrix as the oracle holds it: a list of rows.
public typealias Rows = [[Double]]

/// `count` values as rows of `columns`.
public func rows(_ values: [Double], _ columns: Int) -> Rows {
    stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
}

/// Rows one after the other.
public func flat(_ rows: Rows) -> [Double] { rows.flatMap { $0 } }

/// Plain scalar forms of the layers in double precision, written to be obviously right and nothing else.
public enum Naive {
    /// ⟨a, b⟩.
    public static func dot(_ a: [Double], _ b: [Double]) -> Double {
        precondition(a.count == b.count)
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    /// y = x Wᵀ + b, W as `[out, in]`.
    public static func linear(_ x: Rows, _ weight: Rows, _ bias: [Double]? = nil) -> Rows {
        x.map { row in
            weight.indices.map { out in dot(row, weight[out]) + (bias?[out] ?? 0) }
        }
    }

    /// a · b.
    public static func product(_ a: Rows, _ b: Rows) -> Rows {
        a.map { row in
            (b.first ?? []).indices.map { column in
                var sum = 0.0
                for k in b.indices { sum += row[k] * b[k][column] }
                return sum
            }
        }
    }

    /// log softmax of one row.
    public static func logSoftmax(_ x: [Double]) -> [Double] {
        let largest = x.max() ?? 0
        var total = 0.0
        for value in x { total += exp(value - largest) }
        return x.map { $0 - largest - log(total) }
    }

    /// softmax of one row.
    public static func softmax(_ x: [Double]) -> [Double] { logSoftmax(x).map { exp($0) } }

    /// (x − mean)/√(variance + ε) · gain + bias of one row.
    public static func layerNorm(
        _ x: [Double], gain: [Double], bias: [Double], epsilon: Double
    ) -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        return x.indices.map {
            (x[$0] - mean) / (variance + epsilon).squareRoot() * gain[$0] + bias[$0]
        }
    }

    /// 1 / (1 + e⁻ˣ).
    public static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// x Φ(x).
    public static func gelu(_ x: Double) -> Double { x * 0.5 * (1 + erf(x / 2.0.squareRoot())) }

    /// One query after the other reads a sentence: Σₜ aₜ sₜ with a = softmax ⟨q, sₜ⟩/√H.
    public static func attentionPool(_ states: Rows, queries: Rows) -> Rows {
        queries.map { query in
            let scale = Double(query.count).squareRoot()
            let weights = softmax(states.map { dot(query, $0) / scale })
            return query.indices.map { unit in
                zip(weights, states).reduce(0) { $0 + $1.0 * $1.1[unit] }
            }
        }
    }

    /// ``attentionPool(_:queries:)`` of layer-normalised states, its result layer-normalised too.
    public static func normalizedAttentionPool(
        _ states: Rows, queries: Rows, inputGain: [Double], inputBias: [Double],
        outputGain: [Double], outputBias: [Double], epsilon: Double = 1e-5
    ) -> Rows {
        let normalized = states.map {
            layerNorm($0, gain: inputGain, bias: inputBias, epsilon: epsilon)
        }
        return attentionPool(normalized, queries: queries).map {
            layerNorm($0, gain: outputGain, bias: outputBias, epsilon: epsilon)
        }
    }
}

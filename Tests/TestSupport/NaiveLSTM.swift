import Foundation

/// PyTorch's `nn.LSTM`, one layer in one direction, one sentence at a time.
public struct NaiveLSTM {
    /// `[4H, in]`, gates i, f, g, o.
    public let weightIH: Rows
    /// `[4H, H]`.
    public let weightHH: Rows
    /// `[4H]`.
    public let biasIH: [Double]
    /// `[4H]`.
    public let biasHH: [Double]

    /// A layer with these weights.
    public init(weightIH: Rows, weightHH: Rows, biasIH: [Double], biasHH: [Double]) {
        self.weightIH = weightIH
        self.weightHH = weightHH
        self.biasIH = biasIH
        self.biasHH = biasHH
    }

    /// The hidden states of a whole sentence, at the tokens' places; `condition` `[4H]` joins the input product.
    public func states(
        of x: Rows, condition: [Double]? = nil, initial: (h: [Double], c: [Double])? = nil,
        reversed: Bool = false
    ) -> Rows {
        let size = weightHH[0].count
        let zeros = [Double](repeating: 0, count: size)
        var (h, c) = initial ?? (zeros, zeros)
        var result: Rows = []
        for token in reversed ? x.reversed() : x {
            let gates = (0..<4 * size).map {
                Naive.dot(weightIH[$0], token) + Naive.dot(weightHH[$0], h) + biasIH[$0]
                    + biasHH[$0] + (condition?[$0] ?? 0)
            }
            for unit in 0..<size {
                let (i, f) = (Naive.sigmoid(gates[unit]), Naive.sigmoid(gates[size + unit]))
                let g = tanh(gates[2 * size + unit])
                c[unit] = f * c[unit] + i * g
                h[unit] = Naive.sigmoid(gates[3 * size + unit]) * tanh(c[unit])
            }
            result.append(h)
        }
        return reversed ? result.reversed() : result
    }
}

import Foundation

/// PyTorch's `nn.GRU`, one layer in one direction, one sentence at a time.
public struct NaiveGRU {
    /// `[3H, in]`, gates r, z, n.
    public let weightIH: Rows
    /// `[3H, H]`.
    public let weightHH: Rows
    /// `[3H]`.
    public let biasIH: [Double]
    /// `[3H]`.
    public let biasHH: [Double]

    /// A layer with these weights.
    public init(weightIH: Rows, weightHH: Rows, biasIH: [Double], biasHH: [Double]) {
        self.weightIH = weightIH
        self.weightHH = weightHH
        self.biasIH = biasIH
        self.biasHH = biasHH
    }

    /// The state after one token; `condition` `[3H]` joins the input product.
    public func step(_ x: [Double], condition: [Double]?, state h: [Double]) -> [Double] {
        let size = h.count
        var next = [Double](repeating: 0, count: size)
        for unit in 0..<size {
            func input(_ gate: Int) -> Double {
                let row = gate * size + unit
                return Naive.dot(weightIH[row], x) + biasIH[row] + (condition?[row] ?? 0)
            }
            func hidden(_ gate: Int) -> Double {
                let row = gate * size + unit
                return Naive.dot(weightHH[row], h) + biasHH[row]
            }
            let r = Naive.sigmoid(input(0) + hidden(0))
            let z = Naive.sigmoid(input(1) + hidden(1))
            let n = tanh(input(2) + r * hidden(2))
            next[unit] = (1 - z) * n + z * h[unit]
        }
        return next
    }

    /// The states of a whole sentence, at the tokens' places.
    public func states(
        of x: Rows, condition: [Double]? = nil, initial: [Double]? = nil, reversed: Bool = false
    ) -> Rows {
        var state = initial ?? [Double](repeating: 0, count: weightHH[0].count)
        var result: Rows = []
        for token in reversed ? x.reversed() : x {
            state = step(token, condition: condition, state: state)
            result.append(state)
        }
        return reversed ? result.reversed() : result
    }
}

import Foundation

/// The chain token ids → encoder states → pooled features → condition → log p(token ids), on parameters by name, one
/// sentence at a time.
public struct NaiveModel {
    /// The values of each parameter, and the length of its last axis.
    public var parameters: [String: (values: [Double], columns: Int)] = [:]
    /// Layers of the encoder.
    public var encoderLayers = 1
    /// Whether the encoder reads both ways.
    public var bidirectional = true
    /// Layers of the decoder.
    public var decoderLayers = 1
    /// Whether the output weights are the embedding table.
    public var tiedSoftmax = true
    /// The start mark.
    public var bos = 0
    /// The end mark.
    public var eos = 1

    /// A model without parameters.
    public init() {}

    private func matrix(_ name: String) -> Rows {
        guard let parameter = parameters[name] else { preconditionFailure("no \(name)") }
        return rows(parameter.values, parameter.columns)
    }

    private func vector(_ name: String) -> [Double] { flat(matrix(name)) }

    private func gru(_ scope: String, _ suffix: String) -> NaiveGRU {
        NaiveGRU(
            weightIH: matrix("\(scope).weight_ih\(suffix)"),
            weightHH: matrix("\(scope).weight_hh\(suffix)"),
            biasIH: vector("\(scope).bias_ih\(suffix)"),
            biasHH: vector("\(scope).bias_hh\(suffix)"))
    }

    /// The encoder's states of x₁ … xₙ eos.
    public func states(_ sentence: [Int]) -> Rows {
        let table = matrix("embedding.weight")
        var x = (sentence + [eos]).map { table[$0] }
        for layer in 0..<encoderLayers {
            let ahead = gru("encoder.gru", "_l\(layer)").states(of: x)
            guard bidirectional else {
                x = ahead
                continue
            }
            let back = gru("encoder.gru", "_l\(layer)_reverse").states(of: x, reversed: true)
            x = zip(ahead, back).map { $0 + $1 }
        }
        return x
    }

    /// One condition vector: the pooled features through a linear map and tanh.
    public func condition(_ sentence: [Int]) -> [Double] {
        let pooled = flat(
            Naive.normalizedAttentionPool(
                states(sentence), queries: matrix("pooling.query"),
                inputGain: vector("pooling.input_norm.weight"),
                inputBias: vector("pooling.input_norm.bias"),
                outputGain: vector("pooling.output_norm.weight"),
                outputBias: vector("pooling.output_norm.bias")))
        let mapped = Naive.linear([pooled], matrix("condition.weight"), vector("condition.bias"))
        return mapped[0].map { tanh($0) }
    }

    /// log p of every next token given the inputs and a condition, a row for each input.
    public func logProbabilities(inputs: [Int], condition: [Double]) -> Rows {
        let table = matrix("embedding.weight")
        var x = inputs.map { table[$0] }
        for layer in 0..<decoderLayers {
            let scope = "decoder.\(layer)"
            let initial = Naive.linear(
                [condition], matrix("\(scope).initial.weight"), vector("\(scope).initial.bias"))
            let added = Naive.linear([condition], matrix("\(scope).condition.weight"))
            x = gru("\(scope).gru", "_l0").states(
                of: x, condition: added[0], initial: initial[0].map { tanh($0) })
        }
        if tiedSoftmax {
            x = Naive.linear(
                x, matrix("decoder.output.project.weight"), vector("decoder.output.project.bias"))
        }
        let weight = tiedSoftmax ? table : matrix("decoder.output.weight")
        return Naive.linear(x, weight, vector("decoder.output.bias")).map(Naive.logSoftmax)
    }

    /// log p of a sentence, end mark included, under a condition.
    public func logLikelihood(_ sentence: [Int], condition: [Double]) -> Double {
        let rows = logProbabilities(inputs: [bos] + sentence, condition: condition)
        return zip(rows, sentence + [eos]).reduce(0) { $0 + $1.0[$1.1] }
    }

    /// log p of a sentence under the condition made from itself.
    public func logLikelihood(_ sentence: [Int]) -> Double {
        logLikelihood(sentence, condition: condition(sentence))
    }
}

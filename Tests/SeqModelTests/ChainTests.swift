import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// The whole chain: every parameter's gradient against central differences of the naive chain, and a ragged batch
/// against its sentences one at a time.
@Suite struct ChainTests {
    static let models: [TinyModel.Sizes] = {
        var untied = TinyModel.Sizes()
        untied.tiedSoftmax = false
        untied.bidirectional = false
        var deep = TinyModel.Sizes()
        deep.encoderLayers = 2
        deep.decoderLayers = 2
        return [TinyModel.Sizes(), untied, deep]
    }()

    @Test(arguments: models.indices, [nil, [Float(0.5), -1, 0.25]])
    func gradients(index: Int, weights: [Float]?) throws {
        let model = try TinyModel(Self.models[index], seed: 7)
        let sentences = model.sentences([2, 0, 3])
        let (values, gradients) = model.valueAndGradients(sentences, weights: weights)
        let naive = model.naive
        func evaluate(_ model: NaiveModel) -> [Double] {
            sentences.map { model.logLikelihood($0.map { Int($0) }) }
        }
        expectClose(values, evaluate(naive), relative: 1e-6, "log-likelihoods")
        #expect(Set(naive.parameters.keys) == Set(model.parameters.map(\.name)))
        for (parameter, gradient) in zip(model.parameters, gradients) {
            let exact = centralDifference(
                of: { moved in
                    var other = naive
                    other.parameters[parameter.name] = (moved, parameter.shape.columns)
                    return zip(evaluate(other), weights?.map { Double($0) } ?? [1, 1, 1])
                        .reduce(0) { $0 + $1.0 * $1.1 }
                }, at: parameter.doubles)
            expectClose(gradient, exact, relative: 2e-5, parameter.name)
        }
    }

    @Test(arguments: [[4, 2, 2, 0], [6, 6], [9, 0, 0, 0, 5]])
    func aRaggedBatchIsTheSumOfItsSentences(lengths: [Int]) throws {
        var sizes = TinyModel.Sizes()
        sizes.vocabulary = 50
        sizes.embedding = 17
        sizes.encoder = 19
        sizes.encoderLayers = 2
        sizes.decoder = 33
        let model = try TinyModel(sizes, seed: 2)
        let sentences = model.sentences(lengths)
        let together = model.valueAndGradients(sentences)
        let alone = sentences.map { model.valueAndGradients([$0]) }
        expectSameBits(together.logLikelihoods, alone.flatMap(\.logLikelihoods), "log-likelihoods")
        for (index, parameter) in model.parameters.enumerated() {
            var sum = [Double](repeating: 0, count: parameter.shape.count)
            for one in alone {
                for place in sum.indices { sum[place] += Double(one.gradients[index][place]) }
            }
            expectClose(together.gradients[index], sum, relative: 1e-5, parameter.name)
        }
    }

    /// Dropout and word dropout act on a training tape alone, and follow the stream they are given.
    @Test func dropoutFollowsItsStream() throws {
        var sizes = TinyModel.Sizes()
        sizes.dropout = 0.3
        sizes.wordDropout = 0.4
        let model = try TinyModel(sizes)
        let batch = model.batch(model.sentences([8, 7, 6]))
        func value(_ step: Int, training: Bool) -> [Float] {
            let tape = Tape(arena: Arena(), isRecording: false, isTraining: training)
            return model(batch, using: RandomStream(seed: 1, "dropout", step: step), on: tape)
                .likelihood.sequence.value.array
        }
        #expect(value(1, training: true) == value(1, training: true))
        #expect(value(1, training: true) != value(2, training: true))
        #expect(value(1, training: false) == value(2, training: false))
        #expect(value(1, training: false) != value(1, training: true))
    }

    /// With word dropout 1 the decoder sees only start marks: what a token is no longer tells of the next.
    @Test func wordDropoutHidesTheTokens() throws {
        var sizes = TinyModel.Sizes()
        sizes.wordDropout = 1
        let model = try TinyModel(sizes)
        let sentence: [Int] = [3, 4, 2]
        let batch = model.batch([sentence.map { Int32($0) }])
        let tape = Tape(arena: Arena(), isRecording: false, isTraining: true)
        let pass = model(batch, on: tape)
        let rows = model.naive.logProbabilities(
            inputs: [0, 0, 0, 0], condition: model.naive.condition(sentence))
        let exact = zip(rows, sentence + [1]).map { $0[$1] }
        expectClose(pass.likelihood.token.array, exact, relative: 1e-6)
    }
}

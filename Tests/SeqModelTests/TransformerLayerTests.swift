import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// A layer, with its attention to tokens and codes, against central differences of its naive form.
@Suite struct TransformerLayerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var isCausal = false
        var readsCodes = false
        var feedForward = FeedForward.Kind.gelu

        var testDescription: String {
            "causal \(isCausal), codes \(readsCodes), \(feedForward.rawValue)"
        }
    }

    static let cases = [
        Case(), Case(feedForward: .swiglu), Case(isCausal: true),
        Case(isCausal: true, readsCodes: true),
        Case(isCausal: true, readsCodes: true, feedForward: .swiglu),
    ]

    @Test(arguments: cases, [[5, 3, 3, 1], [2]]) func gradients(_ test: Case, lengths: [Int]) throws
    {
        let (width, heads, codeCount, codeSize) = (8, 2, 3, 5)
        let store = ParameterStore(.seed(4))
        let layer = try TransformerLayer(
            .init(
                width: width, headCount: heads, feedForwardSize: 6, feedForward: test.feedForward,
                dropout: 0),
            condition: test.readsCodes
                ? .init(vector: 1, codeCount: codeCount, code: codeSize) : nil, in: store.root)
        for (index, parameter) in store.parameters.enumerated() {
            parameter.set(
                zip(
                    parameter.doubles,
                    sampleValues(parameter.shape.count, seed: UInt64(index), scale: 0.25)
                ).map { (($0 + $1) * 0x1p20).rounded() * 0x1p-20 })
        }
        let packing = Packing(lengths: lengths)
        let angles = RotaryAngles(headWidth: width / heads)
        var leaves = [
            (Shape(packing.tokenCount, width), sampleValues(packing.tokenCount * width, seed: 1))
        ]
        if test.readsCodes {
            let count = lengths.count * codeCount * codeSize
            leaves.append(
                (Shape(lengths.count, codeCount * codeSize), sampleValues(count, seed: 2)))
        }
        let parameters = store.parameters
        expectGradients(
            test.testDescription, leaves: leaves, parameters: parameters, relative: 2e-5,
            naive: { input in
                var values: [String: (values: [Double], columns: Int)] = [:]
                for (index, parameter) in parameters.enumerated() {
                    values[parameter.name] = (
                        input[leaves.count + index], parameter.shape.columns
                    )
                }
                let naive = NaiveTransformerLayer(
                    parameters: values, headCount: heads, isCausal: test.isCausal,
                    isGated: test.feedForward == .swiglu)
                let codes = test.readsCodes ? rows(input[1], codeCount * codeSize) : nil
                return flat(
                    packed(
                        unpacked(rows(input[0], width), lengths: lengths).enumerated().map {
                            index, sentence in
                            naive(sentence, codes: codes.map { rows($0[index], codeSize) })
                        }))
            },
            layer: { tape, x in
                layer(
                    x[0], packing: packing,
                    memory: test.readsCodes ? layer.memory(x[1], on: tape) : nil,
                    using: RandomStream(seed: 0, "unused"), on: tape
                ) {
                    tape.attention(
                        $0, width: width,
                        scope: AttentionScope(
                            packing: packing, headCount: heads, isCausal: test.isCausal,
                            angles: angles))
                }
            })
    }

    /// What a token finds depends on the distance of others, not on where the sentence starts.
    @Test func tablesGrowWithoutChange() {
        let angles = RotaryAngles(headWidth: 6)
        let early = Array(angles.tables(3).cosines.array.prefix(9))
        let late = angles.tables(1000)
        #expect(late.cosines.rows >= 1000 && late.sines.rows >= 1000)
        #expect(Array(late.cosines.array.prefix(9)) == early)
    }

    @Test func headsMustSplitTheWidthEvenly() {
        var config = TransformerEncoder.Config()
        #expect(config.problems.isEmpty)
        config.headCount = 3
        #expect(config.problems.count == 1 && config.problems[0].hasPrefix("head_count: got 3"))
        config.headCount = 256
        #expect(config.problems.count == 1)
        config.headCount = 0
        #expect(config.problems == ["head_count: got 0, want 1 … 1048576"])
    }
}

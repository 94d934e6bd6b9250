import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// Codes as steps before the tokens, against central differences of the naive form.
@Suite struct CodePrefixTests {
    @Test(arguments: [[5, 3, 3, 1], [2]]) func gradients(lengths: [Int]) throws {
        let (width, heads, codeCount, codeSize) = (8, 2, 3, 5)
        let store = ParameterStore(.seed(4))
        let prefix = try CodePrefix(
            .init(vector: 1, codeCount: codeCount, code: codeSize), width: width, in: store.root)
        let layer = try TransformerLayer(
            .init(
                width: width, headCount: heads, feedForwardSize: 6, feedForward: .gelu, dropout: 0),
            in: store.root)
        for (index, parameter) in store.parameters.enumerated() {
            parameter.set(
                zip(
                    parameter.doubles,
                    sampleValues(parameter.shape.count, seed: UInt64(index), scale: 0.25)
                ).map { (($0 + $1) * 0x1p20).rounded() * 0x1p-20 })
        }
        let packing = Packing(lengths: lengths)
        let whole = packing.preceded(by: codeCount)
        let angles = RotaryAngles(headWidth: width / heads)
        let leaves = [
            (Shape(packing.tokenCount, width), sampleValues(packing.tokenCount * width, seed: 1)),
            (
                Shape(lengths.count, codeCount * codeSize),
                sampleValues(lengths.count * codeCount * codeSize, seed: 2)
            ),
        ]
        let parameters = store.parameters
        expectGradients(
            leaves: leaves, parameters: parameters, relative: 2e-5,
            naive: { input in
                var values: [String: (values: [Double], columns: Int)] = [:]
                for (index, parameter) in parameters.enumerated() {
                    values[parameter.name] = (input[2 + index], parameter.shape.columns)
                }
                let naive = NaiveTransformerLayer(
                    parameters: values, headCount: heads, isCausal: true, isGated: false)
                let (weight, slot) = (
                    rows(values["project.weight"]?.values ?? [], codeSize),
                    rows(values["slot"]?.values ?? [], width)
                )
                let codes = rows(input[1], codeCount * codeSize)
                let sentences = unpacked(rows(input[0], width), lengths: lengths)
                return flat(
                    packed(
                        sentences.enumerated().map { index, sentence in
                            let mapped = Naive.linear(rows(codes[index], codeSize), weight, nil)
                            let steps = zip(mapped, slot).map { zip($0, $1).map { $0 + $1 } }
                            return Array(naive(steps + sentence).dropFirst(codeCount))
                        }))
            },
            layer: { tape, x in
                let steps = tape.concatenateRows(prefix(x[1], on: tape), x[0])
                let states = layer(
                    steps, packing: whole, using: RandomStream(seed: 0, "unused"), on: tape
                ) {
                    tape.attention(
                        $0, width: width,
                        scope: AttentionScope(
                            packing: whole, headCount: heads, isCausal: true, angles: angles))
                }
                return tape.lastRows(packing.tokenCount, of: states)
            })
    }

    /// The rows of the tokens stay in their order behind those of the steps before them.
    @Test func stepsStandBeforeTokens() {
        let packing = Packing(lengths: [4, 2, 1])
        let whole = packing.preceded(by: 2)
        #expect(whole.lengths == [6, 4, 3] && whole.tokenCount == packing.tokenCount + 6)
        #expect(whole.offsets.dropFirst(2).map { $0 - 6 } == packing.offsets)
        #expect(Array(whole.sequenceOfRow.dropFirst(6)) == packing.sequenceOfRow)
        #expect(packing.preceded(by: 0) === packing)
    }
}

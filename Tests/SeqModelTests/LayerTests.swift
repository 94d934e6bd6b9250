import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

@Suite struct LayerTests {
    private func scope(_ seed: UInt64 = 1) -> ParameterScope { ParameterStore(.seed(seed)).root }

    @Test func linear() throws {
        let layer = try Linear(4, 6, activation: .tanh, in: scope())
        let bias = try #require(layer.bias)
        expectGradients(
            leaves: [(Shape(5, 4), sampleValues(20, seed: 1))], parameters: [layer.weight, bias],
            naive: {
                flat(Naive.linear(rows($0[0], 4), rows($0[1], 4), $0[2])).map { tanh($0) }
            },
            layer: { tape, x in layer(x[0], on: tape) })
        #expect(try Linear(4, 6, bias: false, in: scope()).bias == nil)
    }

    @Test func layerNorm() throws {
        let layer = try LayerNorm(7, in: scope())
        #expect(layer.weight.value.array.allSatisfy { $0 == 1 })
        #expect(layer.bias.value.array.allSatisfy { $0 == 0 })
        layer.weight.set(sampleValues(7, seed: 2))
        layer.bias.set(sampleValues(7, seed: 3))
        expectGradients(
            leaves: [(Shape(3, 7), sampleValues(21, seed: 1))],
            parameters: [layer.weight, layer.bias], relative: 2e-5,
            naive: { input in
                flat(
                    rows(input[0], 7).map {
                        Naive.layerNorm($0, gain: input[1], bias: input[2], epsilon: 1e-5)
                    })
            },
            layer: { tape, x in layer(x[0], on: tape) })
    }

    @Test func embedding() throws {
        let layer = try Embedding(9, 4, in: scope())
        let ids: [Int32] = [8, 0, 8, 3]
        ids.withUnsafeBufferPointer { ids in
            guard let base = ids.baseAddress else { return }
            expectGradients(
                leaves: [], parameters: [layer.weight],
                naive: { input in ids.flatMap { rows(input[0], 4)[Int($0)] } },
                layer: { tape, _ in layer(base, count: ids.count, on: tape) })
        }
    }

    /// Each query begins around its own part of every sentence; what it looks for and where are both learned.
    @Test(arguments: [[5, 3, 3, 1], [17, 16, 2]])
    func attentionWindows(lengths: [Int]) throws {
        let (queries, width) = (5, 7)
        let layer = try AttentionPooling(
            queryCount: queries, width: width, windowWidth: 1.5, in: scope())
        let window = try #require(layer.window)
        #expect(window.centre.value.array == [0.1, 0.3, 0.5, 0.7, 0.9].map { Float($0) })
        #expect(window.logWidth.value.array == Array(repeating: Float(log(0.3)), count: queries))
        let packing = Packing(lengths: lengths)
        let shape = Shape(packing.tokenCount, queries)
        expectGradients(
            leaves: [(shape, sampleValues(shape.count, seed: 4))],
            parameters: [window.centre, window.logWidth],
            naive: { input in
                (0..<packing.tokenCount).flatMap { row -> [Double] in
                    let sequence = Int(packing.sequenceOfRow[row])
                    let time =
                        (0..<packing.maximumLength).last { packing.offset(at: $0) <= row } ?? 0
                    let x = (Double(time) + 0.5) / Double(lengths[sequence])
                    return (0..<queries).map { j in
                        let z = (x - input[1][j]) / exp(input[2][j])
                        return input[0][row * queries + j] - z * z / 2
                    }
                }
            },
            layer: { tape, x in
                tape.windowed(
                    x[0], centre: window.centre, logWidth: window.logWidth, packing: packing)
            })
    }

    /// Every sentence on its own, whatever else is packed beside it; states used elsewhere too.
    @Test(arguments: [[5, 3, 3, 1], [1], [1, 1], [17, 16, 2]], [(1, 6), (3, 16), (4, 33)])
    func attentionPooling(lengths: [Int], sizes: (queries: Int, width: Int)) throws {
        let (queries, width) = sizes
        let layer = try AttentionPooling(queryCount: queries, width: width, in: scope())
        let parameters = [
            layer.query, layer.inputNorm.weight, layer.inputNorm.bias, layer.outputNorm.weight,
            layer.outputNorm.bias,
        ]
        let packing = Packing(lengths: lengths)
        let shape = Shape(packing.tokenCount, width)
        let states = sampleValues(shape.count, seed: 4)
        let pool = { (input: [[Double]]) -> [Double] in
            unpacked(rows(input[0], width), lengths: lengths).flatMap {
                flat(
                    Naive.normalizedAttentionPool(
                        $0, queries: rows(input[1], width), inputGain: input[2],
                        inputBias: input[3], outputGain: input[4], outputBias: input[5]))
            }
        }
        expectGradients(
            "pool", leaves: [(shape, states)], parameters: parameters, naive: pool,
            layer: { tape, x in layer(x[0], packing: packing, on: tape) })
        expectGradients(
            "pool and sum", leaves: [(shape, states)], parameters: parameters,
            // The sum of a normalised vector is constant, that of its tanh is not.
            naive: { [pool($0).reduce(0) { $0 + tanh($1) } + $0[0].reduce(0, +)] },
            layer: { tape, x in
                let pooled = layer(x[0], packing: packing, on: tape)
                let total = tape.sum(tape.activation(.tanh, pooled))
                return tape.add(tape.sum(x[0]), total)
            })
    }
}

import Foundation
import Tensors
import TestSupport
import Testing

/// Every operation against its definition in double precision: value, and gradients by central differences.
@Suite struct TapeGradientTests {
    static let shapes = [(1, 1), (1, 7), (3, 5), (2, 16), (5, 33), (17, 20)]

    @Test(arguments: Activation.allCases) func activation(function: Activation) {
        let x = sampleValues(300, seed: 1, scale: 4)
        expectGradients(
            "\(function)", leaves: [(Shape(10, 30), x)],
            naive: { input in
                input[0].map { x in
                    switch function {
                    case .none: x
                    case .tanh: tanh(x)
                    case .relu: max(x, 0)
                    case .gelu: Naive.gelu(x)
                    case .sigmoid: Naive.sigmoid(x)
                    }
                }
            },
            operation: { tape, x, _ in tape.activation(function, x[0]) })
    }

    @Test(arguments: shapes) func addAndScale(rows: Int, columns: Int) {
        let shape = Shape(rows, columns)
        expectGradients(
            "add",
            leaves: [
                (shape, sampleValues(shape.count, seed: 2)),
                (shape, sampleValues(shape.count, seed: 3)),
            ],
            naive: { zip($0[0], $0[1]).map { $0 + $1 } },
            operation: { tape, x, _ in tape.add(x[0], x[1]) })
        expectGradients(
            "scale", leaves: [(shape, sampleValues(shape.count, seed: 2))],
            naive: { $0[0].map { -1.75 * $0 } },
            operation: { tape, x, _ in tape.scale(x[0], by: -1.75) })
    }

    @Test(arguments: shapes) func sumAndMean(rows: Int, columns: Int) {
        let shape = Shape(rows, columns)
        let x = sampleValues(shape.count, seed: 4)
        expectGradients(
            "sum", leaves: [(shape, x)], naive: { [$0[0].reduce(0, +)] },
            operation: { tape, x, _ in tape.sum(x[0]) })
        expectGradients(
            "mean", leaves: [(shape, x)],
            naive: { [$0[0].reduce(0, +) / Double($0[0].count)] },
            operation: { tape, x, _ in tape.mean(x[0]) })
    }

    @Test(arguments: shapes, [true, false]) func linear(shape: (Int, Int), hasBias: Bool) {
        let (rowCount, inputs) = shape
        let outputs = 6
        let x = sampleValues(rowCount * inputs, seed: 5)
        let w = sampleValues(outputs * inputs, seed: 6)
        let b = sampleValues(outputs, seed: 7)
        expectGradients(
            "linear", leaves: [(Shape(rowCount, inputs), x)],
            parameters: [(Shape(outputs, inputs), w)] + (hasBias ? [(Shape(outputs), b)] : []),
            naive: {
                flat(
                    Naive.linear(
                        rows($0[0], inputs), rows($0[1], inputs), hasBias ? $0[2] : nil))
            },
            operation: { $0.linear($1[0], weight: $2[0], bias: hasBias ? $2[1] : nil) })
    }

    @Test func linearFlattensLeadingAxes() {
        expectGradients(
            leaves: [(Shape(2, 3, 4), sampleValues(24, seed: 8))],
            parameters: [(Shape(5, 4), sampleValues(20, seed: 9))],
            naive: { flat(Naive.linear(rows($0[0], 4), rows($0[1], 4))) },
            operation: { $0.linear($1[0], weight: $2[0]) })
    }

    @Test(arguments: [(1, 1), (1, 4), (3, 2), (6, 3)], [true, false])
    func groupedLinear(sizes: (batch: Int, groups: Int), hasBias: Bool) {
        let (batch, groups) = sizes
        let (inputs, outputs) = (5, 7)
        let x = sampleValues(batch * groups * inputs, seed: 10)
        let w = sampleValues(groups * inputs * outputs, seed: 11)
        let c = sampleValues(groups * outputs, seed: 12)
        expectGradients(
            "grouped linear", leaves: [(Shape(batch, groups, inputs), x)],
            parameters: [(Shape(groups, inputs, outputs), w)]
                + (hasBias ? [(Shape(groups, outputs), c)] : []),
            naive: { input in
                var y: [Double] = []
                for b in 0..<batch {
                    for g in 0..<groups {
                        for out in 0..<outputs {
                            var sum = hasBias ? input[2][g * outputs + out] : 0
                            for i in 0..<inputs {
                                sum +=
                                    input[0][(b * groups + g) * inputs + i]
                                    * input[1][(g * inputs + i) * outputs + out]
                            }
                            y.append(sum)
                        }
                    }
                }
                return y
            },
            operation: { $0.groupedLinear($1[0], weight: $2[0], bias: hasBias ? $2[1] : nil) })
    }

    @Test(arguments: [(1, 3), (3, 5), (4, 16), (5, 33), (9, 300)])
    func normalization(rowCount: Int, columns: Int) {
        let shape = Shape(rowCount, columns)
        let x = sampleValues(shape.count, seed: 13, scale: 2)
        expectGradients(
            "layer norm", leaves: [(shape, x)],
            parameters: [
                (Shape(columns), sampleValues(columns, seed: 14)),
                (Shape(columns), sampleValues(columns, seed: 15)),
            ],
            relative: 2e-5,
            naive: { input in
                flat(
                    rows(input[0], columns).map {
                        Naive.layerNorm($0, gain: input[1], bias: input[2], epsilon: 1e-5)
                    })
            },
            operation: { $0.layerNorm($1[0], gain: $2[0], bias: $2[1]) })
        expectGradients(
            "softmax", leaves: [(shape, x)],
            naive: { flat(rows($0[0], columns).map(Naive.softmax)) },
            operation: { tape, x, _ in tape.softmax(x[0]) })
        expectGradients(
            "log softmax", leaves: [(shape, x)],
            naive: { flat(rows($0[0], columns).map(Naive.logSoftmax)) },
            operation: { tape, x, _ in tape.logSoftmax(x[0]) })
    }

    @Test func rowOperations() {
        // Indexes repeat and skip, so gradients must gather and stay zero.
        let index: [Int32] = [3, 0, 3, 3, 1, 0]
        let table = sampleValues(5 * 7, seed: 16)
        index.withUnsafeBufferPointer { ids in
            guard let base = ids.baseAddress else { return }
            let pick = { (input: [[Double]]) in
                index.flatMap { rows(input[0], 7)[Int($0)] }
            }
            expectGradients(
                "embedding", leaves: [], parameters: [(Shape(5, 7), table)], naive: pick,
                operation: { tape, _, p in tape.embedding(p[0], base, count: index.count) })
            expectGradients(
                "gather", leaves: [(Shape(5, 7), table)], naive: pick,
                operation: { tape, x, _ in tape.gatherRows(x[0], base, count: index.count) })
        }
    }

    @Test func concatenation() {
        expectGradients(
            leaves: [
                (Shape(4, 3), sampleValues(12, seed: 17)),
                (Shape(4, 5), sampleValues(20, seed: 18)),
            ],
            naive: { flat(zip(rows($0[0], 3), rows($0[1], 5)).map { $0 + $1 }) },
            operation: { tape, x, _ in tape.concatenateColumns(x[0], x[1]) })
    }

    /// The layers of a small network one after the other: gradients pass through every kind of pullback.
    @Test func composition() {
        expectGradients(
            leaves: [(Shape(3, 4), sampleValues(12, seed: 19))],
            parameters: [
                (Shape(6, 4), sampleValues(24, seed: 20)), (Shape(6), sampleValues(6, seed: 21)),
                (Shape(6), sampleValues(6, seed: 22)), (Shape(6), sampleValues(6, seed: 23)),
            ],
            relative: 2e-5,
            naive: { input in
                let hidden = Naive.linear(rows(input[0], 4), rows(input[1], 4), input[2])
                return flat(
                    hidden.map { row in
                        Naive.logSoftmax(
                            Naive.layerNorm(
                                row.map(Naive.gelu), gain: input[3], bias: input[4], epsilon: 1e-5)
                        )
                    })
            },
            operation: { tape, x, p in
                let hidden = tape.activation(.gelu, tape.linear(x[0], weight: p[0], bias: p[1]))
                return tape.logSoftmax(tape.layerNorm(hidden, gain: p[2], bias: p[3]))
            })
    }
}

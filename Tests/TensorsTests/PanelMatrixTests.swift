import TestSupport
import Testing

@testable import Tensors

/// Products with panels against plain ones.
@Suite(.serialized) struct PanelMatrixTests {
    /// Inner and outer lengths: vector and panel boundaries, and where sums are cut.
    static let sizes = [
        (1, 2), (3, 5), (7, 16), (16, 48), (17, 33), (64, 192), (100, 77), (256, 768), (384, 97),
        (385, 97), (513, 130), (768, 64), (769, 65), (1024, 300), (1600, 40),
    ]
    static let rowCounts = Array(1...14) + [23, 24, 25, 64, 65]

    private struct Sample {
        let x: Tensor
        let weight: Parameter
        let bias: Tensor

        init(rows: Int, inner: Int, outer: Int, in arena: Arena) {
            x = arena.tensor(Shape(rows, inner), sampleValues(rows * inner, seed: 1))
            weight = Parameter(Shape(outer, inner), sampleValues(outer * inner, seed: 2))
            bias = arena.tensor(Shape(rows, outer), sampleValues(rows * outer, seed: 3))
        }
    }

    @Test(.enabled(if: Processor.hasAVX512), arguments: sizes, [false, true])
    func bitsOfPlainProducts(size: (inner: Int, outer: Int), accumulate: Bool) {
        let arena = Arena()
        for rows in Self.rowCounts {
            let sample = Sample(rows: rows, inner: size.inner, outer: size.outer, in: arena)
            let (plain, panels) = (arena.tensor(sample.bias.shape), arena.tensor(sample.bias.shape))
            plain.copy(from: sample.bias)
            panels.copy(from: sample.bias)
            Matrix(plain).assign(
                Matrix(sample.x), times: Matrix(sample.weight.transposed), accumulate: accumulate)
            Matrix(panels).assign(
                Matrix(sample.x), times: sample.weight.panels, accumulate: accumulate)
            expectSameBits(panels.array, plain.array, "\(rows)×\(size.inner)×\(size.outer)")
            arena.reset()
        }
    }

    @Test(arguments: sizes, [false, true])
    func sums(size: (inner: Int, outer: Int), accumulate: Bool) {
        let arena = Arena()
        let sample = Sample(rows: 5, inner: size.inner, outer: size.outer, in: arena)
        let y = arena.tensor(sample.bias.shape)
        y.copy(from: sample.bias)
        Matrix(y).assign(
            Matrix(sample.x), times: sample.weight.panels, accumulate: accumulate)
        for row in 0..<5 {
            for column in 0..<size.outer {
                var sum = accumulate ? Double(sample.bias[row * size.outer + column]) : 0
                for place in 0..<size.inner {
                    sum +=
                        Double(sample.x[row * size.inner + place])
                        * Double(sample.weight.value[column * size.inner + place])
                }
                #expect(abs(Double(y[row * size.outer + column]) - sum) < 1e-4 * (1 + abs(sum)))
            }
        }
    }

    /// A row has the same bits whatever stands beside it and on every number of threads.
    @Test(arguments: sizes)
    func bitsOfRows(size: (inner: Int, outer: Int)) {
        let arena = Arena()
        let sample = Sample(rows: 65, inner: size.inner, outer: size.outer, in: arena)
        ThreadPool.setThreadCount(1)
        let whole = arena.tensor(sample.bias.shape)
        Matrix(whole).assign(Matrix(sample.x), times: sample.weight.panels)
        defer { ThreadPool.setThreadCount(2) }
        for threads in 1...3 {
            ThreadPool.setThreadCount(threads)
            for rows in Self.rowCounts {
                let range = 65 - rows..<65
                let part = arena.tensor(Shape(rows, size.outer))
                Matrix(part).assign(
                    Matrix(sample.x.rows(range)), times: sample.weight.panels)
                expectSameBits(part.array, whole.rows(range).array, "\(rows) rows of \(size)")
            }
        }
    }

    /// A model in use and one in training give the same posterior.
    @Test(
        .enabled(if: Processor.hasAVX512),
        arguments: [(1, 4, 7), (5, 32, 32), (64, 16, 40), (3, 2, 1)])
    func groups(batch: Int, groups: Int, outputs: Int) {
        let inputs = 70
        let arena = Arena()
        let weight = Parameter(
            Shape(groups, inputs, outputs), sampleValues(groups * inputs * outputs, seed: 4))
        let bias = Parameter(Shape(groups, outputs), sampleValues(groups * outputs, seed: 5))
        let x = Variable(
            constant: arena.tensor(
                Shape(batch, groups, inputs), sampleValues(batch * groups * inputs, seed: 6)))
        func run(isRecording: Bool) -> [Float] {
            Tape(arena: arena, isRecording: isRecording)
                .groupedLinear(x, weight: weight, bias: bias).value.array
        }
        let (inUse, training) = (run(isRecording: false), run(isRecording: true))
        if outputs > 1 {
            expectSameBits(inUse, training, "\(batch)×\(groups)×\(outputs)")
        } else {
            // oneDNN sums a single column in another order.
            for (a, b) in zip(inUse, training) { #expect(abs(a - b) < 1e-4 * (1 + abs(b))) }
        }
    }
}

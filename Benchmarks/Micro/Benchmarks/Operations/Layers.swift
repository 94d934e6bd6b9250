import Benchmark
import SeqModel
import Tensors

/// Layers over 64 sequences of 24 tokens, forward and backward.
func layers() {
    let packing = Packing(lengths: [Int](repeating: 24, count: 64))
    measure("GRU layer 256 → 512") { root in
        let layer = try GRU(256, 512, in: root)
        return (Shape(packing.tokenCount, 256), { layer($0, packing: packing, on: $1) })
    }
    measure("linear 512 → 1536") { root in
        let layer = try Linear(512, 1536, in: root)
        return (Shape(packing.tokenCount, 512), { layer($0, on: $1) })
    }
    measure("layer norm 512") { root in
        let layer = try LayerNorm(512, in: root)
        return (Shape(packing.tokenCount, 512), { layer($0, on: $1) })
    }
    measure("attention to 32 codes, 8 heads of 32") { root in
        let layer = try CodeAttention(
            width: 512, codes: .init(vector: 0, codeCount: 32, code: 64), size: 256, headCount: 8,
            in: root)
        let codes = Parameter(name: "codes", shape: Shape(64, 32 * 64))
        return (
            Shape(packing.tokenCount, 512),
            { x, tape in
                let memory = layer.memory(Variable(constant: codes.value), on: tape)
                return layer(x, memory: memory, packing: packing, on: tape)
            }
        )
    }
    measure("attention pooling, 32 queries") { root in
        let layer = try AttentionPooling(queryCount: 32, width: 512, windowWidth: 1.5, in: root)
        return (Shape(packing.tokenCount, 512), { layer($0, packing: packing, on: $1) })
    }
    let targets = (0..<packing.tokenCount).map { Int32($0 % 10_000) }
    measure("softmax cross-entropy over 10,000 words") { root in
        let table = try Embedding(10_000, 256, in: root)
        let bias = try root.parameter("bias", Shape(10_000), .constant(0))
        return (
            Shape(packing.tokenCount, 256),
            { x, tape in
                targets.withUnsafeBufferPointer { ids in
                    guard let first = ids.baseAddress else { return x }
                    return tape.tokenLikelihood(
                        x, weight: table.weight, bias: bias, targets: first, packing: packing
                    ).sequence
                }
            }
        )
    }
}

private func measure(
    _ name: String,
    _ make: @escaping (ParameterScope) throws -> (Shape, (Variable, Tape) -> Variable)
) {
    Benchmark(name) { benchmark in
        let store = ParameterStore(.seed(1))
        let (shape, layer) = try make(store.root)
        let inputs = Arena()
        let x = normal(shape, in: inputs, "x")
        let tape = Tape(arena: Arena(), isRecording: true)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            tape.reset()
            for parameter in store.parameters { parameter.clearGradient() }
            tape.backward(from: layer(tape.leaf(x), tape))
        }
        benchmark.stopMeasurement()
    }
}

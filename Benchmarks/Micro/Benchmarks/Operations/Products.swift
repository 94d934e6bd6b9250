import Benchmark
import Tensors

/// x Wᵀ with W `[out, in]`: in training, in use, and in bf16.
func products() {
    for (rows, inner, outer) in [(1, 512, 1536), (64, 512, 1536), (1536, 256, 10_000)] {
        for form in ["plain", "panels", "bf16 panels", "bf16"] {
            Benchmark("product \(rows)×\(inner)×\(outer), \(form)") { benchmark in
                let arena = Arena()
                let x = Matrix(normal(Shape(rows, inner), in: arena, "x"))
                let y = Matrix(arena.tensor(Shape(rows, outer)))
                let weight = Parameter(name: "weight", shape: Shape(outer, inner))
                weight.value.copy(from: normal(weight.shape, in: arena, "weight"))
                weight.valueDidChange()
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations {
                    switch form {
                    case "plain": y.assign(x, times: Matrix(weight.transposed))
                    case "panels": y.assign(x, timesTransposed: weight)
                    case "bf16 panels":
                        y.assign(x, timesTransposed: weight, precision: .bf16)
                    default: y.assign(x, times: weight.packedTransposed)
                    }
                }
                benchmark.stopMeasurement()
            }
        }
    }
}

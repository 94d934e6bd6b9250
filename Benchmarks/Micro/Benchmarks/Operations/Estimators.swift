import Benchmark
import DVAE
import Tensors

/// Every estimator that can be run on 64 grids of D = 16 and K = 16, with a linear function of the latents.
func estimators() {
    let (batch, latents, categories) = (64, 16, 16)
    for entry in EstimatorKind.builtIn.entries {
        let estimator = entry.makeDefault()
        guard estimator.problems(latentCount: latents, categoryCount: categories).isEmpty else {
            continue
        }
        Benchmark("estimator \(entry.type), B = 64, D = K = 16") { benchmark in
            let inputs = Arena()
            let logits = normal(Shape(batch, latents, categories), in: inputs, "logits")
            let weight = Parameter(name: "weight", shape: Shape(1, latents * categories))
            weight.value.copy(from: normal(weight.shape, in: inputs, "weight"))
            let tape = Tape(arena: Arena(), isRecording: true)
            benchmark.startMeasurement()
            for step in benchmark.scaledIterations {
                tape.reset()
                weight.clearGradient()
                let grid = CategoricalGrid(logits: tape.leaf(logits), on: tape)
                let mean = estimator.expectation(
                    of: { z, tape in
                        let rows = z.value.count / (latents * categories)
                        let flat = z.reshaped(Shape(rows, latents * categories))
                        return tape.linear(flat, weight: weight).reshaped(Shape(rows))
                    }, under: grid, at: step, using: RandomStream(seed: 1, "draws", step: step),
                    on: tape)
                tape.backward(from: mean)
            }
            benchmark.stopMeasurement()
        }
    }
}

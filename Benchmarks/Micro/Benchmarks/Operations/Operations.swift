import Benchmark
import Tensors

// Two threads, sizes of `words` in Benchmarks/README.md: B = 64, T = 24, H = 512, V = 10,000.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput], warmupIterations: 3, maxDuration: .seconds(2),
        maxIterations: 10_000)
    ThreadPool.setThreadCount(2)
    products()
    layers()
    estimators()
}

/// Numbers of standard deviation 1 that live as long as the arena.
func normal(_ shape: Shape, in arena: Arena, _ name: String) -> Tensor {
    var random = RandomStream(seed: 1, name)
    let tensor = arena.tensor(shape)
    random.normal(into: tensor)
    return tensor
}

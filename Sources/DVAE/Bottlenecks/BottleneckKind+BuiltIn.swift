import Configuration

extension BottleneckKind {
    /// The bottlenecks that come with the library: one line each.
    public static let builtIn = Registry<any BottleneckConfig>(
        kind: "bottleneck",
        [
            .init(DiscreteVAE.Config.self) { $0 },
            .init(GaussianBottleneck.Config.self) { $0 },
            .init(VectorQuantizer.Config.self) { $0 },
            .init(VectorQuantizer.ResidualConfig.self) { $0 },
            .init(FiniteScalarQuantizer.Config.self) { $0 },
        ])
}

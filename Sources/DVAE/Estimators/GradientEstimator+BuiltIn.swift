import Configuration

extension EstimatorKind {
    /// The estimators that come with the library: one line each.
    public static let builtIn = Registry<any GradientEstimator>(
        kind: "estimator",
        [
            .init(ReinMax.self) { $0 },
            .init(Zgr.self) { $0 },
            .init(ReinMaxRao.self) { $0 },
            .init(StraightThrough.self) { $0 },
            .init(StraightThroughGumbel.self) { $0 },
            .init(GumbelRao.self) { $0 },
            .init(GappedStraightThrough.self) { $0 },
            .init(GumbelSoftmax.self) { $0 },
            .init(Reinforce.self) { $0 },
            .init(LeaveOneOut.self) { $0 },
            .init(Vimco.self) { $0 },
            .init(LocalExpectation.self) { $0 },
            .init(ExactEnumeration.self) { $0 },
        ])
}

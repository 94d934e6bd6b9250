/// −ELBO of the last epoch, nats an image, as others have published it.
///
/// For the `reinmax` protocol: means of 10 seeds of an independent replication (Wang and Bui 2026, arXiv 2603.08257,
/// aggregated from their logs). For the `seed` protocol: read from the figure of Jeffares and Liu 2025
/// (arXiv 2505.10344), ±0.3 nat.
struct PublishedResult {
    let reading: PixelReading
    let estimator: String
    let latentCount: Int
    let categoryCount: Int
    let train: Double
    let test: Double

    /// The result of like settings, if there is one.
    static func like(_ config: MNISTConfig) -> PublishedResult? {
        all.first {
            $0.reading == config.protocol && $0.estimator == config.estimator.type
                && $0.latentCount == config.latentCount
                && $0.categoryCount == config.categoryCount
        }
    }

    /// Every result known here.
    static let all: [PublishedResult] =
        [
            PublishedResult(
                reading: .seed, estimator: "reinforce", latentCount: 4, categoryCount: 8,
                train: 123.8, test: 124.2)
        ]
        + reinmax.flatMap { estimator, results in
            zip(grids, results).map { grid, result in
                PublishedResult(
                    reading: .reinmax, estimator: estimator, latentCount: grid.0,
                    categoryCount: grid.1, train: result.0, test: result.1)
            }
        }

    private static let grids = [(4, 8), (24, 4), (16, 8), (12, 16), (8, 64), (30, 10)]

    private static let reinmax: [(estimator: String, results: [(Double, Double)])] = [
        (
            "straight_through",
            [
                (136.40, 137.01), (112.21, 113.63), (113.32, 114.81), (113.31, 114.46),
                (113.97, 115.45), (136.7, 136.5),
            ]
        ),
        (
            "straight_through_gumbel",
            [
                (127.59, 128.72), (101.49, 103.80), (99.20, 101.37), (100.42, 102.71),
                (103.87, 106.03), (99.80, 101.74),
            ]
        ),
        (
            "gumbel_rao",
            [
                (125.65, 127.62), (100.14, 102.88), (99.63, 102.07), (109.7, 111.3),
                (112.48, 113.71), (102.28, 103.97),
            ]
        ),
        (
            "gapped_straight_through",
            [
                (128.31, 129.15), (101.64, 104.04), (98.31, 101.27), (98.37, 101.67),
                (102.41, 105.34), (98.66, 100.77),
            ]
        ),
        (
            "reinmax",
            [
                (125.08, 127.27), (99.88, 102.26), (97.80, 100.73), (97.98, 100.86),
                (101.09, 103.35), (98.50, 100.80),
            ]
        ),
        (
            "reinmax_rao",
            [
                (125.31, 126.60), (100.41, 103.31), (98.03, 100.74), (97.62, 100.32),
                (100.24, 102.76), (98.61, 101.01),
            ]
        ),
    ]
}

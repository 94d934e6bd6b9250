import Foundation

/// Our runs beside what others have published, in Markdown.
struct ResultTable {
    /// A run that is there.
    struct Run {
        let config: MNISTConfig
        let last: EpochRecord
    }

    let runs: [Run]

    /// The runs in the folders below `folder` that have reached their last epoch, by name.
    init(folder: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        runs = try names.compactMap { name in
            let run = RunFolder(path: folder + "/" + name)
            guard run.isComplete else { return nil }
            let records = try EpochRecord.read(run.logPath)
            guard let last = records.last else { return nil }
            return Run(config: try run.config(), last: last)
        }
    }

    init(_ runs: [Run]) { self.runs = runs }

    /// Runs that differ in nothing but their seed are one row: the mean, and ± half the range.
    var text: String {
        var groups: [(key: String, runs: [Run])] = []
        for run in runs {
            let key = Self.settings(run.config)
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].runs.append(run)
            } else {
                groups.append((key, [run]))
            }
        }
        let head = """
            | protocol, grid, estimator | rate, optimizer | epochs | seeds | −ELBO train | test | KL \
            | published train | test |
            |---|---|---|---|---|---|---|---|---|

            """
        return head + groups.map { Self.row($0.key, $0.runs) }.joined()
    }

    private static func row(_ settings: String, _ runs: [Run]) -> String {
        let published = runs.first.flatMap { PublishedResult.like($0.config) }
        let seeds = runs.map { String($0.config.seed) }.joined(separator: ", ")
        let cells = [
            settings, seeds, figure(runs.map { -$0.last.train.elbo }),
            figure(runs.map { -$0.last.test.elbo }), figure(runs.map(\.last.train.kl)),
            published.map { String(format: "%.2f", $0.train) } ?? "none",
            published.map { String(format: "%.2f", $0.test) } ?? "none",
        ]
        return "| " + cells.joined(separator: " | ") + " |\n"
    }

    private static func settings(_ config: MNISTConfig) -> String {
        "\(config.protocol) D\(config.latentCount) K\(config.categoryCount) "
            + "\(config.estimatorText) | \(config.rate), \(config.optimizer.type) | "
            + "\(config.epochCount)"
    }

    private static func figure(_ values: [Double]) -> String {
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        let halfRange = ((values.max() ?? 0) - (values.min() ?? 0)) / 2
        return String(format: "%.2f", mean)
            + (values.count > 1 ? String(format: " ± %.2f", halfRange) : "")
    }
}

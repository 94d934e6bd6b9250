import Configuration
import Files
import Training

/// Shows the training of a prior on standard error: one line redrawn on a terminal, plain lines otherwise.
final class PriorConsole {
    private let isQuiet: Bool
    private let isTerminal = StandardError.isTerminal
    private let clock = ContinuousClock()
    private var lastShown: ContinuousClock.Instant?
    private var isLineOpen = false
    private var heldOut: Double?

    /// - Parameter isQuiet: whether nothing is shown.
    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// Shows an event.
    func show(_ event: PriorTrainingEvent) {
        guard !isQuiet else { return }
        switch event {
        case .step(let progress): show(progress)
        case .evaluated(let report, let isBest):
            heldOut = report.autoregressiveNats
            endLine()
            StandardError.write(
                "held-out codes at step \(Figures.grouped(report.step)): "
                    + "\(Figures.fixed(report.autoregressiveNats, 2)) nats/sentence"
                    + (isBest ? " · best so far, saved" : ""))
        }
    }

    /// Ends the progress line.
    func endLine() {
        if isLineOpen { StandardError.put("\n") }
        isLineOpen = false
    }

    private func show(_ progress: PriorProgress) {
        let now = clock.now
        let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
        if let lastShown, now - lastShown < interval { return }
        lastShown = now
        let text = [
            "step \(Figures.grouped(progress.step))/\(Figures.grouped(progress.steps))",
            "\(Figures.fixed(progress.nats, 2)) nats/sentence",
            "held out \(heldOut.map { Figures.fixed($0, 2) } ?? "–")",
            "\(Figures.rate(progress.sentencesPerSecond)) sentences/s",
            "\(Figures.duration(progress.secondsLeft)) left",
        ].joined(separator: " · ")
        if isTerminal {
            StandardError.put("\r" + text.prefix(StandardError.columns - 1) + "\u{1B}[K")
            isLineOpen = true
        } else {
            StandardError.write(text)
        }
    }
}

extension PriorReport {
    /// One JSON object on one line.
    func json() throws -> String {
        let tree = try ConfigurationTree.encode(self)
        return String(decoding: try StrictJSON.bytes(of: tree, nonFinite: .null), as: UTF8.self)
    }

    /// What held-out codes cost under each prior.
    var table: Table {
        var table = Table()
        table.rightAligned = [1]
        table.add("prior", "nats/sentence")
        table.add("uniform", Figures.fixed(uniformNats, 2))
        table.add("factorised", Figures.fixed(factorisedNats, 2))
        table.add("autoregressive", Figures.fixed(autoregressiveNats, 2))
        return table
    }
}

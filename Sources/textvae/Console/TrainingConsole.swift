import Foundation
import Training

/// Shows the events of a run on standard error: one line redrawn on a terminal, plain lines otherwise.
final class TrainingConsole {
    private let isQuiet: Bool
    private let isTerminal = StandardError.isTerminal
    private let clock = ContinuousClock()
    private var lastShown: ContinuousClock.Instant?
    private var isLineOpen = false
    private var gap: Double?
    /// The last evaluation.
    private(set) var lastReport: EvaluationReport?

    /// On a terminal the line is redrawn at most this often, elsewhere a line is added.
    private var interval: Duration { isTerminal ? .milliseconds(100) : .seconds(10) }

    /// - Parameter isQuiet: whether only errors and the verdict are told.
    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    /// Shows an event.
    func show(_ event: TrainingEvent) {
        switch event {
        case .note(let text): line("textvae: note: " + text)
        case .began(let summary): for text in Self.lines(of: summary) { line(text) }
        case .step(let report): show(report)
        case .evaluated(let step, let report, let isBest):
            lastReport = report
            gap = report.shuffleGapNatsPerToken
            line(Self.line(of: report, step: step, isBest: isBest))
        case .saved: break
        }
    }

    /// Shows a line above the progress line.
    func line(_ text: String) {
        guard !isQuiet else { return }
        endLine()
        StandardError.write(text)
    }

    /// Ends the progress line, so that what follows begins on a line of its own.
    func endLine() {
        if isLineOpen { StandardError.put("\n") }
        isLineOpen = false
    }

    private func show(_ report: StepReport) {
        guard !isQuiet else { return }
        let now = clock.now
        let isLast = report.step == report.steps
        if let lastShown, !isLast, now - lastShown < interval { return }
        lastShown = now
        let progress = ProgressLine(
            step: report.step, steps: report.steps, lossPerToken: report.lossPerToken,
            tokenAccuracy: report.tokenAccuracy, kl: report.kl, gap: gap,
            tokensPerSecond: report.tokensPerSecond, secondsLeft: report.secondsLeft)
        if isTerminal {
            StandardError.put("\r" + progress.text(columns: StandardError.columns) + "\u{1B}[K")
            isLineOpen = true
        } else {
            StandardError.write(progress.text)
        }
    }

    private static func lines(of summary: RunSummary) -> [String] {
        let model = summary.model
        let from = summary.firstStep > 0 ? " from step \(Figures.grouped(summary.firstStep))" : ""
        return [
            "model: \(model.latentSummary), "
                + "\(Figures.grouped(summary.parameterCount)) parameters, "
                + "\(Figures.count(summary.vocabularySize, "token")) in the vocabulary",
            "training\(from): \(Figures.count(summary.stepCount, "step")), "
                + "\(Figures.count(summary.stepsPerEpoch, "step")) an epoch, "
                + "\(Figures.count(summary.trainingSentences, "sentence")), "
                + "\(Figures.grouped(summary.heldOutSentences)) held out, "
                + "products in \(summary.precision.rawValue)",
        ]
    }

    /// An evaluation as a line: `evaluation at step 500 · loss 1.204 nats/token · acc 0.713 · …`.
    static func line(of report: EvaluationReport, step: Int, isBest: Bool) -> String {
        let parts: [String?] = [
            "evaluation at step \(Figures.grouped(step))",
            "loss \(Figures.fixed(report.lossNatsPerToken, 3)) nats/token",
            "acc \(Figures.fixed(report.tokenAccuracy, 3))",
            report.exactMatch.map { "exact \(Figures.percent($0))" },
            "KL \(Figures.fixed(report.klNats, 1))",
            "gap \(report.shuffleGapNatsPerToken.map { Figures.fixed($0, 2) } ?? "–")",
            "\(report.activeLatents) of \(report.latents) latents active",
            isBest ? "best so far, saved" : nil,
        ]
        return parts.compactMap { $0 }.joined(separator: " · ")
    }
}

/// Where a training run stands, as one line.
///
/// `step 1,240/8,000 · 15 % · loss 2.31 nats/token · acc 0.61 · KL 41.2 · gap – · 9,812 tokens/s · 11:32 left`
struct ProgressLine: Equatable {
    var step: Int
    var steps: Int
    /// −log p(x | z) per token.
    var lossPerToken: Double
    /// Share of tokens predicted.
    var tokenAccuracy: Double
    /// Nats per sentence.
    var kl: Double
    /// The shuffle gap of the last evaluation, nats per token.
    var gap: Double?
    var tokensPerSecond: Double
    var secondsLeft: Double

    /// The line.
    var text: String {
        let share = steps > 0 ? Int(100 * Double(step) / Double(steps)) : 100
        return [
            "step \(Figures.grouped(step))/\(Figures.grouped(steps))",
            "\(share) %",
            "loss \(Figures.fixed(lossPerToken, 2)) nats/token",
            "acc \(Figures.fixed(tokenAccuracy, 2))",
            "KL \(Figures.fixed(kl, 1))",
            "gap \(gap.map { Figures.fixed($0, 2) } ?? "–")",
            "\(Figures.rate(tokensPerSecond)) tokens/s",
            "\(Figures.duration(secondsLeft)) left",
        ].joined(separator: " · ")
    }

    /// The line cut to a terminal's width, so that redrawing it never scrolls.
    func text(columns: Int) -> String {
        text.count < columns ? text : text.prefix(max(0, columns - 2)) + "…"
    }
}

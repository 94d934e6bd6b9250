/// Whether a model's codes carry its sentences, said in words.
public struct Verdict: Sendable, Equatable {
    /// The verdict in a word.
    public enum Health: String, Codable, Sendable {
        /// The decoder needs the codes and most latents take part.
        case healthy
        /// The codes matter, but much of the grid is idle.
        case weak
        /// The decoder does without the codes.
        case collapsed
    }

    /// The verdict.
    public let health: Health
    /// What it means and what to try.
    public let advice: [String]

    /// Below this shuffle gap, nats per token, the decoder is said to ignore the codes.
    public static let collapsedGap = 0.1
    /// Below this mean KL of a latent, in nats, and below 1 nat in all, the codes are said to hold nothing.
    public static let collapsedKL = 0.05

    /// Judges a report.
    ///
    /// The shuffle gap decides about collapse: it is what the decoder loses without the right codes, and no amount of KL
    /// can fake it. A wrong code misleads too, so a gap alone does not make codes that hold next to nothing healthy.
    public init(of report: EvaluationReport) {
        let gap = report.shuffleGapNatsPerToken
        let idle = report.latents - report.activeLatents
        let leastKL = min(1, Verdict.collapsedKL * Double(report.latents))
        if report.activeLatents == 0 || (gap ?? .infinity) < Verdict.collapsedGap
            || report.klNats < leastKL
        {
            health = .collapsed
            advice = [
                "the codes hold next to nothing: KL is \(report.klNats.rounded(to: 2)) nats a sentence, exchanging codes "
                    + "costs \((gap ?? 0).rounded(to: 3)) nats a token, and \(report.activeLatents) of \(report.latents) "
                    + "latents carry information",
                "begin anew with a remedy, one at a time, first to last: --recipe free-bits; --recipe batch-prior; "
                    + "--recipe pretrain; --recipe bag-of-words",
                "or by hand: a later and smaller KL weight (--set objective.kl_weight.end=0.1 --set "
                    + "objective.kl_weight.steps=10000), a lower peak rate (--set learning_rate.peak=0.0005), longer "
                    + "training (--steps)",
            ]
        } else if Double(report.activeLatents) < 0.5 * Double(report.latents) {
            health = .weak
            advice = [
                "\(idle) of \(report.latents) latents are idle: the corpus may need fewer (--set "
                    + "model.latent_count=\(max(1, report.activeLatents))), or the pressure on KL is too high (--recipe "
                    + "free-bits, or --recipe target-kl to hold the codes at a number of bits)"
            ]
        } else if report.categories > 0,
            report.codePerplexity < max(1.5, 0.1 * Double(report.categories))
        {
            health = .weak
            advice = [
                "a latent uses only \(report.codePerplexity.rounded(to: 1)) of its \(report.categories) categories on "
                    + "average: --recipe uniform-mix calls the idle ones, or fewer would do (--set "
                    + "model.category_count=\(max(2, Int(report.codePerplexity.rounded(.up)))))"
            ]
        } else {
            health = .healthy
            advice = []
        }
    }
}

extension Double {
    /// Rounded for people.
    func rounded(to digits: Int) -> Double {
        let factor = (0..<digits).reduce(1.0) { result, _ in result * 10 }
        return (self * factor).rounded() / factor
    }
}

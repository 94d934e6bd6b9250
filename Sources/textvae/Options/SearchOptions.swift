import ArgumentParser
import SeqModel

/// How tokens are chosen when codes are decoded.
struct SearchOptions: ParsableArguments {
    @Option(help: "Draw tokens at this temperature instead of taking the likeliest.")
    var temperature: Float?

    @Option(help: ArgumentHelp("Draw from the k likeliest tokens only.", valueName: "k"))
    var topK: Int?

    @Option(
        help: ArgumentHelp(
            "Draw from the likeliest tokens that together hold this probability only.",
            valueName: "p"))
    var topP: Float?

    @Option(
        help: ArgumentHelp("Search with this many candidates side by side.", valueName: "width"))
    var beam: Int?

    @Option(
        help: ArgumentHelp(
            "With --beam: candidates are ranked by log p / length^penalty.", valueName: "penalty"))
    var lengthPenalty: Float?

    @Option(help: "Of all draws: the same seed gives the same output.")
    var seed: UInt64 = 0

    @OptionGroup var decoding: PrecisionOptions

    func validate() throws {
        let draws = temperature != nil || topK != nil || topP != nil
        if beam != nil, draws {
            throw ValidationError(
                "--beam searches, --temperature, --top-k and --top-p draw: choose one.")
        }
        if let beam, !(1...1024 ~= beam) {
            throw ValidationError("--beam: got \(beam), want 1 … 1024.")
        }
        if let lengthPenalty {
            guard beam != nil else { throw ValidationError("--length-penalty is for --beam.") }
            guard lengthPenalty.isFinite, 0...10 ~= lengthPenalty else {
                throw ValidationError("--length-penalty: got \(lengthPenalty), want 0 … 10.")
            }
        }
        if let problem = sampling.problems.first { throw ValidationError("--\(problem).") }
    }

    /// The strategy asked for; the likeliest token at each step when nothing is.
    var strategy: SearchStrategy {
        if let beam { return .beam(width: beam, lengthPenalty: lengthPenalty ?? 1) }
        let isGreedy = temperature == nil && topK == nil && topP == nil
        return isGreedy ? .greedy : .sample(sampling)
    }

    private var sampling: SamplingOptions {
        SamplingOptions(temperature: temperature ?? 1, topK: topK, topP: topP)
    }
}

import Configuration

/// What REINFORCE takes off f before it weighs a draw: a number that does not depend on the draw.
///
/// In configurations: a number, `"none"` (the same as 0), `"batch"`, `"mode"`, `"moving_average"` or `"learned"`. The last
/// two remember (``EstimatorMemory``); checkpoints hold what, so a resumed run goes on bit for bit.
public enum Baseline: Sendable, Equatable {
    /// The same number for every example, in the units of f (nats per example for a bound).
    case constant(Float)
    /// The mean of f over the other examples of the batch; 0 in a batch of one.
    ///
    /// Examples are drawn independently, so the gradient stays unbiased. It follows f as training moves it, as a moving
    /// average would.
    case batch
    /// f at the posterior's mode, one evaluation more (self-critical, Rennie, Marcheret, Mroueh, Ross and Goel 2017,
    /// arXiv 1612.00563).
    ///
    /// It knows each example, as a learned baseline would.
    case mode
    /// The mean of f over the batches before this one, the latest counting most; 0 at the first.
    case movingAverage
    /// The moving average and what a small net adds to it for each example, given its posterior.
    ///
    /// The net learns by the squared error, with the model's optimizer (NVIL: Mnih and Gregor 2014, arXiv 1402.0030).
    case learned

    /// The baseline of each example for those that remember nothing, given f and how to find f at the mode.
    func values<Scalar: BinaryFloatingPoint>(
        for f: [Scalar], atMode: () -> [Scalar]
    ) -> [Scalar] {
        switch self {
        case .constant(let value):
            return f.map { _ in Scalar(value) }
        case .batch:
            let total = f.reduce(0, +)
            return f.count < 2 ? [0] : f.map { (total - $0) / Scalar(f.count - 1) }
        case .mode:
            return atMode()
        case .movingAverage, .learned:
            return f.map { _ in 0 }
        }
    }
}

extension Baseline: Codable {
    /// Reads a number or a name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Float.self) {
            self = .constant(value)
            return
        }
        let name = try container.decode(String.self)
        switch name {
        case "none": self = .constant(0)
        case "batch": self = .batch
        case "mode": self = .mode
        case "moving_average": self = .movingAverage
        case "learned": self = .learned
        default:
            throw ConfigurationError.unknownType(
                kind: "baseline", got: name,
                known: ["none", "batch", "mode", "moving_average", "learned", "a number"])
        }
    }

    /// Writes the number or the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .constant(let value): try container.encode(value)
        case .batch: try container.encode("batch")
        case .mode: try container.encode("mode")
        case .movingAverage: try container.encode("moving_average")
        case .learned: try container.encode("learned")
        }
    }
}

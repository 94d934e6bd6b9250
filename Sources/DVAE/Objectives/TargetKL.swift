import RealModule
import SeqModel

/// A wish for how much the codes shall carry, and the controller of the KL weight that sees to it.
///
///     e = bitsPerCode − KL / (D ln 2),      I ← I − integralGain · e
///     weight = proportionalGain / (1 + exp e) + I,  held in 0 … maximumWeight
///
/// The weight falls while codes carry less than wished for and rises while they carry more (ControlVAE: Shao, Yao, Sun,
/// Zhang, Liu, Liu, Wang and Abdelzaher 2020, arXiv 2004.05988; errors are in bits per code here, so that gains suit every
/// grid). I never carries the weight beyond its limits, so it comes back from them at once.
public struct TargetKL: Codable, Sendable, Equatable {
    /// Bits that a code, one of the D of an example, shall carry on average; 0: no controller, `kl_weight` holds.
    public var bitsPerCode: Float = 0
    /// The answer to the error of this step.
    public var proportionalGain: Float = 0.01
    /// The answer to the errors of all steps so far.
    public var integralGain: Float = 0.0005
    /// The greatest weight.
    public var maximumWeight: Float = 2

    /// No target.
    public init() {}

    /// Whether there is a target.
    public var isOn: Bool { bitsPerCode > 0 }

    /// What is wrong with the values for K categories: `key: got …, want …`, a line each.
    func problems(categoryCount: Int) -> [String] {
        let capacity = Float(Double.log2(Double(max(2, categoryCount))))
        return Check.range("target_kl.bits_per_code", bitsPerCode, 0...capacity)
            + Check.range("target_kl.proportional_gain", proportionalGain, 0...100)
            + Check.range("target_kl.integral_gain", integralGain, 0...100)
            + Check.range("target_kl.maximum_weight", maximumWeight, 0.001...1000)
    }
}

/// What the controller of ``TargetKL`` remembers.
public struct KLController: Codable, Sendable, Equatable {
    /// I.
    public private(set) var integral = 0.0
    /// The weight in force.
    public private(set) var weight = 0.0

    /// A controller that has seen nothing: weight 0.
    public init() {}

    /// Answers to the KL of a step, in nats per example.
    public mutating func update(kl: Double, latentCount: Int, target: TargetKL) {
        let bits = kl / (Double(latentCount) * Double.log(2))
        let error = Double(target.bitsPerCode) - bits
        let proportional = Double(target.proportionalGain) / (1 + Double.exp(error))
        let wanted = proportional + integral - Double(target.integralGain) * error
        weight = min(Double(target.maximumWeight), max(0, wanted))
        integral = weight - proportional
    }
}

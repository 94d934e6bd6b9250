import Tensors

/// What the matrix products of training multiply.
public enum TrainingPrecision: String, Codable, Sendable, CaseIterable {
    /// bf16 where the processor multiplies such numbers itself, else fp32.
    case auto
    /// 32-bit floats.
    case fp32
    /// bf16, in software where the processor cannot: the same bits, slower than fp32.
    case bf16

    /// What it means on this processor.
    public var resolved: Precision {
        switch self {
        case .auto: .fastest
        case .fp32: .fp32
        case .bf16: .bf16
        }
    }
}

import CKernels

/// The numbers that matrix products multiply.
///
/// Their sums, and all else (weights kept, moments, softmax, losses, noise), are fp32 in either case.
public enum Precision: String, Codable, Sendable, CaseIterable {
    /// 32-bit floats.
    case fp32
    /// The upper 16 bits of a float: 8 bits of exponent, 8 bits of precision.
    case bf16

    /// What products are fastest in on this processor: bf16 where it multiplies such numbers itself.
    public static var fastest: Precision { ck_bf16_is_native() != 0 ? .bf16 : .fp32 }
}

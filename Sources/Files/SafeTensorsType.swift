/// The element types of safetensors files; raw values are the spellings in the header.
public enum SafeTensorsType: String, CaseIterable, Sendable {
    /// One byte, 0 or 1.
    case bool = "BOOL"
    /// 4-bit float E2M1.
    case float4 = "F4"
    /// 6-bit float E2M3.
    case float6E2M3 = "F6_E2M3"
    /// 6-bit float E3M2.
    case float6E3M2 = "F6_E3M2"
    /// Unsigned byte.
    case uint8 = "U8"
    /// Signed byte.
    case int8 = "I8"
    /// 8-bit float E5M2.
    case float8E5M2 = "F8_E5M2"
    /// 8-bit float E4M3.
    case float8E4M3 = "F8_E4M3"
    /// 8-bit exponent only.
    case float8E8M0 = "F8_E8M0"
    /// 8-bit float E4M3 without negative zero.
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    /// 8-bit float E5M2 without negative zero.
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    /// 16-bit integer.
    case int16 = "I16"
    /// 16-bit unsigned integer.
    case uint16 = "U16"
    /// IEEE half.
    case float16 = "F16"
    /// Upper half of an IEEE single.
    case bfloat16 = "BF16"
    /// 32-bit integer.
    case int32 = "I32"
    /// 32-bit unsigned integer.
    case uint32 = "U32"
    /// IEEE single.
    case float32 = "F32"
    /// Complex of two singles.
    case complex64 = "C64"
    /// IEEE double.
    case float64 = "F64"
    /// 64-bit integer.
    case int64 = "I64"
    /// 64-bit unsigned integer.
    case uint64 = "U64"

    /// Bits per element.
    public var bitCount: Int {
        switch self {
        case .float4: 4
        case .float6E2M3, .float6E3M2: 6
        case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ,
            .float8E5M2FNUZ:
            8
        case .int16, .uint16, .float16, .bfloat16: 16
        case .int32, .uint32, .float32: 32
        case .complex64, .float64, .int64, .uint64: 64
        }
    }

    /// Bytes of a tensor: ∏ shape · bits / 8.
    ///
    /// - Returns: nil where the product overflows or is no whole number of bytes.
    func byteCount(of shape: [Int]) -> Int? {
        var count = 1
        for size in shape + [bitCount] {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return count % 8 == 0 ? count / 8 : nil
    }
}

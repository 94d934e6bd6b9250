/// Tokens as text on one line, and back.
///
/// `\\`, `\t`, `\n` and `\r` stand for themselves escaped; other control characters and each byte of
/// ill-formed UTF-8 are `\x` and two hexadecimal digits. In a file of foreign origin a backslash that
/// begins none of these is a backslash.
public enum TokenEscape {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Appends the escaped form of some bytes.
    public static func append(_ bytes: UnsafeBufferPointer<UInt8>, to line: inout [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let shape = bytes.scalarLength(at: offset)
            for byte in bytes[offset..<offset + shape.length] {
                switch byte {
                case 0x5C: line += [0x5C, 0x5C]
                case 0x09: line += [0x5C, UInt8(ascii: "t")]
                case 0x0A: line += [0x5C, UInt8(ascii: "n")]
                case 0x0D: line += [0x5C, UInt8(ascii: "r")]
                case let byte where byte < 0x20 || byte == 0x7F || shape.value == nil:
                    line += [
                        0x5C, UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)],
                    ]
                default: line.append(byte)
                }
            }
            offset += shape.length
        }
    }

    /// The escaped form of some bytes.
    public static func escaped(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var line: [UInt8] = []
        Array(bytes).withUnsafeBufferPointer { append($0, to: &line) }
        return line
    }

    /// The bytes that a line stands for.
    public static func unescaped(_ line: some Sequence<UInt8>) -> [UInt8] {
        let line = Array(line)
        var bytes: [UInt8] = []
        var index = 0
        while index < line.count {
            if line[index] == 0x5C, let (byte, length) = escape(line, at: index) {
                bytes.append(byte)
                index += length
            } else {
                bytes.append(line[index])
                index += 1
            }
        }
        return bytes
    }

    private static func escape(_ line: [UInt8], at index: Int) -> (byte: UInt8, length: Int)? {
        guard index + 1 < line.count else { return nil }
        switch line[index + 1] {
        case 0x5C: return (0x5C, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        case UInt8(ascii: "n"): return (0x0A, 2)
        case UInt8(ascii: "r"): return (0x0D, 2)
        case UInt8(ascii: "x"):
            guard index + 3 < line.count, let high = JSONScanner.hexDigit(line[index + 2]),
                let low = JSONScanner.hexDigit(line[index + 3])
            else { return nil }
            return (high << 4 | low, 4)
        default: return nil
        }
    }
}

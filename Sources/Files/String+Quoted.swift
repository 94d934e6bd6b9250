extension String {
    /// The text in single quotes, on one line, at most 120 scalars, for messages about outside data.
    ///
    /// Control, bidirectional and separator characters are shown as `\u{…}`: a hostile name can
    /// neither break the line nor reorder it on a terminal.
    var quoted: String {
        var text = "'"
        var count = 0
        for scalar in unicodeScalars {
            if count == 120 {
                text += "…"
                break
            }
            count += 1
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }

    /// Whether two texts are the same bytes. (`==` on String is canonical equivalence.)
    func hasSameBytes(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

/// A text as a key that is compared and hashed by its bytes, not by canonical equivalence.
struct ByteKey: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ByteKey, right: ByteKey) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

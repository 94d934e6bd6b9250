/// What becomes of ill-formed UTF-8 before text is tokenized.
public enum IllFormedPolicy: String, Sendable, CaseIterable {
    /// The bytes stay as they are, and come back from the token ids.
    case keep
    /// Each maximal ill-formed part becomes U+FFFD.
    case replace
    /// They are refused, with their place.
    case error
}

extension UnsafeBufferPointer<UInt8> {
    /// The bytes with U+FFFD for each maximal ill-formed part.
    func replacingIllFormed() -> [UInt8] {
        var text: [UInt8] = []
        var offset = 0
        while let part = nextIllFormed(from: offset) {
            text += self[offset..<part.lowerBound]
            text += [0xEF, 0xBF, 0xBD]
            offset = part.upperBound
        }
        text += self[offset...]
        return text
    }
}

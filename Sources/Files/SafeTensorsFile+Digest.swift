extension SafeTensorsFile {
    /// The metadata key of the digest.
    ///
    /// 32 digits of XXH3-128 over the whole file in which these digits are '0': so one file verifies
    /// itself and one rename publishes it. The key stands first in the header.
    public static let digestKey = "textvae.digest"

    /// The digest the file claims, or nil: files written by other packages have none.
    public var digest: String? {
        metadata(Self.digestKey)
    }

    /// Checks every byte of the file against the digest in it.
    ///
    /// - Throws: ``FilesError/damaged(path:reason:)`` where it differs, is absent or out of place.
    public func verifyDigest() throws {
        guard let digest else {
            throw FilesError.damaged(
                path: path, reason: "it has no digest (\(Self.digestKey)) to verify it by")
        }
        try image.checkSize()
        let place = Self.digestOffset..<Self.digestOffset + Self.digestDigitCount
        guard digest.utf8.count == Self.digestDigitCount, image.bytes.count >= place.upperBound,
            image.bytes[8..<place.lowerBound].elementsEqual(Self.headerStart.utf8),
            image.bytes[place].elementsEqual(digest.utf8)
        else {
            throw FilesError.damaged(
                path: path,
                reason: "its digest is not at the start of the header; was it rewritten elsewhere?")
        }
        let running = Digest()
        running.update(UnsafeRawBufferPointer(rebasing: image.bytes[..<place.lowerBound]))
        running.update([UInt8](repeating: UInt8(ascii: "0"), count: place.count))
        running.update(UnsafeRawBufferPointer(rebasing: image.bytes[place.upperBound...]))
        try image.checkSize()
        guard running.hex.hasSameBytes(as: digest) else {
            throw FilesError.damaged(
                path: path, reason: "its digest is \(running.hex), its header says \(digest.quoted)"
            )
        }
    }

    /// How the header of a file with a digest begins, up to the digits.
    static let headerStart = "{\"\(SafeTensorsHeader.metadataKey)\":{\"\(digestKey)\":\""
    static let digestOffset = 8 + headerStart.utf8.count
    static let digestDigitCount = 32
}

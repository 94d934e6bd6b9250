import CXXHash

/// A running XXH3-128 digest, the checksum of everything this project writes.
///
/// It finds damage (a flipped bit goes unseen once in 2¹²⁸), not forgery: it is no cryptographic hash.
/// Y. Collet, xxHash 0.8; the digits are those of `xxhsum -H2`.
public final class Digest {
    private let state: OpaquePointer

    /// Begins a digest of nothing.
    public init() {
        guard let state = XXH3_createState() else { preconditionFailure("out of memory") }
        self.state = state
        XXH3_128bits_reset(state)
    }

    deinit {
        XXH3_freeState(state)
    }

    /// Takes in more bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        XXH3_128bits_update(state, base, bytes.count)
    }

    /// Takes in more bytes.
    public func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all bytes so far, as 32 lowercase hexadecimal digits.
    public var hex: String {
        let value = XXH3_128bits_digest(state)
        return Self.digits(of: value.high64) + Self.digits(of: value.low64)
    }

    /// The digest of some bytes.
    public static func hex(of bytes: UnsafeRawBufferPointer) -> String {
        let digest = Digest()
        digest.update(bytes)
        return digest.hex
    }

    /// The digest of some bytes.
    public static func hex(of bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { hex(of: $0) }
    }

    /// The digest of a regular file, read in pieces of 1 MB.
    ///
    /// - Throws: ``FilesError`` naming the path and the cause.
    public static func hex(ofFile path: String) throws -> String {
        try ofFile(path).hex
    }

    /// The digest of a regular file and how many bytes were read for it.
    static func ofFile(_ path: String) throws -> (hex: String, byteCount: Int) {
        let source = try FileSource(path: path)
        let digest = Digest()
        var byteCount = 0
        try source.forEachChunk { chunk in
            digest.update(chunk)
            byteCount += chunk.count
        }
        return (digest.hex, byteCount)
    }

    private static func digits(of word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

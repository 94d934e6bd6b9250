import Testing

@testable import Files

@Suite struct DigestTests {
    /// Values of `xxhsum -H2` 0.8.
    @Test func knownValues() {
        #expect(Digest.hex(of: []) == "99aa06d3014798d86001c324468d497f")
        #expect(Digest.hex(of: [UInt8]("a".utf8)) == "a96faf705af16834e6c632b61e964e1f")
        #expect(Digest.hex(of: [UInt8]("abc".utf8)) == "06b05ab6733a618578af5f94892f3950")
    }

    @Test func piecesGiveTheSame() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let whole = Digest.hex(of: bytes)
        let digest = Digest()
        var start = 0
        for size in [1, 0, 63, 64, 1000, 1_000_000, 1_998_872] {
            digest.update([UInt8](bytes[start..<start + size]))
            start += size
        }
        try #require(start == bytes.count)
        #expect(digest.hex == whole)
        let scratch = try Scratch()
        try scratch.write(bytes, "f")
        #expect(try Digest.hex(ofFile: scratch.path("f")) == whole)
        #expect(message { try Digest.hex(ofFile: scratch.folder) }?.contains("folder") == true)
    }
}

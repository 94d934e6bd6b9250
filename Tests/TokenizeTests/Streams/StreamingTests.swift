import Testing

@testable import Tokenize

@Suite struct StreamingTests {
    static let tokenizers: [Tokenizer] = {
        let specs =
            TokenLevel.allCases.map { TokenizerSpec(level: $0) }
            + [
                TokenizerSpec(level: .word, normalization: .nfkc, caseFolding: true),
                TokenizerSpec(level: .character, normalization: .nfd),
                TokenizerSpec(level: .word, profile: .icu, locale: "sv"),
            ]
        do { return try specs.map { try trained($0, on: samples) } } catch {
            Issue.record(error)
            return []
        }
    }()

    /// Cuts bytes into random chunks, empty ones included.
    private func chunks(
        _ bytes: [UInt8], _ generator: inout SeededGenerator, longest: Int
    ) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 0...longest, using: &generator))
            chunks.append(Array(bytes[start..<end]))
            start = end
        }
        return chunks
    }

    @Test func tokenizersExist() { #expect(Self.tokenizers.count == 7) }

    @Test(arguments: tokenizers) func chunksGiveTheSameIDs(_ tokenizer: Tokenizer) throws {
        var generator = SeededGenerator(17)
        var encoder = StreamingEncoder(tokenizer)
        for round in 0..<60 {
            let text =
                round == 0 ? manyLines(20_000) : randomBytes(&generator, length: 200)
            let wanted = tokenizer.encode(bytes: text)
            for longest in [1, 5, 64] {
                var tokenIDs: [Int32] = []
                for chunk in chunks(text, &generator, longest: longest) {
                    encoder.append(chunk, into: &tokenIDs)
                }
                encoder.finish(into: &tokenIDs)
                #expect(tokenIDs == wanted, "\(text)")
            }
        }
    }

    @Test(arguments: tokenizers) func decodingNeverCutsAScalar(_ tokenizer: Tokenizer) throws {
        var generator = SeededGenerator(23)
        var decoder = StreamingDecoder(tokenizer)
        for _ in 0..<300 {
            let text = randomBytes(&generator, length: 40)
            let tokenIDs = tokenizer.encode(bytes: text)
            let wanted = try tokenizer.decode(tokenIDs)
            var bytes: [UInt8] = []
            var shown = ""
            for tokenID in tokenIDs {
                var part: [UInt8] = []
                try decoder.append([tokenID], into: &part)
                bytes += part
                shown += String(decoding: part, as: UTF8.self)
            }
            var rest: [UInt8] = []
            decoder.finish(into: &rest)
            #expect(rest.count <= 3)
            bytes += rest
            shown += String(decoding: rest, as: UTF8.self)
            #expect(bytes == wanted)
            // Scalars, because a String joins them into characters across the parts.
            #expect(
                Array(shown.unicodeScalars)
                    == Array(String(decoding: wanted, as: UTF8.self).unicodeScalars))
        }
    }

    @Test func idsOutOfRange() throws {
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte))
        var decoder = StreamingDecoder(tokenizer)
        var bytes: [UInt8] = []
        do {
            try decoder.append([67, 0, 258], into: &bytes)
            Issue.record("258 was taken")
        } catch TokenizeError.tokenIDOutOfRange(let id, let position, _) {
            #expect((id, position) == (258, 2))
            #expect(bytes == [65])
        }
    }

    @Test(arguments: tokenizers) func asynchronousChunks(_ tokenizer: Tokenizer) async throws {
        var generator = SeededGenerator(29)
        let text = manyLines(5000)
        let parts = chunks(text, &generator, longest: 100)
        let stream = AsyncStream<[UInt8]> { continuation in
            for part in parts { continuation.yield(part) }
            continuation.finish()
        }
        var tokenIDs: [Int32] = []
        for try await some in stream.tokenIDs(tokenizer) {
            #expect(!some.isEmpty)
            tokenIDs += some
        }
        #expect(tokenIDs == tokenizer.encode(bytes: text))
    }
}

import Testing

@testable import Tokenize

@Suite struct AsyncRecordTests {
    private static let text: [UInt8] =
        Array("naïve café\r\n\n two\tparts 日本語\0x\n".utf8) + [0xFF, 0x0A] + Array("the end".utf8)

    private func stream(_ text: [UInt8], size: Int) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            for start in stride(from: 0, to: text.count, by: size) {
                continuation.yield(Array(text[start..<min(text.count, start + size)]))
            }
            continuation.finish()
        }
    }

    private func records(
        _ text: [UInt8], _ framing: RecordFraming, size: Int, _ tokenizer: Tokenizer
    ) async throws -> [[Int32]] {
        var records: [[Int32]] = []
        for try await tokenIDs in stream(text, size: size).tokenRecords(tokenizer, framing: framing)
        {
            records.append(tokenIDs)
        }
        return records
    }

    @Test(arguments: [1, 2, 5, 1000]) func recordsOfEveryFraming(_ size: Int) async throws {
        let tokenizer = try trained(TokenizerSpec(level: .word), on: samples)
        for (framing, separator) in [(RecordFraming.line, UInt8(0x0A)), (.null, 0)] {
            let parts = Self.text.split(separator: separator, omittingEmptySubsequences: false)
            let found = try await records(Self.text, framing, size: size, tokenizer)
            #expect(found == parts.map { tokenizer.encode(bytes: $0) })
            // An end of the last record begins no other.
            let ended = try await records(Self.text + [separator], framing, size: size, tokenizer)
            #expect(ended == found)
        }
        let whole = try await records(Self.text, .whole, size: size, tokenizer)
        #expect(whole == [tokenizer.encode(bytes: Self.text)])
        #expect(try await records([], .whole, size: size, tokenizer) == [[]])
        #expect(try await records([], .line, size: size, tokenizer) == [])
        let lines = Array("{\"t\": \"a b\"}\n{\"t\": \"\"}\n{\"t\": \"é\"}".utf8)
        let texts = try await records(lines, .jsonLines(field: "t"), size: size, tokenizer)
        #expect(texts == ["a b", "", "é"].map { tokenizer.encode($0) })
    }

    @Test func aBadLineIsNamed() async throws {
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte))
        let lines = Array("{\"t\": \"a\"}\n{\"t\": 1}\n".utf8)
        do {
            _ = try await records(lines, .jsonLines(field: "t"), size: 4, tokenizer)
            Issue.record("a number was read as text")
        } catch TokenizeError.malformedRecord(_, let record, _, let reason) {
            #expect(record == 2)
            #expect(reason.contains("'t'"))
        }
        let refusing = stream([0x61, 0x0A, 0xFF], size: 1)
            .tokenRecords(tokenizer, illFormed: .error)
        await #expect(throws: TokenizeError.self) { for try await _ in refusing {} }
    }

    @Test func bytesOneByOne() async throws {
        let tokenizer = try trained(TokenizerSpec(level: .word), on: samples)
        let text = Self.text + Array(repeating: 0x61, count: 200_000)
        let bytes = AsyncStream<UInt8> { continuation in
            for byte in text { continuation.yield(byte) }
            continuation.finish()
        }
        var tokenIDs: [Int32] = []
        for try await some in bytes.chunks().tokenIDs(tokenizer) { tokenIDs += some }
        #expect(tokenIDs == tokenizer.encode(bytes: text))
    }

    @Test func chunksEndWithLines() async throws {
        let bytes = AsyncStream<UInt8> { continuation in
            for byte in "ab\n\nc".utf8 { continuation.yield(byte) }
            continuation.finish()
        }
        var chunks: [[UInt8]] = []
        for try await chunk in bytes.chunks() { chunks.append(chunk) }
        #expect(chunks == [[0x61, 0x62, 0x0A], [0x0A], [0x63]])
    }
}

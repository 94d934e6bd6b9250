import Testing

@testable import Tokenize

@Suite struct ConcurrencyTests {
    /// One tokenizer, many encoders at a time, made on their own threads.
    @Test(arguments: [TokenLevel.character, .word])
    func encodersAreIndependent(_ level: TokenLevel) async throws {
        let tokenizer = try trained(
            TokenizerSpec(level: level, normalization: .nfc), on: samples)
        let wanted = samples.map { tokenizer.encode($0) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    (0..<20).allSatisfy { _ in samples.map { tokenizer.encode($0) } == wanted }
                }
            }
            for await isEqual in group { #expect(isEqual) }
        }
    }

    /// Ids are appended: what the caller had stays.
    @Test func encodersAppend() throws {
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte))
        let encoder = tokenizer.makeEncoder()
        var tokenIDs = [tokenizer.bos]
        for text in ["a", "", "b"] {
            Array(text.utf8).withUnsafeBufferPointer { encoder.encode($0, into: &tokenIDs) }
        }
        tokenIDs.append(tokenizer.eos)
        #expect(tokenIDs == [0, 2 + 0x61, 2 + 0x62, 1])
        #expect(try tokenizer.decodeString(tokenIDs) == "ab")
        encoder.encode(UnsafeBufferPointer(start: nil, count: 0), into: &tokenIDs)
        #expect(tokenIDs.count == 4)
    }
}

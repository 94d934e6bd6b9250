import Testing

@testable import Tokenize

/// Records longer than a block: linear time, bounded memory, and the same tokens.
@Suite struct LongInputTests {
    @Test(arguments: [
        "a", " ", "\n", "\u{301}", "🇩🇪", "x\u{301}", "ก", "東京都に住む", "\u{80}", "a ", "\r\n", "  a",
        "the cat ", "\0", "e\u{301} ",
    ])
    func repeatedUnits(_ unit: String) throws {
        let copies = 400_000 / unit.utf8.count
        let bytes = Array(String(repeating: unit, count: copies).utf8)
        for level in [TokenLevel.word, .character] {
            let tokenizer = try trained(TokenizerSpec(level: level), on: [unit + unit + unit])
            #expect(try tokenizer.decode(tokenizer.encode(bytes: bytes)) == bytes)
        }
    }

    /// Blocks are an implementation detail: a long record has the tokens of its lines.
    @Test func blocksDoNotShow() throws {
        var generator = SeededGenerator(3)
        let line = samples.filter { !$0.contains("\r") }.joined(separator: " and ") + "\n"
        var lines: [[UInt8]] = []
        for _ in 0..<300 {
            let start = Int.random(in: 0..<40, using: &generator)
            lines.append(Array(line.utf8.dropFirst(start)))
        }
        for level in [TokenLevel.word, .character] {
            let tokenizer = try trained(TokenizerSpec(level: level), on: samples)
            let whole = tokenizer.encode(bytes: lines.flatMap { $0 })
            #expect(whole == lines.flatMap { tokenizer.encode(bytes: $0) })
        }
    }

    /// Without line feeds the cuts fall elsewhere, and must not show either.
    @Test func blocksDoNotShowInOneLine() throws {
        let unit = "can't stop 🇩🇪🇫🇷 e\u{301}\u{301} 👩‍👩‍👧, x.y  ... "
        let copies = 1 + 3 * 65_536 / unit.utf8.count
        for level in [TokenLevel.word, .character] {
            let tokenizer = try trained(TokenizerSpec(level: level), on: [unit + unit])
            let once = tokenizer.encode(unit + unit).count - tokenizer.encode(unit).count
            let first = tokenizer.encode(unit).count
            let all = tokenizer.encode(String(repeating: unit, count: copies))
            #expect(all.count == first + (copies - 1) * once)
        }
    }

    @Test func flagsStayPairedAcrossBlocks() throws {
        let tokenizer = try trained(TokenizerSpec(level: .character), on: ["🇩🇪"])
        let text = String(repeating: "🇩🇪", count: 50_000)
        #expect(tokenizer.encode(text).count == 50_000)
        #expect(tokenizer.encode("🇩" + text).count > 50_000)
    }
}

/// Cuts normalized text into the pieces that a level counts and looks up; one per worker.
struct PieceSplitter {
    let level: TokenLevel
    let words: WordSplitter?
    let characters: CharacterSplitter?

    init(_ level: TokenLevel, _ rules: SplittingRules) {
        self.level = level
        words = rules.words.map { WordSplitter(rules: $0) }
        characters = rules.characters.map { CharacterSplitter(rules: $0) }
    }

    /// Calls `body` with one piece after another: words, clusters, fields or bytes.
    @inline(__always)
    func forEachPiece(in text: ByteSlice, _ body: (ByteSlice) -> Void) {
        if let words {
            words.forEachWord(in: text, body)
        } else if let characters {
            characters.forEachCharacter(in: text, body)
        } else if level == .whitespace {
            FieldSplitter.forEachField(in: text, body)
        } else {
            for index in text.indices { body(ByteSlice(rebasing: text[index...index])) }
        }
    }

    /// Calls `body` with many words or clusters at a time, where they start and their number; false,
    /// without a call, at the other levels, whose pieces do not lie side by side.
    @inline(__always)
    func forEachBatch(
        in text: ByteSlice, _ body: (UnsafePointer<Int>, Int) -> Void
    ) -> Bool {
        if let words {
            words.forEachBatch(in: text, body)
        } else if let characters {
            characters.forEachBatch(in: text, body)
        } else {
            return false
        }
        return true
    }
}

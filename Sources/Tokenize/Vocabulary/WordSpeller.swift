import CICU
import CTokenIndex

/// Counts the characters that distinct words are spelled with.
///
/// Each counts once per occurrence in a word, the first also with the space before it. Single bytes are
/// in every vocabulary and are not counted.
struct WordSpeller {
    private(set) var characters: TypeCounts
    private let rules: BoundaryRules
    private let splitter: CharacterSplitter

    /// - Parameter characters: what was counted before.
    init(_ rules: BoundaryRules, _ characters: TypeCounts) {
        self.characters = characters
        self.rules = rules
        splitter = CharacterSplitter(rules: rules)
    }

    /// Spells some types.
    mutating func add(_ words: some Sequence<UInt32>, of types: TypeCounts) {
        characters.makeUnique()
        var words = Array(words)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 128) { spaced in
            spaced.initialize(repeating: 0)
            guard let base = spaced.baseAddress else { return }
            types.takeASCII(from: &words, spaced: base)
            for letter in 0..<128 where spaced[letter] > 0 {
                [0x20, UInt8(letter)].withUnsafeBufferPointer {
                    characters.add($0, count: spaced[letter])
                }
            }
        }
        let batch = LetterBatch()
        for word in words {
            types.withBytes(of: Int(word)) { bytes in
                if !batch.append(bytes, rules) {
                    batch.count(into: &characters)
                    if !batch.append(bytes, rules) { return spell(bytes) }
                }
                guard bytes.hasLeadingSpace else { return }
                let first = batch.firstLength + 1
                characters.add(ByteSlice(start: bytes.baseAddress, count: first))
            }
        }
        batch.count(into: &characters)
    }

    /// Spells a word whose characters take a walk to tell.
    private mutating func spell(_ word: ByteSlice) {
        var rest = word
        var isSpaced = word.hasLeadingSpace
        if isSpaced { rest = ByteSlice(rebasing: word.dropFirst()) }
        splitter.forEachCharacter(in: rest) { character in
            if isSpaced {
                isSpaced = false
                characters.add(ByteSlice(start: word.baseAddress, count: character.count + 1))
            }
            if character.count > 1 { characters.add(character) }
        }
    }
}

/// Words whose characters can be told apart without a walk, to be counted together.
private final class LetterBatch {
    private static let capacity = 4096
    private let text = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    /// Character i is bytes `starts[i]..<starts[i + 1]`.
    private let starts = UnsafeMutablePointer<Int>.allocate(capacity: capacity + 1)
    private var found = 0
    /// Bytes of the first character of the last word.
    private(set) var firstLength = 0

    init() { starts[0] = 0 }

    deinit {
        text.deallocate()
        starts.deallocate()
    }

    /// Adds a word without its space; false if it takes a walk, or if there is no room.
    func append(_ word: ByteSlice, _ rules: BoundaryRules) -> Bool {
        let skipped = word.hasLeadingSpace ? 1 : 0
        let (start, length) = (starts[found], word.count - skipped)
        guard let base = word.baseAddress, start + length <= Self.capacity else { return false }
        (text + start).update(from: base + skipped, count: length)
        let count = cicu_plain_ends(
            rules.handle, text, start + length, start, start + length, starts + found + 1,
            Self.capacity - found)
        if count == 0 { return false }
        firstLength = starts[found + 1] - start
        found += count
        return true
    }

    func count(into characters: inout TypeCounts) {
        var tally = ctoken_tally()
        let bytes = ByteSlice(start: text, count: starts[found])
        characters.add(piecesOf: bytes, at: starts, count: found, least: 2, tally: &tally)
        found = 0
    }
}

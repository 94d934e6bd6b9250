import CTokenIndex

/// Turns records into token ids: one per thread, as it owns workers and scratch memory.
///
///     encoder.begin(record)
///     while case let count = encoder.next(into: buffer), count > 0 { … }
///
/// Neither `<bos>` nor `<eos>` is added. Time is linear in the record and nothing is allocated per
/// token; with a normalization there is one copy of the record.
public final class TokenEncoder {
    let level: TokenLevel
    private let index: TokenIndex
    // Borrowed from `index`; by a pointer, so that no access is checked for a word.
    let table = UnsafeMutablePointer<ctoken_index>.allocate(capacity: 1)
    private let normalizer: Normalizer
    let words: PieceReader?
    let characters: PieceReader?
    private let characterRules: BoundaryRules?
    /// Borrowed from `characterRules`: nothing is retained and released for a word.
    let characterHandle: OpaquePointer?

    /// The record after normalization.
    var text = ByteSlice(start: nil, count: 0)
    /// Where the next piece to be looked up begins.
    var start = 0
    /// Words that are looked up, some of which may be written already.
    var batch: ctoken_batch
    private let batchMemory = UnsafeMutablePointer<Int32>.allocate(
        capacity: 3 * PieceReader.capacity)
    /// Where the characters of an unknown word begin.
    static let longestSpelled = 256
    let characterStarts = UnsafeMutablePointer<Int>.allocate(capacity: longestSpelled + 1)
    /// The end of the word that is spelled now, and how far; equal when none is.
    var spelled = 0
    var spelledEnd = 0
    /// Whether the character at `spelled` is looked up with the space before it first.
    var isSpaced = false
    /// Bytes that are written one by one.
    var bytes = 0..<0
    /// An id there was no room for, or 0.
    var pending: Int32 = 0

    init(spec: TokenizerSpec, index: TokenIndex, rules: SplittingRules, normalizer: Normalizer) {
        level = spec.level
        self.index = index
        table.initialize(to: index.table)
        self.normalizer = normalizer
        words = rules.words.map { PieceReader(.word, rules: $0, attachesSpaces: true) }
        characters = rules.characters.map { PieceReader(.grapheme, rules: $0) }
        characterRules = rules.characters
        characterHandle = rules.characters?.handle
        batchMemory.initialize(repeating: 0, count: 3 * PieceReader.capacity)
        batch = ctoken_batch(
            starts: characterStarts, ids: batchMemory, unknown: batchMemory + PieceReader.capacity,
            bare: batchMemory + 2 * PieceReader.capacity, count: 0, unknown_count: 0, next: 0,
            next_unknown: 0)
    }

    deinit {
        table.deallocate()
        batchMemory.deallocate()
        characterStarts.deallocate()
    }

    /// Starts on a record, which must stay in place until its ids are read.
    public func begin(_ record: UnsafeBufferPointer<UInt8>) {
        text = normalizer.normalize(record)
        start = 0
        (batch.count, batch.next) = (0, 0)
        (spelled, spelledEnd, isSpaced, pending) = (0, 0, false, 0)
        bytes = level == .byte ? 0..<text.count : 0..<0
        if level == .word { words?.begin(text, from: 0, to: text.count) }
        if level == .character { spell(from: 0, to: text.count) }
    }

    /// Writes the next token ids and returns how many; 0 when there are no more.
    public func next(into buffer: UnsafeMutableBufferPointer<Int32>) -> Int {
        guard let base = text.baseAddress, let ids = buffer.baseAddress else { return 0 }
        let capacity = buffer.count
        var written = 0
        while written < capacity {
            if pending != 0 {
                ids[written] = pending
                written += 1
                pending = 0
            } else if !bytes.isEmpty {
                let count = min(bytes.count, capacity - written)
                for offset in 0..<count {
                    ids[written + offset] =
                        Vocabulary.firstByte + Int32(base[bytes.lowerBound + offset])
                }
                written += count
                bytes = bytes.lowerBound + count..<bytes.upperBound
            } else if spelled < spelledEnd {
                writeCharacters(base, ids, capacity, &written)
            } else if start < text.count || batch.next < batch.count {
                switch level {
                case .word: writeWords(base, ids, capacity, &written)
                case .whitespace: writeFields(base, ids, capacity, &written)
                case .byte, .character: return written
                }
            } else {
                break
            }
        }
        return written
    }

    /// Appends the token ids of a record.
    public func encode(_ record: UnsafeBufferPointer<UInt8>, into tokenIDs: inout [Int32]) {
        begin(record)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 4096) { buffer in
            while case let count = next(into: buffer), count > 0 {
                tokenIDs.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    /// Begins to spell bytes of the text character by character.
    func spell(from start: Int, to end: Int) {
        (spelled, spelledEnd) = (start, end)
        characters?.begin(text, from: start, to: end)
    }
}

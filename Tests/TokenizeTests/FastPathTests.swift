import Testing

@testable import Tokenize

/// Word ids by the fast path against the definition, written out plainly over ICU's own boundaries.
@Suite struct FastPathTests {
    /// Words: a space at the end of a segment goes with what follows, unless that is white space.
    private func words(_ text: ByteSlice) throws -> [Range<Int>] {
        let worker = try Segmenter(.word, path: .reference).makeWorker()
        var (words, start): ([Range<Int>], Int) = ([], 0)
        worker.forEachSegment(in: text) { segment, _ in
            var end = segment.upperBound
            if text[end - 1] == 0x20, end < text.count, !text.startsWithWhiteSpace(at: end) {
                end -= 1
            }
            if end > start { words.append(start..<end) }
            start = end
        }
        return words
    }

    /// A known word; or a space and a known word; or characters, and bytes of those that are unknown.
    private func plainIDs(_ bytes: [UInt8], _ tokenizer: Tokenizer) throws -> [Int32] {
        let vocabulary = tokenizer.vocabulary
        var ids: [Int32] = []
        func spell(_ bytes: ArraySlice<UInt8>) {
            ids += bytes.map { Vocabulary.firstByte + Int32($0) }
        }
        func find(_ bytes: ArraySlice<UInt8>) -> Int32? {
            Array(bytes).withUnsafeBufferPointer { vocabulary.tokenID(of: $0) }
        }
        let clusters = try Segmenter(.grapheme, path: .reference)
        for range in try bytes.withUnsafeBufferPointer({ try words($0) }) {
            var word = bytes[range]
            if let id = find(word) {
                ids.append(id)
                continue
            }
            let isSpaced = Array(word).withUnsafeBufferPointer { $0.hasLeadingSpace }
            if isSpaced {
                word = word.dropFirst()
                if let id = find(word) {
                    spell([0x20])
                    ids.append(id)
                    continue
                }
            }
            let first = word.startIndex
            for (number, segment) in clusters.segments(of: word).enumerated() {
                let character = word[first + segment.lowerBound..<first + segment.upperBound]
                if number == 0, isSpaced {
                    if let id = find([0x20] + character) {
                        ids.append(id)
                        continue
                    }
                    spell([0x20])
                }
                if let id = find(character) { ids.append(id) } else { spell(character) }
            }
        }
        return ids
    }

    private func ids(_ bytes: [UInt8], _ tokenizer: Tokenizer, room: Int) -> [Int32] {
        let buffer = UnsafeMutableBufferPointer<Int32>.allocate(capacity: room)
        defer { buffer.deallocate() }
        var ids: [Int32] = []
        bytes.withUnsafeBufferPointer { text in
            let encoder = tokenizer.makeEncoder()
            encoder.begin(text)
            while case let count = encoder.next(into: buffer), count > 0 {
                ids += buffer[..<count]
            }
        }
        return ids
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func fuzz(_ seed: UInt64) throws {
        var fuzz = try FuzzText(seed: seed)
        // Learned from some of the texts: half of the others' words are unknown.
        var trainer = try VocabularyTrainer(
            TokenizerSpec(level: .word), minimumFrequency: 1, maximumSize: 3_000)
        for _ in 0..<40 { trainer.add(bytes: fuzz.next(count: 200)) }
        for sample in samples { trainer.add(sample) }
        let tokenizer = try trainer.finish()
        for round in 0..<250 {
            let bytes = fuzz.next(count: round % 25 == 0 ? 6_000 : 1 + fuzz.random(300))
            let expected = try plainIDs(bytes, tokenizer)
            #expect(ids(bytes, tokenizer, room: 4096) == expected)
            #expect(ids(bytes, tokenizer, room: 1 + fuzz.random(40)) == expected)
        }
    }

    @Test func samplesAndIllFormedBytes() throws {
        let tokenizer = try trained(TokenizerSpec(level: .word), on: Array(samples.prefix(20)))
        var generator = SeededGenerator(7)
        var texts = samples.map { Array($0.utf8) } + illFormed
        for _ in 0..<300 { texts.append(randomBytes(&generator, length: 60)) }
        for bytes in texts {
            let expected = try plainIDs(bytes, tokenizer)
            for room in [1, 2, 3, 17, 4096] {
                #expect(ids(bytes, tokenizer, room: room) == expected)
            }
        }
    }
}

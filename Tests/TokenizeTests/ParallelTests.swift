import Testing

@testable import Tokenize

@Suite struct ParallelTests {
    /// Chunks are an implementation detail: any number of threads gives the ids of one.
    @Test(arguments: [TokenLevel.word, .character, .byte, .whitespace])
    func anyNumberOfThreads(_ level: TokenLevel) throws {
        let line = samples.joined(separator: " ") + "\n"
        let text = Array(String(repeating: line, count: 5_000_000 / line.utf8.count).utf8)
        let tokenizer = try trained(TokenizerSpec(level: level, normalization: .nfc), on: samples)
        let wanted = tokenizer.encode(bytes: text)
        for threads in [1, 2, 3, 16] {
            let got = text.withUnsafeBufferPointer { tokenizer.encode($0, threads: threads) }
            #expect(got == wanted)
        }
        #expect(text[..<0].withUnsafeBufferPointer { tokenizer.encode($0, threads: 2) } == [])
    }

    /// Buffers of the caller's, down to one id at a time.
    @Test(arguments: [TokenLevel.word, .character, .byte, .whitespace])
    func anySizeOfBuffer(_ level: TokenLevel) throws {
        let tokenizer = try trained(TokenizerSpec(level: level), on: Array(samples.prefix(12)))
        let encoder = tokenizer.makeEncoder()
        let texts =
            samples.map { Array($0.utf8) } + illFormed + [samples.flatMap { Array($0.utf8) }]
        for text in texts {
            let wanted = tokenizer.encode(bytes: text)
            for room in [1, 2, 3, 7] {
                var got: [Int32] = []
                text.withUnsafeBufferPointer { record in
                    encoder.begin(record)
                    withUnsafeTemporaryAllocation(of: Int32.self, capacity: room) { buffer in
                        while case let count = encoder.next(into: buffer), count > 0 {
                            got += buffer[..<count]
                        }
                    }
                }
                #expect(got == wanted)
            }
        }
    }
}

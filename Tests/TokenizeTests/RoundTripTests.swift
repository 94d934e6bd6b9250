import Testing

@testable import Tokenize

/// decode(encode(x)) == x for every byte string.
@Suite struct RoundTripTests {
    /// Each level without any vocabulary and with one learned from the samples, in both profiles.
    static let tokenizers: [Tokenizer] = {
        let specs =
            TokenLevel.allCases.filter(\.isLossless).map { TokenizerSpec(level: $0) }
            + [TokenizerSpec(level: .word, profile: .icu, locale: "sv")]
        do {
            return try specs.flatMap { spec in
                try [
                    Tokenizer(spec: spec), trained(spec, on: samples),
                    trained(spec, on: samples, maximumSize: 300),
                ]
            }
        } catch {
            Issue.record(error)
            return []
        }
    }()

    private func check(
        _ strings: some Sequence<[UInt8]>, with tokenizer: Tokenizer
    ) throws {
        let encoder = tokenizer.makeEncoder()
        var tokenIDs: [Int32] = []
        for bytes in strings {
            tokenIDs.removeAll(keepingCapacity: true)
            bytes.withUnsafeBufferPointer { encoder.encode($0, into: &tokenIDs) }
            let back = try tokenizer.decode(tokenIDs)
            if back != bytes || tokenIDs.contains(where: { $0 < 2 }) {
                Issue.record("\(bytes) came back as \(back) by \(tokenIDs) at \(tokenizer.spec)")
                return
            }
        }
    }

    @Test func tokenizersExist() { #expect(Self.tokenizers.count == 12) }

    @Test(arguments: tokenizers)
    func samplesAndIllFormedBytes(_ tokenizer: Tokenizer) throws {
        let texts = samples.map { Array($0.utf8) }
        try check(texts + illFormed, with: tokenizer)
        for text in texts { try check(illFormed.map { text + $0 + text }, with: tokenizer) }
    }

    @Test(arguments: tokenizers)
    func allStringsOfOneAndTwoBytes(_ tokenizer: Tokenizer) throws {
        try check((UInt8.min...UInt8.max).map { [$0] }, with: tokenizer)
        try check((0..<65_536).map { [UInt8($0 >> 8), UInt8($0 & 255)] }, with: tokenizer)
    }

    @Test(arguments: tokenizers)
    func allScalars(_ tokenizer: Tokenizer) throws {
        let scalars = (0...0x10FFFF as ClosedRange<UInt32>).lazy.compactMap { Unicode.Scalar($0) }
        try check(scalars.map { Array(String($0).utf8) }, with: tokenizer)
    }

    @Test(arguments: tokenizers)
    func randomStrings(_ tokenizer: Tokenizer) throws {
        var generator = SeededGenerator(7)
        try check(
            (0..<100_000).lazy.map { _ in randomBytes(&generator, length: 12) }, with: tokenizer)
    }

    @Test func specialTokensAreNeverSpelled() throws {
        for tokenizer in Self.tokenizers {
            for text in ["<bos>", "<eos>", " <eos>", "<unk>", "<0x41>"] {
                let tokenIDs = tokenizer.encode(text)
                #expect(!tokenIDs.contains { $0 < 2 })
                #expect(try tokenizer.decodeString(tokenIDs) == text)
            }
            #expect(tokenizer.tokenID(of: "<eos>".utf8) != tokenizer.eos)
        }
    }

    @Test(arguments: [
        (NormalizationForm.nfc, false), (.nfd, false), (.nfkc, true), (.nfkd, false),
        (.nfkcCasefold, false), (.none, true), (.nfc, true),
    ])
    func normalizedText(_ form: NormalizationForm, _ folds: Bool) throws {
        for level in [TokenLevel.byte, .character, .word] {
            let spec = TokenizerSpec(level: level, normalization: form, caseFolding: folds)
            let tokenizer = try trained(spec, on: samples)
            for bytes in samples.map({ Array($0.utf8) }) + illFormed {
                let wanted = tokenizer.normalized(bytes)
                #expect(try tokenizer.decode(tokenizer.encode(bytes: bytes)) == wanted)
                #expect(tokenizer.normalized(wanted) == wanted)
            }
        }
    }
}

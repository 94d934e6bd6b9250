import Foundation
import Testing
import Tokenize

@testable import Training

/// When a cache is taken up again, when it is made anew, and what happens when it cannot be written.
@Suite struct TokenCorpusCacheTests {
    private let scratch: CorpusScratch
    private let source: CorpusSource
    private let characters = TokenizerSource.learned(TokenizerSpec(level: .character))

    init() throws {
        scratch = try CorpusScratch()
        let path = try scratch.write(sampleLines(200).joined(separator: "\n"))
        source = CorpusSource(paths: [path], maximumLength: 200, seed: 3)
    }

    private func open(_ source: CorpusSource, _ tokenizer: TokenizerSource) throws -> TokenCorpus {
        try TokenCorpus.open(scratch.cache, source, tokenizer: tokenizer)
    }

    private var files: [String] { ["corpus.json", "tokenizer.json"] + stores }
    private let stores = [
        "training.tokens", "training.index", "held_out.tokens", "held_out.index",
    ]

    private func contents() throws -> [[UInt8]] {
        try files.map { try scratch.bytes(scratch.cache + "/" + $0) }
    }

    @Test func reuses() throws {
        let first = try open(source, characters)
        let before = try contents()
        let second = try open(source, characters)
        #expect(first.origin == .built && second.origin == .reused)
        #expect(try contents() == before)
        #expect(second.report == first.report && second.digest == first.digest)
        #expect(second.tokenizer.json() == first.tokenizer.json())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.cache).sorted()
                == files.sorted())
    }

    @Test func reusesAfterARename() throws {
        _ = try open(source, characters)
        var moved = source
        moved.paths = [try scratch.write(scratch.bytes(source.paths[0]), as: "renamed.txt")]
        #expect(try open(moved, characters).origin == .reused)
    }

    @Test func sameCorpusSameBytes() throws {
        _ = try open(source, characters)
        let before = try contents()
        try FileManager.default.removeItem(atPath: scratch.cache)
        _ = try open(source, characters)
        #expect(try contents() == before)
    }

    @Test func rebuildsWhenASettingDiffers() throws {
        _ = try open(source, characters)
        var other = source
        other.maximumLength = 199
        #expect(
            try open(other, characters).origin
                == .rebuilt(because: "maximum_length was 200, is 199"))
        other.seed = 4
        #expect(try open(other, characters).origin == .rebuilt(because: "split_seed was 3, is 4"))
        let words = TokenizerSource.learned(TokenizerSpec(level: .word))
        guard case .rebuilt(let reason) = try open(other, words).origin else {
            Issue.record("the tokenizer differs")
            return
        }
        #expect(reason.hasPrefix("tokenizer was {"))
        #expect(try open(other, words).origin == .reused)
    }

    @Test func rebuildsWhenOneByteDiffers() throws {
        _ = try open(source, characters)
        var bytes = try scratch.bytes(source.paths[0])
        bytes[bytes.count / 2] ^= 1
        try scratch.write(bytes)
        #expect(
            try open(source, characters).origin == .rebuilt(because: "the records have changed"))
        try scratch.write(bytes + Array("\nmore".utf8))
        #expect(try open(source, characters).origin == .rebuilt(because: "records was 200, is 201"))
    }

    @Test func rebuildsWhenDamaged() throws {
        let first = try open(source, characters)
        let before = try contents()
        for file in files {
            let path = scratch.cache + "/" + file
            let good = try scratch.bytes(path)
            var flipped = good
            flipped[good.count / 2] ^= 0x10
            for bad in [flipped, Array(good.dropLast()), good + [0], []] {
                try scratch.write(bad, as: "cache/" + file)
                let corpus = try open(source, characters)
                // A flip in the words of corpus.json may change nothing it says.
                #expect(corpus.origin != .built)
                #expect(corpus.training.tokenCount == first.training.tokenCount)
                #expect(try contents().dropFirst() == before.dropFirst())
            }
        }
        for store in stores + ["tokenizer.json"] {
            try FileManager.default.removeItem(atPath: scratch.cache + "/" + store)
            guard case .rebuilt = try open(source, characters).origin else {
                Issue.record("\(store) was missing")
                return
            }
        }
        #expect(try contents() == before)
    }

    @Test func anUnfinishedCacheIsNone() throws {
        _ = try open(source, characters)
        try FileManager.default.removeItem(atPath: scratch.cache + "/corpus.json")
        #expect(try open(source, characters).origin == .built)
    }

    /// Ids and places are checked when they are read, as a file may change after it was verified.
    @Test func refusesDamageWhileOpen() throws {
        let corpus = try open(source, characters)
        for store in ["training.tokens", "training.index"] {
            let path = scratch.cache + "/" + store
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.write(contentsOf: Data(repeating: 0xFF, count: 64))
            try file.close()
            let error = try #require(throws: TrainingError.self) {
                try corpus.training.sequence(at: 1)
            }
            #expect(error.description.contains("\(store)' is damaged: record 1 "))
        }
        truncate(scratch.cache + "/training.index", 0)
        #expect(throws: TrainingError.self) { try corpus.training.sequence(at: 1) }
    }

    /// Whichever file finds the disk full, the error is the same and nothing is left behind.
    @Test(arguments: ["training.tokens", "training.index", "held_out.tokens", "held_out.index"])
    func fullDisk(_ file: String) throws {
        try FileManager.default.createDirectory(
            atPath: scratch.cache, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.cache + "/" + file, withDestinationPath: "/dev/full")
        let error = try #require(throws: TrainingError.self) { try open(source, characters) }
        #expect(error == .unwritableCache(folder: scratch.cache, code: ENOSPC))
        #expect(
            error.description
                == "cannot write the token cache in '\(scratch.cache)': No space left on device; "
                + "free some space there or choose another folder")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.cache).isEmpty)
        #expect(try open(source, characters).origin == .built)
    }

    @Test func needsAFolder() throws {
        let folder = scratch.path("no/such/cache")
        #expect(throws: TrainingError.unwritableCache(folder: folder, code: ENOENT)) {
            try TokenCorpus.open(folder, source, tokenizer: characters)
        }
    }

    /// A pipe can be read once, so it is copied, and the copy goes away.
    @Test func pipesAreSpooled() throws {
        let pipe = scratch.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let text = try scratch.bytes(source.paths[0])
        let writer = Thread {
            FileHandle(forWritingAtPath: pipe)?.write(Data(text))
        }
        writer.start()
        var piped = source
        piped.paths = [pipe]
        let corpus = try open(piped, characters)
        #expect(corpus.origin == .built)
        #expect(corpus.report.records == 200)
        #expect(try open(source, characters).origin == .reused)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.cache).sorted()
                == files.sorted())
    }

    /// A corpus replaced between the passes is noticed.
    @Test func noticesAChangedCorpus() throws {
        let spool = CorpusSpool(in: scratch.folder)
        let reading = try CorpusReading(source, spool)
        let survey = try reading.survey(source)
        try scratch.write("other\ntext\n")
        #expect(throws: TrainingError.corpusChangedWhileRead(sources: source.paths)) {
            try reading.forEachRecord(survey) { _, _, _ in }
        }
    }
}

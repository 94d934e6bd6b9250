import Foundation
import Testing

@testable import Tokenize

@Suite struct RuleCacheTests {
    /// A cache in a folder that is gone with it.
    private final class Cache {
        let cache: RuleCache
        private let parent = FileManager.default.temporaryDirectory
            .appendingPathComponent("textvae-tests-\(UUID().uuidString)")

        init() { cache = RuleCache(folder: parent.path + "/textvae") }
        deinit { try? FileManager.default.removeItem(at: parent) }
    }

    private let text = Array(WordRules.text.utf8)

    @Test func whatIsKeptCutsTheSame() throws {
        let scratch = Cache()
        let cache = scratch.cache
        let compiled = try BoundaryRules(text: WordRules.text, cache: cache)
        #expect(cache.binary(of: text) != nil)
        let kept = try BoundaryRules(text: WordRules.text, cache: cache)
        #expect(kept.digest == compiled.digest)
        #expect(kept.areUnderstood == compiled.areUnderstood)
        #expect(kept.endsAtLineFeed == compiled.endsAtLineFeed)
        for path in [Segmenter.Path.tables, .reference] {
            let before = Segmenter(level: .word, rules: compiled, path: path)
            let after = Segmenter(level: .word, rules: kept, path: path)
            for sample in samples {
                #expect(after.segments(of: sample.utf8) == before.segments(of: sample.utf8))
            }
            for bytes in illFormed {
                #expect(after.segments(of: bytes) == before.segments(of: bytes))
            }
        }
    }

    @Test func aTextHasItsOwnFile() throws {
        let scratch = Cache()
        _ = try BoundaryRules(text: WordRules.text, cache: scratch.cache)
        #expect(scratch.cache.binary(of: text + [0x20]) == nil)
    }

    @Test func damagedFilesAreCompiledAnew() throws {
        let scratch = Cache()
        let cache = scratch.cache
        _ = try BoundaryRules(text: WordRules.text, cache: cache)
        let path = cache.path(of: text)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in [0, 40, whole.count / 2, whole.count - 1] {
            var damaged = whole
            damaged[index] ^= 1
            try damaged.write(to: URL(fileURLWithPath: path))
            #expect(cache.binary(of: text) == nil)
        }
        for length in [0, 10, 32, 100, whole.count - 1] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(cache.binary(of: text) == nil)
        }
        _ = try BoundaryRules(text: WordRules.text, cache: cache)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
    }

    @Test func filesThatOthersMayWriteAreNotTrusted() throws {
        let scratch = Cache()
        let cache = scratch.cache
        _ = try BoundaryRules(text: WordRules.text, cache: cache)
        let path = cache.path(of: text)
        chmod(path, 0o666)
        #expect(cache.binary(of: text) == nil)
        chmod(path, 0o600)
        #expect(cache.binary(of: text) != nil)
        try FileManager.default.moveItem(atPath: path, toPath: path + ".moved")
        try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: path + ".moved")
        #expect(cache.binary(of: text) == nil)
    }

    @Test func aFolderThatCannotBeIsNoFailure() throws {
        let cache = RuleCache(folder: "/dev/null/textvae")
        #expect(try BoundaryRules(text: WordRules.text, cache: cache).endsAtLineFeed)
    }
}

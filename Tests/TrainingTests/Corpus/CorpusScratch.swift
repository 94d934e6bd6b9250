import Foundation
import Testing
import Tokenize

@testable import Training

/// A folder of a test's own, gone with it.
final class CorpusScratch {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "textvae-corpus-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var cache: String { path("cache") }

    func path(_ name: String) -> String { folder + "/" + name }

    @discardableResult
    func write(_ bytes: [UInt8], as name: String = "corpus.txt") throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }

    @discardableResult
    func write(_ text: String, as name: String = "corpus.txt") throws -> String {
        try write([UInt8](text.utf8), as: name)
    }

    func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}

/// What a reader delivers from one file.
struct Delivered {
    var records: [[UInt8]] = []
    var positions: [RecordPosition] = []
    var report = CorpusReport()

    init(_ paths: [String], maximumRecordBytes: Int = 1 << 20) throws {
        var (records, positions): ([[UInt8]], [RecordPosition]) = ([], [])
        report = try RecordReader(paths: paths, maximumRecordBytes: maximumRecordBytes)
            .forEachRecord { record, position in
                records.append(Array(record))
                positions.append(position)
            }
        self.records = records
        self.positions = positions
    }

    init(_ bytes: [UInt8], maximumRecordBytes: Int = 1 << 20) throws {
        let scratch = try CorpusScratch()
        try self.init([scratch.write(bytes)], maximumRecordBytes: maximumRecordBytes)
    }

    init(_ text: String, maximumRecordBytes: Int = 1 << 20) throws {
        try self.init([UInt8](text.utf8), maximumRecordBytes: maximumRecordBytes)
    }

    var texts: [String] { records.map { String(decoding: $0, as: UTF8.self) } }
}

/// Lines that differ in length and content, from a small fixed generator.
func sampleLines(_ count: Int, seed: UInt64 = 1) -> [String] {
    var state = seed
    return (0..<count).map { number in
        state = SplitMix.mix(state &+ UInt64(number))
        let words = (0...Int(state % 12)).map { "w\((state >> UInt64($0)) % 50)" }
        return "\(number) " + words.joined(separator: " ")
    }
}

extension String {
    func withRecord<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows
        -> Result
    {
        try Array(utf8).withUnsafeBufferPointer(body)
    }
}

import Testing

@testable import Tokenize

@Suite struct RecordStreamTests {
    /// The records of a stream, put together from its pieces.
    private func records(
        _ stream: RecordStream, minimumSize: Int, cuts: Bool
    ) throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        var isOpen = false
        while let block = try stream.nextBlock(minimumSize: minimumSize, cutsRecords: cuts) {
            try block.forEachPiece { piece in
                #expect(piece.startsRecord != isOpen)
                if piece.startsRecord { records.append([]) }
                #expect(piece.offset == records[records.count - 1].count)
                #expect(piece.record == records.count)
                records[records.count - 1] += piece.bytes
                isOpen = !piece.endsRecord
            }
        }
        #expect(!isOpen)
        return records
    }

    @Test(arguments: [1, 2, 100, 5000, 1 << 20], [false, true])
    func recordsAreThoseOfTheBytes(_ size: Int, _ cuts: Bool) throws {
        let text = manyLines(30_000)
        for text in [text, text + [0x0A], [], [0x0A], [0x0A, 0x0A], [0x61], [0x61, 0x0A]] {
            let file = try TemporaryFile(text)
            for (framing, separator) in [(RecordFraming.line, UInt8(0x0A)), (.null, 0)] {
                var wanted = text.split(separator: separator, omittingEmptySubsequences: false)
                if wanted.last?.isEmpty == true { wanted.removeLast() }
                let stream = RecordStream(paths: [file.path], framing: framing)
                #expect(
                    try records(stream, minimumSize: size, cuts: cuts) == wanted.map(Array.init))
                #expect(stream.byteCount == UInt64(text.count))
            }
            let whole = RecordStream(paths: [file.path], framing: .whole)
            #expect(try records(whole, minimumSize: size, cuts: cuts) == [text])
        }
    }

    @Test func blocksDoNotDependOnReads() throws {
        let file = try TemporaryFile(manyLines(100_000))
        func blocks(_ readSize: Int) throws -> [[UInt8]] {
            let stream = RecordStream(paths: [file.path])
            stream.readSize = readSize
            var blocks: [[UInt8]] = []
            while let block = try stream.nextBlock(minimumSize: 1000, cutsRecords: true) {
                blocks.append(block.bytes)
            }
            return blocks
        }
        let wanted = try blocks(1 << 18)
        #expect(wanted.count > 50)
        for size in [1, 7, 999, 1000, 1001, 65_536] { #expect(try blocks(size) == wanted) }
    }

    @Test func aLongLineIsCut() throws {
        let line = Array("some words, and mehr Wörter und слова ".utf8)
        let file = try TemporaryFile((0..<1000).flatMap { _ in line })
        let stream = RecordStream(paths: [file.path])
        var sizes: [Int] = []
        while let block = try stream.nextBlock(minimumSize: 100, cutsRecords: true) {
            sizes.append(block.bytes.count)
        }
        #expect(sizes.max() ?? 0 < 120)
    }

    @Test func filesAndJSONLines() throws {
        let first = try TemporaryFile(Array("{\"t\": \"a\\nb\"}\n{\"id\": 1, \"t\": \"é\"}".utf8))
        let second = try TemporaryFile(Array("{\"t\": \"\"}\n".utf8))
        let stream = RecordStream(
            paths: [first.path, second.path], framing: .jsonLines(field: "t"))
        var texts: [String] = []
        while let block = try stream.nextBlock(minimumSize: 1, cutsRecords: true) {
            try block.forEachPiece { texts.append(String(decoding: $0.bytes, as: UTF8.self)) }
        }
        #expect(texts == ["a\nb", "é", ""])
        for bad in ["{\"t\": 1}", "{}", "[]", "{\"t\": \"x\"", ""] {
            let file = try TemporaryFile(Array("{\"t\": \"x\"}\n\(bad)\n".utf8))
            let stream = RecordStream(paths: [file.path], framing: .jsonLines(field: "t"))
            do {
                while let block = try stream.nextBlock(minimumSize: 1 << 16, cutsRecords: false) {
                    try block.forEachPiece { _ in }
                }
                Issue.record("\(bad) was read")
            } catch TokenizeError.malformedRecord(let path, let record, _, _) {
                #expect(path == file.path)
                #expect(record == 2)
            }
        }
    }

    @Test func illFormedBytes() throws {
        var block = TextBlock(
            bytes: [0x61, 0x0A, 0xFF, 0x62, 0xE2, 0x82, 0x0A], framing: .line)
        block.path = "p"
        var texts: [[UInt8]] = []
        try block.forEachPiece(illFormed: .replace) { texts.append(Array($0.bytes)) }
        #expect(texts == [[0x61], Array("\u{FFFD}b\u{FFFD}".utf8)])
        do {
            try block.forEachPiece(illFormed: .error) { _ in }
            Issue.record("ill-formed bytes were taken")
        } catch TokenizeError.malformedRecord(let path, let record, let byte, _) {
            #expect((path, record, byte) == ("p", 2, 0))
        }
    }

    @Test func filesThatCannotBeRead() {
        for path in ["/no/such/file", "/", "", "a\0b"] {
            #expect(throws: TokenizeError.self) {
                try RecordStream(paths: [path]).nextBlock(minimumSize: 1, cutsRecords: true)
            }
        }
    }

    @Test func framingsAsTyped() {
        #expect(RecordFraming("jsonl:body") == .jsonLines(field: "body"))
        #expect(RecordFraming("jsonl") == .jsonLines(field: "text"))
        #expect(RecordFraming("jsonl:") == nil)
        #expect(RecordFraming("lines") == nil)
    }
}

@Suite struct OrderedWorkTests {
    @Test(arguments: [1, 2, 7]) func resultsAreInOrder(_ threads: Int) throws {
        var next = 0
        var results: [Int] = []
        try OrderedWork.run(
            threads: threads,
            next: {
                defer { next += 1 }
                return next < 500 ? next : nil
            },
            makeWorker: { { $0 * $0 } }, emit: { (square: Int) in results.append(square) })
        #expect(results == (0..<500).map { $0 * $0 })
    }

    @Test(arguments: [1, 2, 7]) func theFirstErrorIsThrown(_ threads: Int) throws {
        struct Fault: Error, Equatable { var item: Int }
        var next = 0
        var results: [Int] = []
        #expect(throws: Fault(item: 40)) {
            try OrderedWork.run(
                threads: threads,
                next: {
                    defer { next += 1 }
                    if next == 60 { throw Fault(item: 60) }
                    return next
                },
                makeWorker: {
                    { if $0 >= 40 { throw Fault(item: $0) } else { return $0 } }
                },
                emit: { (item: Int) in results.append(item) })
        }
        #expect(results == Array(0..<40))
    }
}

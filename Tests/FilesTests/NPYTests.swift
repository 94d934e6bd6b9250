import Glibc
import Testing

@testable import Files

@Suite struct NPYTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    /// The bytes of `numpy.save` of `numpy.array([[1, 2], [3, -4]], dtype='<i4')`, NumPy 2.
    private static let known: [UInt8] = {
        var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0]
        bytes += [UInt8]("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }".utf8)
        bytes += [UInt8](repeating: 0x20, count: 127 - bytes.count) + [0x0A]
        return bytes + [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xFC, 0xFF, 0xFF, 0xFF]
    }()

    @Test func exactBytesBothWays() throws {
        let path = scratch.path("a.npy")
        let sink = try FileSink(path: path)
        let writer = try NPYWriter<Int32>(seekable: sink, columnCount: 2)
        try writer.append([1, 2])
        try writer.append([3, -4])
        try writer.finish()
        try sink.close()
        #expect(try scratch.read("a.npy") == Self.known)
        let file = try NPYFile(path: path)
        #expect(file.shape == [2, 2])
        #expect([Int32](try file.values()) == [1, 2, 3, -4])
        #expect(message { try file.values(of: Float.self) }?.contains("wanted <f4") == true)
    }

    @Test(arguments: [0, 1, 9, 10, 1000, 12345], [nil, 0, 1, 3])
    func promisedAndCountedRowsGiveTheSameBytes(_ rows: Int, _ columns: Int?) throws {
        guard columns != 0 || rows == 0 else { return }  // Rows of nothing cannot be counted.
        let values = (0..<rows * (columns ?? 1)).map { Float($0) * 0.5 }
        try DurableFile.writeAtomically(scratch.path("counted")) { sink in
            let writer = try NPYWriter<Float>(seekable: sink, columnCount: columns)
            for row in 0..<rows {
                let width = columns ?? 1
                try writer.append([Float](values[row * width..<(row + 1) * width]))
            }
            #expect(writer.rowCount == rows)
            try writer.finish()
        }
        try DurableFile.writeAtomically(scratch.path("promised")) { sink in
            let writer = try NPYWriter<Float>(sink, rowCount: rows, columnCount: columns)
            try writer.append(values)
            try writer.finish()
        }
        let bytes = try scratch.read("counted")
        #expect(try scratch.read("promised") == bytes)
        let file = try NPYFile(bytes: bytes)
        #expect(file.shape == (columns.map { [rows, $0] } ?? [rows]))
        #expect([Float](try file.values()) == values)
        #expect((bytes.count - 4 * values.count) % 64 == 0)
    }

    @Test func brokenPromisesAreErrors() throws {
        let sink = try FileSink(path: scratch.path("a"))
        let writer = try NPYWriter<Int32>(sink, rowCount: 2, columnCount: 2)
        #expect(message { try writer.append([1, 2, 3]) }?.contains("rows of 2") == true)
        #expect(message { try writer.append([1, 2, 3, 4, 5, 6]) }?.contains("more rows") == true)
        try writer.append([1, 2])
        #expect(message { try writer.finish() }?.contains("got 1 rows") == true)
        #expect(throws: FilesError.self) { try NPYWriter<Int32>(seekable: sink, columnCount: 1) }
    }

    @Test func writesIntoAPipe() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer {
            close(ends[0])
            close(ends[1])
        }
        let sink = FileSink(descriptor: ends[1], name: "pipe")
        let writer = try NPYWriter<Int32>(sink, rowCount: 2, columnCount: 2)
        try writer.append([1, 2, 3, -4])
        try writer.finish()
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = read(ends[0], &bytes, bytes.count)
        #expect([UInt8](bytes.prefix(max(0, count))) == Self.known)
        let seeking = try NPYWriter<Int32>(
            seekable: FileSink(descriptor: ends[1], name: "pipe"), columnCount: 2)
        #expect(message { try seeking.finish() }?.contains("cannot write 'pipe'") == true)
    }

    @Test func everyTruncationIsRefused() {
        for count in 0..<Self.known.count {
            #expect(throws: FilesError.self) {
                try NPYFile(bytes: [UInt8](Self.known[..<count]))
            }
        }
        #expect(message { try NPYFile(bytes: Self.known + [0]) }?.contains("17 bytes") == true)
    }

    @Test(arguments: [
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", "wanted '<i4' or '<f4'"),
        ("{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }\n", "wanted '<i4' or '<f4'"),
        ("{'descr': '<i4', 'fortran_order': True, 'shape': (2,), }\n", "wanted {"),
        ("{'descr': '<i4', 'fortran_order': False, 'shape': (), }\n", "0 axes"),
        ("{'descr': '<i4', 'fortran_order': False, 'shape': (1, 1, 2), }\n", "3 axes"),
        ("{'descr': '<i4', 'fortran_order': False, 'shape': (-2,), }\n", "wanted {"),
        ("{'descr': '<i4', 'fortran_order': False, 'shape': (2.0,), }\n", "wanted {"),
        ("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }", "wanted {"),
        ("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), } x\n", "wanted {"),
        ("{'descr': '<i4', 'shape': (2,), }\n", "wanted {"),
        ("{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }\n", "8 bytes of data"),
        (
            "{'descr': '<i4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\n",
            "overflows"
        ),
        (
            "{'descr': '<i4', 'fortran_order': False, 'shape': (99999999999999999999,), }\n",
            "wanted {"
        ),
        ("", "wanted {"),
    ])
    func refuses(_ header: String, _ word: String) {
        var bytes = [UInt8](Self.known[..<8])
        bytes += [UInt8(header.utf8.count), 0]
        bytes += [UInt8](header.utf8)
        bytes += [UInt8](repeating: 0, count: 8)
        let error = message { try NPYFile(bytes: bytes) }
        #expect(error?.contains(word) == true, "\(error ?? "it loads")")
    }

    @Test func refusesOtherVersions() {
        var bytes = Self.known
        bytes[6] = 2
        #expect(message { try NPYFile(bytes: bytes) }?.contains("version 2.0") == true)
        bytes[0] = 0x92
        #expect(message { try NPYFile(bytes: bytes) }?.contains("does not begin") == true)
    }

    @Test func everyFlippedBitOfTheHeaderReturns() {
        for place in 0..<128 {
            for bit in 0..<8 {
                var bytes = Self.known
                bytes[place] ^= 1 << UInt8(bit)
                // A shape may become another of the same size; nothing else may load.
                if let file = try? NPYFile(bytes: bytes) {
                    #expect(file.shape.reduce(1, *) == 4 || file.typeName != "<i4")
                }
            }
        }
    }
}

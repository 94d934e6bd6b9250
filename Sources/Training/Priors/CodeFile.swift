import DVAE
import Files
import Glibc

/// Rows of codes on disk, in a file that has lost its name: it is gone when this object is, however the process ends.
///
/// A row is the hash of its record, 8 bytes, and D codes for each draw, of 1 byte each where K ≤ 256 and else of 2.
final class CodeFile {
    let grid: CodeGrid
    let drawCount: Int
    private(set) var rowCount = 0

    private let codeSize: Int
    private let sink: FileSink
    private let file: StoreFile

    /// Bytes read at once when all rows are wanted.
    private static let blockSize = 1 << 18

    init(in folder: String, grid: CodeGrid, drawCount: Int) throws {
        (self.grid, self.drawCount) = (grid, drawCount)
        codeSize = grid.categoryCount <= 256 ? 1 : 2
        let path = "\(folder)/.codes.tmp-\(getpid())"
        unlink(path)
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw FilesError.system(action: "create", path: path, code: errno)
        }
        unlink(path)
        sink = FileSink(descriptor: descriptor, name: path)
        file = StoreFile(descriptor: descriptor, shownAs: path, elementSize: 1)
    }

    private var drawSize: Int { grid.latentCount * codeSize }
    private var rowSize: Int { 8 + drawCount * drawSize }

    /// Adds a row: the codes of all draws, one after the other.
    func append(hash: UInt64, codes: [Int32]) throws {
        precondition(codes.count == drawCount * grid.latentCount, "a row has all its draws")
        try withUnsafeTemporaryAllocation(byteCount: rowSize, alignment: 8) { row in
            row.storeBytes(of: hash, as: UInt64.self)
            for (place, code) in codes.enumerated() {
                let offset = 8 + place * codeSize
                if codeSize == 1 {
                    row.storeBytes(of: UInt8(code), toByteOffset: offset, as: UInt8.self)
                } else {
                    row.storeBytes(of: UInt16(code), toByteOffset: offset, as: UInt16.self)
                }
            }
            try sink.write(UnsafeRawBufferPointer(row))
        }
        rowCount += 1
    }

    /// The D codes of a draw.
    func codes(row: Int, draw: Int) throws -> [Int32] {
        precondition(row < rowCount && draw < drawCount, "rows and draws that were written")
        try sink.flush()
        return try withUnsafeTemporaryAllocation(byteCount: drawSize, alignment: 8) { bytes in
            try file.read(from: row * rowSize + 8 + draw * drawSize, into: bytes)
            return codes(of: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Calls `body` with every row in turn: its hash, and the codes of all its draws.
    func forEachRow(_ body: (_ row: Int, _ hash: UInt64, _ codes: [Int32]) throws -> Void) throws {
        try sink.flush()
        let count = max(1, Self.blockSize / rowSize)
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: count * rowSize, alignment: 8)
        defer { block.deallocate() }
        for first in stride(from: 0, to: rowCount, by: count) {
            let rows = first..<min(rowCount, first + count)
            try file.read(
                from: first * rowSize,
                into: UnsafeMutableRawBufferPointer(rebasing: block[..<(rows.count * rowSize)]))
            for row in rows {
                let start = (row - first) * rowSize
                try body(
                    row, block.loadUnaligned(fromByteOffset: start, as: UInt64.self),
                    codes(
                        of: UnsafeRawBufferPointer(rebasing: block[start + 8..<start + rowSize])))
            }
        }
    }

    private func codes(of bytes: UnsafeRawBufferPointer) -> [Int32] {
        (0..<bytes.count / codeSize).map { place in
            codeSize == 1
                ? Int32(bytes[place])
                : Int32(bytes.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self))
        }
    }
}

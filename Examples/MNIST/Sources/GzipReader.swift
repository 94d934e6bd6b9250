import CZlib
import Glibc

/// Reads a file from its start, unpacking it where it is gzip.
final class GzipReader {
    let path: String
    /// Unpacked bytes read so far.
    private(set) var offset = 0
    private let file: gzFile

    /// Opens a file.
    init(path: String) throws {
        guard let file = gzopen(path, "rb") else {
            let reason = errno == 0 ? "out of memory" : String(cString: strerror(errno))
            throw MNISTError.unreadable(path: path, reason: reason)
        }
        self.path = path
        self.file = file
    }

    deinit { gzclose_r(file) }

    /// The next `count` bytes.
    ///
    /// - Throws: ``MNISTError`` where the file ends before, or is damaged.
    func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = try readSome(atMost: count - bytes.count)
            guard !part.isEmpty else {
                throw MNISTError.malformed(
                    path: path, offset: offset,
                    reason: "the file ends here, \(count - bytes.count) bytes too early")
            }
            bytes += part
        }
        return bytes
    }

    /// Makes sure that nothing follows; this is where the checksum of a gzip file is compared.
    func expectEnd() throws {
        guard try readSome(atMost: 1).isEmpty else {
            throw MNISTError.malformed(
                path: path, offset: offset - 1, reason: "bytes after the end of the array")
        }
    }

    private func readSome(atMost count: Int) throws -> [UInt8] {
        let part = try [UInt8](unsafeUninitializedCapacity: min(count, 1 << 20)) { buffer, filled in
            let got = gzread(file, buffer.baseAddress, UInt32(buffer.count))
            guard got >= 0 else { throw failure }
            filled = Int(got)
        }
        // A truncated stream shows only here: gzread gives what there is.
        if part.isEmpty, gzeof(file) != 0, status != Z_OK { throw failure }
        offset += part.count
        return part
    }

    private var status: Int32 {
        var number: Int32 = Z_OK
        _ = gzerror(file, &number)
        return number
    }

    private var failure: MNISTError {
        var number: Int32 = Z_OK
        let text = gzerror(file, &number).map { String(cString: $0) } ?? ""
        return .malformed(
            path: path, offset: offset,
            reason: number == Z_ERRNO ? String(cString: strerror(errno)) : text)
    }
}

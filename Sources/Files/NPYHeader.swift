/// The header of a `.npy` file of version 1.0: a Python dictionary as text, padded to 64 bytes.
struct NPYHeader: Equatable {
    var descr: String
    var shape: [Int]

    /// The bytes that NumPy writes, with its room for a first axis of up to 21 digits.
    ///
    /// So the count of rows can be written over in place when all rows are there.
    var bytes: [UInt8] {
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(sizes)), }"
        if let first = shape.first {
            text += String(repeating: " ", count: max(0, 21 - String(first).utf8.count))
        }
        let padding = 64 - (Self.prefix.count + 2 + text.utf8.count + 1) % 64
        text += String(repeating: " ", count: padding) + "\n"
        let length = UInt16(text.utf8.count)
        return Self.prefix + [UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
    }

    /// `\x93NUMPY` and version 1.0.
    private static let prefix: [UInt8] = [0x93] + "NUMPY".utf8 + [1, 0]
}

extension NPYHeader {
    /// Reads the header of a whole file.
    ///
    /// - Returns: The header and where the data begin.
    /// - Throws: ``FilesError/malformed(path:offset:reason:)``.
    static func read(
        _ file: UnsafeRawBufferPointer, path: String
    ) throws -> (header: NPYHeader, dataStart: Int) {
        func failure(_ offset: Int, _ reason: String) -> FilesError {
            .malformed(path: path, offset: offset, reason: reason)
        }
        guard file.count >= 10, file[..<6].elementsEqual(prefix[..<6]) else {
            throw failure(0, "it does not begin as a .npy file does")
        }
        guard file[6] == 1, file[7] == 0 else {
            throw failure(6, "version \(file[6]).\(file[7]), wanted 1.0")
        }
        let dataStart = 10 + Int(file[8]) + Int(file[9]) << 8
        guard dataStart <= file.count else {
            throw failure(
                8, "truncated: the header ends at \(dataStart), the file at \(file.count)")
        }
        var text = NPYText(bytes: file, position: 10, end: dataStart)
        guard let header = text.header() else {
            throw failure(
                text.position,
                "wanted {'descr': '…', 'fortran_order': False, 'shape': (…), } and one newline")
        }
        return (header, dataStart)
    }
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, spaces, newline: nothing else.
private struct NPYText {
    let bytes: UnsafeRawBufferPointer
    var position: Int
    let end: Int

    mutating func header() -> NPYHeader? {
        guard take("{'descr': '"), let descr = name(),
            take("', 'fortran_order': False, 'shape': ("), let shape = sizes(), take(")"),
            take(", }") || take("}")
        else { return nil }
        while take(" ") {}
        guard take("\n"), position == end else { return nil }
        return NPYHeader(descr: descr, shape: shape)
    }

    private mutating func take(_ text: String) -> Bool {
        guard end - position >= text.utf8.count,
            bytes[position..<position + text.utf8.count].elementsEqual(text.utf8)
        else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func name() -> String? {
        let start = position
        while position < end, position - start < 16, bytes[position] != UInt8(ascii: "'") {
            position += 1
        }
        return String(validating: bytes[start..<position], as: UTF8.self)
    }

    /// The sizes of a tuple: none, `3,` or `3, 4` and so on.
    private mutating func sizes() -> [Int]? {
        var sizes: [Int] = []
        while position < end, bytes[position] != UInt8(ascii: ")") {
            if !sizes.isEmpty, !take(" ") { return nil }
            guard let size = number() else { return nil }
            sizes.append(size)
            guard take(",") else { break }
        }
        return sizes
    }

    private mutating func number() -> Int? {
        let start = position
        while position < end, (0x30...0x39) ~= bytes[position] { position += 1 }
        return Int(String(decoding: bytes[start..<position], as: UTF8.self))
    }
}

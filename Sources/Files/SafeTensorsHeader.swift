/// The header of a safetensors file, read strictly, and the rules that tie it to the data.
struct SafeTensorsHeader {
    static let maximumByteCount = 100_000_000
    static let maximumNameByteCount = 1024
    static let maximumRank = 32
    static let metadataKey = "__metadata__"

    private(set) var entries: [SafeTensorsFile.Entry] = []
    private(set) var metadata: [(key: String, value: String)] = []

    private let path: String
    /// Where the data begin.
    private let dataStart: Int

    /// Reads the header of a whole file.
    init(_ file: UnsafeRawBufferPointer, path: String) throws {
        self.path = path
        guard file.count >= 8 else {
            throw FilesError.malformed(
                path: path, offset: file.count,
                reason: "truncated: a safetensors file begins with 8 bytes, got \(file.count)")
        }
        let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(Self.maximumByteCount) else {
            throw FilesError.malformed(
                path: path, offset: 0,
                reason: "header too large: \(length) bytes, at most \(Self.maximumByteCount)")
        }
        dataStart = 8 + Int(length)
        guard dataStart <= file.count else {
            throw FilesError.malformed(
                path: path, offset: 0,
                reason: "truncated: the header has \(length) bytes, only \(file.count - 8) follow")
        }
        guard length > 0, file[8] == UInt8(ascii: "{") else {
            throw FilesError.malformed(
                path: path, offset: 8, reason: "the header does not begin with '{'")
        }
        var end = dataStart
        while file[end - 1] == UInt8(ascii: " ") { end -= 1 }
        guard file[end - 1] == UInt8(ascii: "}") else {
            throw FilesError.malformed(
                path: path, offset: end - 1, reason: "the header does not end with '}' and spaces")
        }
        let root = try StrictJSON.parse(
            UnsafeRawBufferPointer(rebasing: file[8..<end]), source: "\(path) (header)")
        for member in root.object ?? [] {
            if member.key == Self.metadataKey {
                metadata = try readMetadata(member.value)
            } else {
                entries.append(try readEntry(member))
            }
        }
        try checkCoverage(fileByteCount: file.count)
    }

    private func readMetadata(_ value: JSONValue) throws -> [(key: String, value: String)] {
        guard let members = value.object else {
            throw failure(Self.metadataKey, got: value.kind, wanted: "an object of strings")
        }
        return try members.map { member in
            guard let text = member.value.string else {
                throw failure(
                    "\(Self.metadataKey).\(member.key)", got: member.value.kind, wanted: "a string")
            }
            return (member.key, text)
        }
    }

    private func readEntry(_ member: JSONMember) throws -> SafeTensorsFile.Entry {
        let name = member.key
        guard let members = member.value.object else {
            throw failure(name, got: member.value.kind, wanted: "{dtype, shape, data_offsets}")
        }
        guard 1...Self.maximumNameByteCount ~= name.utf8.count, !name.utf8.contains(0) else {
            throw failure(
                name, got: "a name of \(name.utf8.count) bytes",
                wanted: "1…\(Self.maximumNameByteCount) bytes without NUL")
        }
        guard members.count == 3, let typeValue = member.value["dtype"],
            let shapeValue = member.value["shape"],
            let offsetsValue = member.value["data_offsets"]
        else {
            throw failure(
                name, got: "keys " + members.prefix(4).map(\.key.quoted).joined(separator: ", "),
                wanted: "dtype, shape, data_offsets")
        }
        guard let type = typeValue.string.flatMap(SafeTensorsType.init(rawValue:)) else {
            throw failure(
                name, got: "dtype \(typeValue.string?.quoted ?? typeValue.kind)",
                wanted: "a known dtype: "
                    + SafeTensorsType.allCases.map(\.rawValue).joined(
                        separator: " "))
        }
        let shape = try sizes(shapeValue, of: name, key: "shape")
        guard shape.count <= Self.maximumRank else {
            throw failure(name, got: "\(shape.count) axes", wanted: "at most \(Self.maximumRank)")
        }
        let offsets = try sizes(offsetsValue, of: name, key: "data_offsets")
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            throw failure(
                name, got: "data_offsets \(offsets.prefix(4))", wanted: "[begin, end], begin ≤ end")
        }
        guard let byteCount = type.byteCount(of: shape) else {
            throw failure(
                name, got: "\(type.rawValue) \(shape): a size that overflows or is no whole bytes",
                wanted: "a size in bytes")
        }
        guard byteCount == offsets[1] - offsets[0] else {
            throw failure(
                name, got: "data_offsets \(offsets) for \(type.rawValue) \(shape)",
                wanted: "\(byteCount) bytes")
        }
        let (end, overflow) = offsets[1].addingReportingOverflow(dataStart)
        guard !overflow else {
            throw failure(name, got: "data_offsets \(offsets)", wanted: "offsets inside the file")
        }
        return SafeTensorsFile.Entry(
            name: name, type: type, shape: shape, byteRange: end - byteCount..<end)
    }

    /// Whole numbers ≥ 0 in an array.
    private func sizes(_ value: JSONValue, of name: String, key: String) throws -> [Int] {
        guard let elements = value.array else {
            throw failure(name, got: "\(key) \(value.kind)", wanted: "an array of whole numbers")
        }
        return try elements.map { element in
            guard let size = element.int, size >= 0 else {
                throw failure(
                    name, got: "\(key) holding \(element.kind)",
                    wanted: "whole numbers from 0 to 2⁶³−1"
                )
            }
            return size
        }
    }

    /// Sorts the tensors by place and checks that each begins where the one before ends.
    private mutating func checkCoverage(fileByteCount: Int) throws {
        // By index too: tensors without bytes may share a place, and the order must be defined.
        entries = entries.enumerated().sorted { left, right in
            let (a, b) = (left.element.byteRange, right.element.byteRange)
            return (a.lowerBound, a.upperBound, left.offset)
                < (b.lowerBound, b.upperBound, right.offset)
        }.map(\.element)
        var end = dataStart
        for entry in entries {
            guard entry.byteRange.lowerBound == end else {
                let kind = entry.byteRange.lowerBound < end ? "an overlap" : "a hole"
                throw failure(
                    entry.name, got: "\(kind): begin \(entry.byteRange.lowerBound - dataStart)",
                    wanted: "begin \(end - dataStart), the end of the tensor before")
            }
            end = entry.byteRange.upperBound
        }
        guard end == fileByteCount else {
            let reason = end > fileByteCount ? "truncated" : "bytes after the last tensor"
            throw FilesError.malformed(
                path: path, offset: min(end, fileByteCount),
                reason: "\(reason): the file has \(fileByteCount) bytes, its header covers \(end)")
        }
    }

    private func failure(_ name: String, got: String, wanted: String) -> FilesError {
        .mismatch(path: path, name: name, got: got, wanted: wanted)
    }
}

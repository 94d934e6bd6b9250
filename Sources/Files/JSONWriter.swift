/// Writes a JSON tree as bytes, deterministically.
struct JSONWriter {
    let indented: Bool
    let nonFinite: StrictJSON.NonFinite
    var output: [UInt8] = []
    private var path: [JSONStep] = []

    init(indented: Bool, nonFinite: StrictJSON.NonFinite) {
        self.indented = indented
        self.nonFinite = nonFinite
    }

    mutating func write(_ value: JSONValue, depth: Int) throws(FilesError) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let text): try writeNumber(text)
        case .string(let text): writeString(text)
        case .array(let elements): try writeArray(elements, depth: depth)
        case .object(let members): try writeObject(members, depth: depth)
        }
    }

    private mutating func writeArray(_ elements: [JSONValue], depth: Int) throws(FilesError) {
        try check(depth)
        // Rows of plain numbers stay on one line: a column of codes reads badly.
        let inline = elements.allSatisfy { $0.array == nil && $0.object == nil }
        append("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { append(inline && indented ? ", " : ",") }
            if !inline { newLine(depth + 1) }
            path.append(.index(index))
            try write(element, depth: depth + 1)
            path.removeLast()
        }
        if !inline { newLine(depth) }
        append("]")
    }

    private mutating func writeObject(_ members: [JSONMember], depth: Int) throws(FilesError) {
        try check(depth)
        if let index = JSONKeys.firstDuplicate(in: members) {
            throw failure("duplicate key \(members[index].key.quoted)")
        }
        append("{")
        for (index, member) in members.enumerated() {
            if index > 0 { append(",") }
            newLine(depth + 1)
            writeString(member.key)
            append(indented ? ": " : ":")
            path.append(.key(member.key))
            try write(member.value, depth: depth + 1)
            path.removeLast()
        }
        if !members.isEmpty { newLine(depth) }
        append("}")
    }

    private mutating func writeNumber(_ text: String) throws(FilesError) {
        // What Swift calls the numbers that JSON cannot spell.
        if ["nan", "-nan", "inf", "-inf"].contains(text) {
            guard nonFinite == .null else { throw failure("\(text) is no JSON number") }
            return append("null")
        }
        var copy = text
        let isNumber = copy.withUTF8 { raw in
            var parser = JSONParser(
                bytes: UnsafeRawBufferPointer(raw), source: "", remainingValueCount: 1)
            guard case .number(let same)? = try? parser.document() else { return false }
            return same.utf8.count == raw.count
        }
        guard isNumber else { throw failure("\(text.quoted) is no JSON number") }
        append(text)
    }

    private mutating func writeString(_ text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20:
                append("\\u00")
                output.append(UInt8(ascii: "0") + byte >> 4)
                output.append(contentsOf: String(byte & 15, radix: 16).utf8)
            default: output.append(byte)
            }
        }
        append("\"")
    }

    private mutating func append(_ text: String) {
        output.append(contentsOf: text.utf8)
    }

    private mutating func newLine(_ depth: Int) {
        guard indented else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private func check(_ depth: Int) throws(FilesError) {
        guard depth < StrictJSON.maximumDepth else {
            throw failure("nested deeper than \(StrictJSON.maximumDepth) levels")
        }
    }

    private func failure(_ reason: String) -> FilesError {
        .unwritable(key: path.joined, reason: reason)
    }
}

import Files

extension JSONValue {
    /// The value at a key path, or nil where there is none.
    func value(at path: some Collection<String>) -> JSONValue? {
        guard let key = path.first else { return self }
        return self[key]?.value(at: path.dropFirst())
    }

    /// This tree with another value at a key path; unchanged where there is no such path.
    func replacing(_ path: some Collection<String>, with value: JSONValue) -> JSONValue {
        guard let key = path.first else { return value }
        guard var members = object, let index = members.firstIndex(where: { $0.hasKey(key) })
        else { return self }
        members[index].value = members[index].value.replacing(path.dropFirst(), with: value)
        return .object(members)
    }

    /// The value for messages: short, on one line, texts in quotes.
    var shown: String {
        switch self {
        case .string(let text): Spelling.quoted(text)
        case .number(let text): text.utf8.count <= 40 ? text : "a long number"
        case .null: "null"
        default: kind
        }
    }
}

extension JSONMember {
    /// Whether this is the member of a key, by its bytes.
    func hasKey(_ name: String) -> Bool { key.utf8.elementsEqual(name.utf8) }
}

extension [String] {
    /// The key path for messages: `a.b`, odd keys in quotes.
    var shown: String {
        map { key in
            let isPlain =
                !key.isEmpty && key.utf8.count <= 80
                && key.utf8.allSatisfy {
                    (0x30...0x39) ~= $0 || (0x61...0x7A) ~= $0 | 0x20 || $0 == 0x5F || $0 == 0x2D
                }
            return isPlain ? key : Spelling.quoted(key)
        }.joined(separator: ".")
    }
}

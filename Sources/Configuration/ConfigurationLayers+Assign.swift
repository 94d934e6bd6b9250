import Files

extension ConfigurationLayers {
    /// Sets single keys, such as `training.steps=100`, over everything that stands.
    ///
    /// A value is read as JSON and, where it is none, or where a text stands now, as plain text. Their order
    /// does not matter, because types and whole objects are set before what is in them; of two
    /// assignments to one key the later holds.
    public mutating func assign(_ assignments: [String], from source: String = "--set") {
        var parsed: [(path: [String], text: String)] = []
        for assignment in assignments {
            guard let equals = assignment.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                note("\(source) \(Spelling.quoted(assignment)): no \"=\", want key.path=value")
                continue
            }
            let path = assignment[..<equals].split(
                separator: ".", maxSplits: StrictJSON.maximumDepth,
                omittingEmptySubsequences: false
            ).map(String.init)
            parsed.append((path, String(assignment[assignment.utf8.index(after: equals)...])))
        }
        let order = parsed.indices.sorted { a, b in
            (rank(parsed[a].path), a) < (rank(parsed[b].path), b)
        }
        for index in order { set(parsed[index].path, to: parsed[index].text, from: source) }
    }

    /// Outer keys come before inner ones, `type` before its neighbours.
    private func rank(_ path: [String]) -> Int {
        path.count * 2 + (path.last == "type" ? 0 : 1)
    }

    private mutating func set(_ path: [String], to text: String, from source: String) {
        let value: JSONValue
        do {
            value = try StrictJSON.parse(Array(text.utf8), source: source)
        } catch {
            if let first = text.utf8.first, "{[".utf8.contains(first) {
                return note(at: path, "\(error)", from: source)
            }
            value = .string(text)
        }
        apply(
            path.reversed().reduce(isText(value, at: path) ? .string(text) : value) {
                .object([JSONMember($1, $0)])
            }, from: source)
    }

    /// Whether a value that looks like a number is meant as the text that is wanted.
    private func isText(_ value: JSONValue, at path: [String]) -> Bool {
        guard case .string? = tree.value(at: path) else { return false }
        switch value {
        case .number, .bool: return true
        default: return false
        }
    }
}

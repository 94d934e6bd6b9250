import Files

/// A value of a tree that does not fit the type it is read as.
struct Mismatch: Error {
    /// Where it stands.
    let path: [String]
    /// What was got and what was wanted.
    let reason: String
}

/// Reads a value from a tree: keys in snake_case, numbers in full range or not at all.
struct TreeDecoder: Decoder {
    let tree: JSONValue
    let path: [String]
    let codingPath: [any CodingKey]
    let registries: Registries

    init(
        _ tree: JSONValue, path: [String] = [], codingPath: [any CodingKey] = [],
        registries: Registries
    ) {
        self.tree = tree
        self.path = path
        self.codingPath = codingPath
        self.registries = registries
    }

    var userInfo: [CodingUserInfoKey: Any] { registries.userInfo }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        guard tree.object != nil else { throw mismatch("an object") }
        return KeyedDecodingContainer(KeyedContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = tree.array else { throw mismatch("an array") }
        return ElementContainer(decoder: self, elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        ValueContainer(decoder: self)
    }

    /// The tree as a value of a type.
    func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let value = try primitive(type) as? Value { return value }
        do {
            return try Value(from: self)
        } catch let error as Mismatch {
            throw error
        } catch let error as ConfigurationError {
            throw Mismatch(path: path, reason: error.description)
        } catch {
            guard let iterable = type as? any CaseIterable.Type else {
                throw mismatch("another value")
            }
            let names = Self.names(of: iterable)
            let hint = tree.string.map { Spelling.hint(for: $0, among: names) } ?? ""
            throw mismatch(names.joined(separator: ", ") + hint)
        }
    }

    /// The tree as a Bool, String or number; nil where the type is none of them.
    private func primitive(_ type: any Decodable.Type) throws -> Any? {
        if type == Bool.self {
            guard let value = tree.bool else { throw mismatch("true or false") }
            return value
        }
        if type == String.self {
            guard let value = tree.string else { throw mismatch("a text") }
            return value
        }
        if type == Double.self {
            return try number {
                Double($0).flatMap { $0.isFinite ? $0 : nil }
            } wanted: {
                "a number of at most \(Double.greatestFiniteMagnitude)"
            }
        }
        if type == Float.self {
            return try number {
                Float($0).flatMap { $0.isFinite ? $0 : nil }
            } wanted: {
                "a number of at most \(Float.greatestFiniteMagnitude)"
            }
        }
        guard let integer = type as? any FixedWidthInteger.Type else { return nil }
        return try whole(integer)
    }

    private func number<Value>(
        _ parse: (String) -> Value?, wanted: () -> String
    ) throws -> Value {
        guard case .number(let text) = tree else { throw mismatch("a number") }
        guard let value = parse(text) else { throw mismatch(wanted()) }
        return value
    }

    private func whole<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        guard case .number(let text) = tree, !text.utf8.contains(where: { ".eE".utf8.contains($0) })
        else { throw mismatch("a whole number") }
        return try number {
            Value($0)
        } wanted: {
            "a whole number in \(Value.min) … \(Value.max)"
        }
    }

    private static func names<Cases: CaseIterable>(of type: Cases.Type) -> [String] {
        type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    }

    fileprivate func mismatch(_ wanted: String) -> Mismatch {
        Mismatch(path: path, reason: "got \(tree.shown), want \(wanted)")
    }

    fileprivate func member(_ key: any CodingKey) -> JSONValue? {
        tree[SnakeCase.from(key.stringValue)]
    }

    fileprivate func child(_ key: any CodingKey) throws -> TreeDecoder {
        let path = path + [SnakeCase.from(key.stringValue)]
        guard let value = member(key) else { throw Mismatch(path: path, reason: "missing") }
        return TreeDecoder(
            value, path: path, codingPath: codingPath + [key], registries: registries)
    }
}

private struct KeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: TreeDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { (decoder.tree.object ?? []).compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool { decoder.member(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try decoder.child(key).tree.isNull }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder.child(key).value(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder.child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder.child(key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder.child(key) }
}

private struct ElementContainer: UnkeyedDecodingContainer {
    let decoder: TreeDecoder
    let elements: [JSONValue]
    var currentIndex = 0
    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    private mutating func next() throws -> TreeDecoder {
        let path = decoder.path + ["\(currentIndex)"]
        guard !isAtEnd else { throw Mismatch(path: path, reason: "missing") }
        defer { currentIndex += 1 }
        return TreeDecoder(
            elements[currentIndex], path: path, codingPath: codingPath,
            registries: decoder.registries)
    }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try next().value(type)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next().unkeyedContainer()
    }

    mutating func superDecoder() throws -> any Decoder { try next() }
}

private struct ValueContainer: SingleValueDecodingContainer {
    let decoder: TreeDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.tree.isNull }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.value(type) }
}

import ArgumentParser
import Configuration

/// Reads a word of a closed set; another is refused with the known ones and the nearest.
func keyword<Value: CaseIterable & RawRepresentable>(_ text: String) throws -> Value
where Value.RawValue == String {
    if let value = Value(rawValue: text) { return value }
    let known = Value.allCases.map(\.rawValue)
    throw ValidationError(
        "known are \(known.joined(separator: ", "))" + Spelling.hint(for: text, among: known))
}

extension CompletionKind {
    /// The words of a closed set.
    static func words<Value: CaseIterable & RawRepresentable>(of type: Value.Type) -> CompletionKind
    where Value.RawValue == String { .list(Value.allCases.map(\.rawValue)) }
}

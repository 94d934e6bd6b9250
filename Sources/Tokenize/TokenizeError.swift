/// What can go wrong between text, token ids and tokenizer files.
public enum TokenizeError: Error, Hashable, Sendable {
    /// A tokenizer description that cannot be built.
    case invalidSpec(key: String, reason: String)
    /// A vocabulary entry that cannot stand where it does (0 is the first entry given).
    case invalidVocabulary(entry: Int, reason: String)
    /// A setting of the vocabulary trainer out of range.
    case invalidTraining(setting: String, reason: String)
    /// A token id outside the vocabulary, at an index into the sequence.
    case tokenIDOutOfRange(id: Int32, position: Int, vocabularySize: Int)
    /// A damaged or foreign tokenizer file; `path` is nil for JSON held in memory.
    case malformedFile(path: String?, key: String, byte: Int, reason: String)
    /// A file that cannot be read or written.
    case fileAccess(path: String, operation: String, reason: String)
    /// A record that is not what it was said to be; the first of a file is 1.
    case malformedRecord(path: String, record: Int, byte: Int, reason: String)
    /// A tokenizer that a foreign file format cannot describe, or a file no tokenizer of ours obeys.
    case inexpressible(path: String?, format: String, reason: String)
    /// Boundary rules that do not compile; line and column count from 1, 0 where ICU names none.
    case invalidRules(line: Int, column: Int, reason: String)
    /// A failure inside ICU.
    case icu(operation: String, status: String)
}

extension TokenizeError: CustomStringConvertible {
    /// One line: what was got, what was wanted, and where.
    public var description: String {
        switch self {
        case .invalidSpec(let key, let reason):
            "tokenizer \(key): \(reason)"
        case .invalidVocabulary(let entry, let reason):
            "vocabulary entry \(entry): \(reason)"
        case .invalidTraining(let setting, let reason):
            "vocabulary training, \(setting): \(reason)"
        case .tokenIDOutOfRange(let id, let position, let vocabularySize):
            "token id \(id) at position \(position) is outside the vocabulary 0 ..< "
                + "\(vocabularySize); it comes from another tokenizer"
        case .malformedFile(let path, let key, let byte, let reason):
            "\(path ?? "tokenizer file"), byte \(byte), key '\(key)': \(reason)"
        case .fileAccess(let path, let operation, let reason):
            "cannot \(operation) '\(path)': \(reason)"
        case .malformedRecord(let path, let record, let byte, let reason):
            "\(path):\(record), byte \(byte): \(reason)"
        case .inexpressible(let path, let format, let reason):
            "\(path.map { "\($0): " } ?? "")\(format): \(reason)"
        case .invalidRules(let line, let column, let reason):
            "boundary rules, line \(line), column \(column): \(reason)"
        case .icu(let operation, let status):
            "ICU cannot \(operation): \(status)"
        }
    }
}

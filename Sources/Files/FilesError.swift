import Glibc

/// What can go wrong with files and other outside data in this target, one line each.
///
/// Every description says what was got, what was wanted and where (file, byte, key or tensor).
public enum FilesError: Error, Equatable, Sendable {
    /// A system call failed: `cannot <action> '<path>': <text of errno>`.
    case system(action: String, path: String, code: Int32)
    /// A path cannot be used: empty, holding NUL, a folder or a device where a file is due.
    case unusable(path: String, reason: String)
    /// JSON text breaks a rule at a byte offset, inside the value at a key path (`a.b[3]`).
    case json(source: String, offset: Int, key: String, reason: String)
    /// A value cannot be written as JSON.
    case unwritable(key: String, reason: String)
    /// A binary file breaks its format at a byte offset.
    case malformed(path: String, offset: Int, reason: String)
    /// A file or folder is not what was written: a digest, size or name differs.
    case damaged(path: String, reason: String)
    /// A file has no tensor of this name.
    case missingTensor(path: String, name: String)
    /// A tensor, or an argument that describes one, differs from what was wanted.
    case mismatch(path: String, name: String, got: String, wanted: String)
    /// Another process holds the lock.
    case locked(path: String, holder: String)
}

extension FilesError: CustomStringConvertible {
    /// One line: where, what was got, what was wanted.
    public var description: String {
        switch self {
        case .system(let action, let path, let code):
            "cannot \(action) \(path.quoted): \(String(cString: strerror(code)))"
        case .unusable(let path, let reason):
            "cannot use \(path.quoted): \(reason)"
        case .json(let source, let offset, let key, let reason):
            "\(source.quoted), byte \(offset)\(key.isEmpty ? "" : ", key \(key)"): \(reason)"
        case .unwritable(let key, let reason):
            "cannot write JSON\(key.isEmpty ? "" : ", key \(key)"): \(reason)"
        case .malformed(let path, let offset, let reason):
            "\(path.quoted), byte \(offset): \(reason)"
        case .damaged(let path, let reason):
            "\(path.quoted) is damaged: \(reason)"
        case .missingTensor(let path, let name):
            "\(path.quoted) has no tensor \(name.quoted)"
        case .mismatch(let path, let name, let got, let wanted):
            "\(path.quoted), tensor \(name.quoted): got \(got), wanted \(wanted)"
        case .locked(let path, let holder):
            "\(path.quoted) is in use by \(holder); wait for it, or stop it"
        }
    }
}

/// A path split into the folder that holds it and its last name.
struct Path {
    let folder: String
    let name: String

    /// - Throws: ``FilesError/unusable(path:reason:)`` where the path cannot name a file.
    init(_ path: String) throws {
        try Self.check(path)
        let name: Substring
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            name = path[path.utf8.index(after: slash)...]
            folder = slash == path.utf8.startIndex ? "/" : String(path[..<slash])
        } else {
            name = path[...]
            folder = "."
        }
        self.name = String(name)
        guard Self.isPlainName(self.name) else {
            throw FilesError.unusable(path: path, reason: "it does not end in a file name")
        }
    }

    /// Refuses paths that the system would cut short or misread.
    static func check(_ path: String) throws {
        guard !path.isEmpty else { throw FilesError.unusable(path: path, reason: "it is empty") }
        guard !path.utf8.contains(0) else {
            throw FilesError.unusable(path: path, reason: "it holds a NUL")
        }
    }

    /// Whether a name stands for an entry of a folder and for nothing outside it.
    static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".."
            && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
    }

    /// The path of an entry of a folder.
    static func join(_ folder: String, _ name: String) -> String {
        folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
    }
}

import Glibc

/// Folders that appear whole or not at all, with a manifest by which damage is found.
public enum DurableDirectory {
    /// Fills a temporary folder and publishes it under its name in one step.
    ///
    /// Order: files written and synchronised; `manifest.json` with size and digest of each, last;
    /// folder synchronised; renamed; parent synchronised. So a folder that bears the name is whole.
    /// On any error the temporary folder is removed and nothing is published.
    ///
    /// - Parameters:
    ///   - name: The name the folder gets; nothing may stand there yet.
    ///   - parent: The folder to hold it; must exist.
    ///   - body: Writes files straight into the folder whose path it is given (no sub-folders).
    /// - Returns: What `body` returns.
    /// - Throws: ``FilesError`` naming the path and the cause, or what `body` throws.
    @discardableResult
    public static func publish<Result>(
        _ name: String, in parent: String, _ body: (_ temporaryFolder: String) throws -> Result
    ) throws -> Result {
        try Path.check(parent)
        let final = Path.join(parent, name)
        guard Path.isPlainName(name) else {
            throw FilesError.unusable(path: name, reason: "it is not a plain folder name")
        }
        guard FileSystem.status(of: final) == nil else {
            throw FilesError.unusable(path: final, reason: "something of that name is there")
        }
        let (temporary, temporaryName) = try makeFolder(for: name, in: parent)
        defer { _ = TemporaryName.active.withLock { $0.remove(temporaryName) } }
        do {
            let result = try body(temporary)
            try writeManifest(temporary)
            try FileSystem.synchronize(path: temporary, isFolder: true)
            try FileSystem.rename(temporary, to: final)
            try FileSystem.synchronize(path: parent, isFolder: true)
            return result
        } catch {
            FileSystem.removeTree(temporary)
            throw error
        }
    }

    /// Removes what killed processes left unfinished in a folder.
    ///
    /// Only names that writing here makes are touched, only of the right kind, owned by this user,
    /// and only where the process in the name is gone. Hold a ``FileLock`` on the folder meanwhile if
    /// other machines write to it too: their processes cannot be seen from here.
    ///
    /// - Returns: The names removed, sorted.
    /// - Throws: ``FilesError`` where the folder cannot be listed.
    @discardableResult
    public static func removeLeftovers(in folder: String) throws -> [String] {
        try Path.check(folder)
        return try FileSystem.names(in: folder).filter { name in
            let path = Path.join(folder, name)
            guard let status = FileSystem.status(of: path), status.st_uid == geteuid() else {
                return false
            }
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                guard TemporaryName(name, kind: .file)?.isAbandoned == true else { return false }
                return unlink(path) == 0
            case S_IFDIR:
                guard TemporaryName(name, kind: .folder)?.isAbandoned == true else { return false }
                FileSystem.removeTree(path)
                return FileSystem.status(of: path) == nil
            default:
                return false
            }
        }
    }

    /// Makes an empty temporary folder and marks it as being written.
    private static func makeFolder(
        for name: String, in parent: String
    ) throws -> (path: String, name: String) {
        while true {
            let temporaryName = TemporaryName.make(for: name, kind: .folder)
            let path = Path.join(parent, temporaryName)
            _ = TemporaryName.active.withLock { $0.insert(temporaryName) }
            if mkdir(path, 0o777) == 0 { return (path, temporaryName) }
            let code = errno
            _ = TemporaryName.active.withLock { $0.remove(temporaryName) }
            guard code == EEXIST else {
                throw FilesError.system(action: "create folder", path: path, code: code)
            }
        }
    }
}

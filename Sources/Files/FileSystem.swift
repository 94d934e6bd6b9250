import Glibc

/// System calls on names and descriptors that several files here share.
enum FileSystem {
    /// fsync, carried on when interrupted.
    static func synchronize(_ descriptor: Int32, path: String) throws {
        while fsync(descriptor) != 0 {
            if errno == EINTR { continue }
            throw FilesError.system(action: "synchronize", path: path, code: errno)
        }
    }

    /// fsync of a file or folder by its path.
    static func synchronize(path: String, isFolder: Bool) throws {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (isFolder ? O_DIRECTORY : O_NONBLOCK)
        // A folder may be reached through a symbolic link; a file of ours never is one.
        let descriptor = open(path, isFolder ? flags & ~O_NOFOLLOW : flags)
        guard descriptor >= 0 else {
            throw FilesError.system(action: "open", path: path, code: errno)
        }
        defer { close(descriptor) }
        try synchronize(descriptor, path: path)
    }

    static func rename(_ old: String, to new: String) throws {
        guard Glibc.rename(old, new) == 0 else {
            throw FilesError.system(action: "rename to", path: new, code: errno)
        }
    }

    /// What stands at a path itself (a symbolic link is not followed), or nil.
    static func status(of path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    /// The names in a folder, sorted by bytes.
    static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else {
            throw FilesError.system(action: "list", path: folder, code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(validating: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let name else {
                throw FilesError.unusable(
                    path: folder, reason: "it holds a name that is not UTF-8")
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else {
            throw FilesError.system(action: "list", path: folder, code: errno)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Deletes a folder of ours and all in it; symbolic links are deleted, never followed.
    static func removeTree(_ folder: String) {
        for name in (try? names(in: folder)) ?? [] {
            let path = Path.join(folder, name)
            if let status = status(of: path), status.st_mode & S_IFMT == S_IFDIR {
                removeTree(path)
            } else {
                unlink(path)
            }
        }
        rmdir(folder)
    }
}

import Glibc
import Testing

/// A folder of its own for one test, removed with what it holds when the test ends.
final class Scratch {
    let folder: String

    init() throws {
        var template = [CChar]("/tmp/textvae-tests-XXXXXX".utf8CString)
        folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        Self.remove(folder)
    }

    func path(_ name: String) -> String {
        folder + "/" + name
    }

    func names(in sub: String = "") -> [String] {
        Self.names(in: sub.isEmpty ? folder : path(sub)).sorted()
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        unlink(path(name))  // ext4 would flush a file that is truncated and written anew.
        let file = try #require(fopen(path(name), "wb"))
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    func read(_ name: String) throws -> [UInt8] {
        let file = try #require(fopen(path(name), "rb"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while true {
            let byte = fgetc(file)
            if byte == EOF { return bytes }
            bytes.append(UInt8(byte))
        }
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func remove(_ path: String) {
        for name in names(in: path) {
            if unlink(path + "/" + name) != 0 { remove(path + "/" + name) }
        }
        rmdir(path)
    }
}

/// What an error says, or nil where nothing is thrown.
func message<Result>(_ body: () throws -> Result) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return String(describing: error)
    }
}

/// A process id that no process has.
func deadProcessID() throws -> Int32 {
    var pid: pid_t = 0
    let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
    defer { arguments.forEach { free($0) } }
    try #require(posix_spawn(&pid, "/bin/true", nil, nil, arguments, nil) == 0)
    var status: Int32 = 0
    try #require(waitpid(pid, &status, 0) == pid)
    return pid
}

import CICU
import Files
import Glibc
import Synchronization

/// Compiled boundary rules on disk, from one process to the next.
///
/// ICU takes some 8 ms to compile the word rules of UAX #29 and some microseconds to open what it
/// compiled: most of the start of a program that encodes one line. A file of the cache holds the
/// rules as one version of ICU compiled one text, and a digest of all that. It is used only if it is
/// a regular file of this user that nobody else may write, and if the digest holds; otherwise the
/// rules are compiled, as they are where there is no cache at all. What is found by the rules does
/// not depend on it.
public struct RuleCache: Sendable {
    /// The folder the files are in; made when it is first written to.
    public let folder: String

    /// A cache in a folder.
    public init(folder: String) { self.folder = folder }

    /// `$XDG_CACHE_HOME/textvae`, else `$HOME/.cache/textvae`; nil where neither is an absolute path.
    public static func ofUser() -> RuleCache? {
        func value(_ name: String) -> String? {
            guard let text = getenv(name).map({ String(cString: $0) }), text.hasPrefix("/") else {
                return nil
            }
            return text
        }
        let base = value("XDG_CACHE_HOME") ?? value("HOME").map { $0 + "/.cache" }
        return base.map { RuleCache(folder: $0 + "/textvae") }
    }

    private static let current = Mutex<RuleCache?>(nil)

    /// The cache this process uses: none until one is set, before the first tokenizer is made.
    public static var shared: RuleCache? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Larger files are none of ours.
    private static let largestSize = 1 << 20
    private static let digestLength = 32

    /// What a digest is taken of besides the rules.
    private static func header(_ text: [UInt8]) -> [UInt8] {
        Array("ICU \(ICU.version), Unicode \(ICU.unicodeVersion), ".utf8) + text
    }

    private static func digest(_ header: [UInt8], _ binary: ArraySlice<UInt8>) -> [UInt8] {
        let digest = Digest()
        digest.update(header)
        binary.withUnsafeBytes { digest.update($0) }
        return Array(digest.hex.utf8)
    }

    /// Where the compiled form of a text is kept.
    func path(of text: [UInt8]) -> String {
        "\(folder)/rules-\(Digest.hex(of: Self.header(text)))"
    }

    /// The compiled form of a text, or nil if there is none to be trusted.
    func binary(of text: [UInt8]) -> ArraySlice<UInt8>? {
        guard let file = Self.contents(path(of: text)), file.count > Self.digestLength else {
            return nil
        }
        let binary = file[Self.digestLength...]
        guard file.prefix(Self.digestLength).elementsEqual(Self.digest(Self.header(text), binary))
        else { return nil }
        return binary
    }

    /// Keeps the compiled form of a text if that can be done; a cache is no reason to fail.
    func keep(_ binary: [UInt8], of text: [UInt8]) {
        let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
        if !parent.isEmpty { mkdir(parent, 0o700) }
        mkdir(folder, 0o700)
        let file = Self.digest(Self.header(text), binary[...]) + binary
        var name = Array("\(folder)/new-XXXXXX\0".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { return }
        let written = file.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        let isWhole = close(descriptor) == 0 && written == file.count
        if !isWhole || rename(name, path(of: text)) != 0 { unlink(name) }
    }

    /// A file that this user alone can have written.
    private static func contents(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == geteuid(), status.st_mode & 0o022 == 0,
            (1...largestSize).contains(Int(status.st_size))
        else { return nil }
        let size = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, size))
        }
        return bytes.count == size ? bytes : nil
    }
}

import Files
import Foundation
import TextCodec

/// The folder of a run: `config.json`, `tokenizer.json`, `model.safetensors`, `metrics.jsonl`, `checkpoints/`, and the token
/// `cache/`, which may be deleted at any time.
public final class RunDirectory {
    /// The folder.
    public let path: String
    private var lock: FileLock?

    /// The run in a folder; nothing is touched yet.
    public init(_ path: String) { self.path = path }

    /// The model files, which stay when all else is deleted.
    public var model: ModelDirectory { ModelDirectory(path) }
    /// One JSON object per logged step and evaluation.
    public var metricsPath: String { path + "/metrics.jsonl" }
    /// The folder of checkpoints.
    public var checkpointsPath: String { path + "/checkpoints" }
    /// The folder of the tokenised corpus.
    public var cachePath: String { path + "/cache" }

    /// Whether a run was begun here.
    public var holdsRun: Bool { FileManager.default.fileExists(atPath: model.configPath) }

    /// Makes the folders and takes the lock, so that two runs never share a folder.
    ///
    /// - Throws: `FilesError.locked` naming the process that trains here.
    public func open() throws {
        try makeFolder(path)
        lock = try FileLock(directory: path)
        try makeFolder(checkpointsPath)
        try makeFolder(cachePath)
        for folder in [path, checkpointsPath] { try DurableDirectory.removeLeftovers(in: folder) }
    }

    /// Lets other processes in.
    public func close() {
        lock?.release()
        lock = nil
    }

    private func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o777) != 0 else { return }
        let code = errno
        var isFolder: ObjCBool = false
        if code == EEXIST, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        {
            return
        }
        throw FilesError.system(action: "create folder", path: path, code: code)
    }
}

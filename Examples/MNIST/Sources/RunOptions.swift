import ArgumentParser
import Foundation
import Tensors

/// A finished run and the data it was made from.
struct RunOptions: ParsableArguments {
    @Option(name: .customLong("run"), help: "The folder of a finished run.")
    var runPath: String

    @Option(help: "The folder with the four IDX files, packed by gzip or not.")
    var data: String

    @Option(help: "Threads that compute; results do not depend on it.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    /// The run, after the pool is set.
    func open() -> RunFolder {
        ThreadPool.setThreadCount(threads)
        return RunFolder(path: runPath)
    }
}

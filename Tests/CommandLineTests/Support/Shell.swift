import Foundation

/// A line for `sh`, where pipes between processes matter.
struct Shell {
    let status: Int32
    let output: String
    let errors: String

    static func run(_ line: String) throws -> Shell {
        let scratch = try Scratch()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "( \(line) ) >'\(scratch["output"])' 2>'\(scratch["errors"])'"]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return Shell(
            status: process.terminationStatus,
            output: String(decoding: try scratch.read("output"), as: UTF8.self),
            errors: String(decoding: try scratch.read("errors"), as: UTF8.self))
    }
}

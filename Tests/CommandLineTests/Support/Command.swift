import Foundation
import Testing

/// A run of the built binary, from outside.
struct Command {
    let status: Int32
    let output: [UInt8]
    let errors: String

    /// What it printed, as text.
    var text: String { String(decoding: output, as: UTF8.self) }
    /// What it printed, line by line.
    var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// The binary beside the test bundle.
    static let path: String = {
        let test =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: test).deletingLastPathComponent()
            .appendingPathComponent("textvae").path
    }()

    /// Runs to the end.
    static func run(
        _ arguments: [String], input: [UInt8] = [], outputPath: String? = nil
    ) throws -> Command {
        let process = try Running(arguments, input: input, outputPath: outputPath)
        return try process.wait()
    }

    /// Runs to the end.
    static func run(_ arguments: String..., input: String = "") throws -> Command {
        try run(arguments, input: Array(input.utf8))
    }

    /// Expects a status, and an error as the last line.
    func expectFailure(
        _ status: Int32, saying part: String, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, "\(errors)", sourceLocation: location)
        let last = errors.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("textvae: error: "), "\(errors)", sourceLocation: location)
        #expect(last.contains(part), "\(errors)", sourceLocation: location)
    }

    /// Expects a status, and one line on standard error that says so.
    func expectError(
        _ status: Int32, saying parts: String..., at location: SourceLocation = #_sourceLocation
    ) {
        #expect(self.status == status, "\(errors)", sourceLocation: location)
        #expect(errors.hasPrefix("textvae: error: "), "\(errors)", sourceLocation: location)
        #expect(errors.filter { $0 == "\n" }.count == 1, "\(errors)", sourceLocation: location)
        for part in parts {
            #expect(errors.contains(part), "\(errors)", sourceLocation: location)
        }
    }

    /// Expects status 0 and gives the run back.
    @discardableResult
    func succeeded(at location: SourceLocation = #_sourceLocation) throws -> Command {
        try #require(status == 0, "\(errors)", sourceLocation: location)
        return self
    }
}

/// A run that goes on.
///
/// Its streams are files: nothing can block.
final class Running {
    let process = Process()
    private let scratch = try? Scratch()
    private let outputPath: String
    private let errorPath: String

    init(_ arguments: [String], input: [UInt8] = [], outputPath: String? = nil) throws {
        let scratch = try #require(scratch)
        self.outputPath = outputPath ?? scratch["output"]
        errorPath = scratch["errors"]
        let inputPath = try scratch.write("input", input)
        if outputPath == nil { try scratch.write("output", []) }
        try scratch.write("errors", [])
        process.executableURL = URL(fileURLWithPath: Command.path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: inputPath))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: self.outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
        var environment = ProcessInfo.processInfo.environment
        environment["TEXTVAE_THREADS"] = "1"
        process.environment = environment
        try process.run()
    }

    /// Waits for the end; a signal that ended the process is told as a shell tells it.
    func wait() throws -> Command {
        process.waitUntilExit()
        let isSignal = process.terminationReason == .uncaughtSignal
        let isFile = outputPath.hasSuffix("output")
        return Command(
            status: isSignal ? 128 + process.terminationStatus : process.terminationStatus,
            output: isFile ? Array(try Data(contentsOf: URL(fileURLWithPath: outputPath))) : [],
            errors: String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: errorPath)), as: UTF8.self))
    }
}

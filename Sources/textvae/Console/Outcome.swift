import ArgumentParser
import Files
import Glibc

/// How a command that threw ended: what is said, where, and with what status.
struct Outcome {
    let text: String
    let status: ExitStatus

    init(of error: any Error, arguments: [String]) {
        if let known = ExitStatus(of: error) {
            let isQuiet = known == .signal(SIGPIPE) || error is Interruption
            text = isQuiet ? "" : Self.line("\(error)")
            status = known
            return
        }
        status = ExitStatus(rawValue: TextVAE.exitCode(for: error).rawValue)
        switch status {
        case .success:
            text = TextVAE.fullMessage(for: error)
        case .usage:
            text =
                (VerbPath.unknownOption(arguments) ?? Self.line(TextVAE.message(for: error)))
                + "; see '\(VerbPath.text(arguments)) --help'"
        default:
            text = Self.line("\(error)")
        }
    }

    /// Prints help and the like on standard output, errors as one line on standard error.
    func show() -> ExitStatus {
        if status == .success {
            let output = FileSink(descriptor: STDOUT_FILENO, name: "standard output")
            do {
                try output.write(text.hasSuffix("\n") || text.isEmpty ? text : text + "\n")
                try output.flush()
            } catch {
                return ExitStatus(of: error) ?? .failure
            }
        } else if !text.isEmpty {
            StandardError.write("textvae: error: " + text)
        }
        return status
    }

    /// The text on one line, without a full stop before what is added to it.
    private static func line(_ text: String) -> String {
        var line = text.split(whereSeparator: \.isNewline)
            .map { $0.drop { $0 == " " } }.joined(separator: "; ")
        while line.hasSuffix(".") { line.removeLast() }
        return line
    }
}

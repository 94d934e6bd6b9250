/// What the command itself finds wrong; everything else is said by the libraries.
struct UserError: Error, CustomStringConvertible {
    let description: String
    let status: ExitStatus

    /// The command line asks for what cannot be.
    static func usage(_ text: String) -> UserError { UserError(description: text, status: .usage) }
    /// The input does not say what it should.
    static func data(_ text: String) -> UserError { UserError(description: text, status: .data) }
    /// There is no input.
    static func noInput(_ text: String) -> UserError {
        UserError(description: text, status: .noInput)
    }
}

/// The command was asked to stop and has saved what there was to save.
struct Interruption: Error {
    let signal: Int32
}

import ArgumentParser

/// Whether remarks are made.
struct QuietOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
    var quiet = false

    /// To be called before anything is said.
    func apply() { if quiet { StandardError.silence() } }
}

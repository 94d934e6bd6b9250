import ArgumentParser

/// Tells another program how to build the same model.
struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the model's configuration as one line of JSON.")

    @OptionGroup
    var workload: WorkloadOptions

    func run() throws { print(try workload.model.json()) }
}

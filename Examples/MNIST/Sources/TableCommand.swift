import ArgumentParser

/// Prints finished runs beside the published figures.
struct TableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table", abstract: "Print finished runs beside the published figures.",
        discussion: """
            EXAMPLES:
              mnist table runs/mnist
            """)

    @Argument(help: "The folder with the runs' folders.")
    var runs: String

    func run() throws {
        print(try ResultTable(folder: runs).text, terminator: "")
    }
}

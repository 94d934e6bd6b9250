import ArgumentParser
import Files
import Scenes

struct ScenesParseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Count the lines that are sentences of the scenes grammar.",
        discussion: """
            EXAMPLES:
              textvae scenes parse < samples.txt
              textvae sample --model model --count 1000 | textvae scenes parse --json
            """)

    @OptionGroup var input: InputFiles

    @Flag(help: "Print one JSON object, with the counts of every factor's values.")
    var json = false

    func run() throws {
        var lines: [String] = []
        try input.forEachLine { bytes, _ in lines.append(String(decoding: bytes, as: UTF8.self)) }
        let grammar = SceneGrammar.standard
        let report = grammar.report(of: lines)
        try OutputOptions.print { sink in
            if json {
                try sink.writeLine(try StrictJSON.bytes(of: Self.json(report, grammar)))
            } else {
                let share = report.parsedShare.map { " (\(Figures.percent($0)))" } ?? ""
                try sink.writeLine(
                    "\(Figures.grouped(report.parsedCount)) of "
                        + "\(Figures.count(report.sentenceCount, "line")) parse\(share), "
                        + "\(Figures.grouped(report.distinctCount)) different")
            }
        }
    }

    private static func json(_ report: SceneReport, _ grammar: SceneGrammar) -> JSONValue {
        let factors = zip(grammar.factors, report.counts).map { factor, counts in
            JSONMember(
                factor.name,
                .object(zip(factor.values, counts).map { JSONMember($0, .int($1)) }))
        }
        return [
            "lines": .int(report.sentenceCount), "parsed": .int(report.parsedCount),
            "parsed_share": report.parsedShare.map { .double($0) } ?? .null,
            "distinct": .int(report.distinctCount), "factors": .object(factors),
        ]
    }
}

import Files
import Tokenize

/// The figures of a corpus, for people and for programs.
struct CorpusFigures {
    private let statistics: CorpusStatistics
    private let types: TypeFrequencies

    /// Shares of all tokens that the coverage curve is told for.
    private static let shares = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1]

    init(_ statistics: CorpusStatistics) {
        self.statistics = statistics
        types = statistics.typeFrequencies
    }

    /// Sizes of vocabularies: 1,000, 2,000, 4,000 … up to all types.
    private var sizes: [Int] {
        var sizes = [1000]
        while let last = sizes.last, last < types.counts.count, last <= Int.max / 4 {
            sizes.append(2 * last)
        }
        return sizes
    }

    private var ratios: [(name: String, value: Double)] {
        let report = statistics.report
        func ratio(_ left: UInt64, _ right: UInt64) -> Double {
            right > 0 ? Double(left) / Double(right) : 0
        }
        return [
            ("bytes per token", ratio(report.bytes, report.occurrences)),
            ("tokens per record", ratio(report.occurrences, report.records)),
            ("bytes per scalar", ratio(report.bytes, statistics.scalars)),
        ]
    }

    private var sums: [(name: String, value: UInt64)] {
        let report = statistics.report
        return [
            ("records", report.records), ("empty records", statistics.emptyRecords),
            ("bytes", report.bytes), ("scalars", statistics.scalars),
            ("graphemes", statistics.graphemes), ("tokens", report.occurrences),
            ("types", UInt64(statistics.typeCount)), ("hapaxes", UInt64(types.hapaxCount)),
            ("tokens over 255 bytes", report.longOccurrences),
            ("ill-formed bytes", report.illFormedBytes),
            ("records not in NFC", statistics.unnormalizedRecords),
        ]
    }

    /// All figures as a text of tables.
    var table: String {
        var head = Table()
        head.rightAligned = [1]
        for sum in sums { head.add(sum.name, Figures.grouped(Int(clamping: sum.value))) }
        for ratio in ratios { head.add(ratio.name, Figures.fixed(ratio.value, 2)) }

        var scripts = Table()
        scripts.rightAligned = [1, 2]
        scripts.add("script", "scalars", "share")
        for script in statistics.scripts.prefix(12) {
            let share = Double(script.scalars) / Double(max(1, statistics.scalars))
            scripts.add(
                script.name, Figures.grouped(Int(clamping: script.scalars)),
                Figures.percent(share, 2))
        }

        var coverage = Table()
        coverage.rightAligned = [0, 1]
        coverage.add("of all tokens", "types")
        for share in Self.shares {
            coverage.add(
                Figures.percent(share), types.typesCovering(share).map(Figures.grouped) ?? "–")
        }

        var outside = Table()
        outside.rightAligned = [0, 1]
        outside.add("vocabulary", "outside")
        for size in sizes {
            outside.add(
                Figures.grouped(size), Figures.percent(types.outOfVocabularyRate(size: size), 2))
        }
        return [
            head.text, scripts.text, coverage.text, outside.text,
            Self.table(statistics.recordLengths, "tokens in a record", "records"),
            Self.table(statistics.tokenLengths, "bytes in a token", "tokens"),
            places,
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Where the first ill-formed bytes stand.
    private var places: String {
        statistics.report.firstIllFormed.map {
            "ill-formed: record \($0.record + 1), byte \($0.byte)\n"
        }.joined()
    }

    private static func table(_ histogram: Histogram, _ lengths: String, _ things: String) -> String
    {
        var table = Table()
        table.rightAligned = [0, 1]
        table.add(lengths, things)
        for (bucket, count) in histogram.counts.enumerated() where count > 0 {
            let range = Histogram.range(of: bucket)
            let text =
                range.count == 1
                ? Figures.grouped(range.lowerBound)
                : "\(Figures.grouped(range.lowerBound)) – \(Figures.grouped(range.upperBound))"
            table.add(text, Figures.grouped(Int(clamping: count)))
        }
        table.add("longest", Figures.grouped(histogram.maximum))
        return table.text
    }

    /// All figures as one object.
    var json: JSONValue {
        func key(_ name: String) -> String {
            name.map { $0 == " " || $0 == "-" ? "_" : "\($0)" }.joined()
        }
        func rows(_ histogram: Histogram) -> JSONValue {
            .array(
                histogram.counts.enumerated().filter { $0.element > 0 }.map { bucket, count in
                    let range = Histogram.range(of: bucket)
                    return [
                        "from": .int(range.lowerBound), "to": .int(range.upperBound),
                        "count": .int(Int(clamping: count)),
                    ]
                })
        }
        var members = sums.map { JSONMember(key($0.name), .int(Int(clamping: $0.value))) }
        members += ratios.map { JSONMember(key($0.name), .double($0.value)) }
        members += [
            JSONMember(
                "scripts",
                .array(
                    statistics.scripts.map {
                        ["script": .string($0.name), "scalars": .int(Int(clamping: $0.scalars))]
                    })),
            JSONMember(
                "coverage",
                .array(
                    Self.shares.map { share in
                        [
                            "share": .double(share),
                            "types": types.typesCovering(share).map { .int($0) } ?? .null,
                        ]
                    })),
            JSONMember(
                "out_of_vocabulary",
                .array(
                    sizes.map { size in
                        [
                            "size": .int(size),
                            "rate": .double(types.outOfVocabularyRate(size: size)),
                        ]
                    })),
            JSONMember("record_lengths", rows(statistics.recordLengths)),
            JSONMember("token_lengths", rows(statistics.tokenLengths)),
            JSONMember("types_pruned", .int(Int(clamping: statistics.report.typesPruned))),
        ]
        return .object(members)
    }
}

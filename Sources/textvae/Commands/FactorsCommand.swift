import ArgumentParser
import DVAE
import TextCodec
import Training

struct FactorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "factors",
        abstract: "What codes tell of known factors, and which latent has which.",
        discussion: """
            EXAMPLES:
              textvae factors --model model --labels labels.tsv texts.txt
              textvae factors --codes codes.txt --labels labels.tsv
              textvae factors --codes means.txt --bins 16 --labels labels.tsv --json

            The table of labels has the factors' names in its first line and a line of values, tabs between, for each \
            text. With the texts given, what they can tell at most is found too: equal texts with different \
            labels cannot be told apart. --deduplicate keeps the first of equal texts (of equal codes, without texts).
            """)

    @Option(
        help: ArgumentHelp("Values of the factors, tab-separated.", valueName: "file"),
        completion: .file())
    var labels: String

    @Option(
        help: ArgumentHelp("Folder of a model that encodes the texts.", valueName: "dir"),
        completion: .directory)
    var model: String?

    @Option(
        help: ArgumentHelp("Numbers a line, one a latent, instead of a model.", valueName: "file"),
        completion: .file())
    var codes: String?

    @Argument(help: ArgumentHelp("The texts, one a line.", valueName: "texts"), completion: .file())
    var texts: [String] = []

    @Option(
        help: ArgumentHelp(
            "Put real numbers into so many bins of equal size (default: 16 for a model without codes).",
            valueName: "count"))
    var bins: Int?

    private static let defaultBins = 16

    @Flag(help: "Keep the first of equal texts.")
    var deduplicate = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var threading: ThreadOptions

    func validate() throws {
        guard (model == nil) != (codes == nil) else {
            throw ValidationError("want either --model or --codes.")
        }
        guard model == nil || !texts.isEmpty else {
            throw ValidationError("--model wants the texts to encode.")
        }
        if let bins, !(2...1024 ~= bins) {
            throw ValidationError("--bins: got \(bins), want 2 … 1024.")
        }
    }

    func run() throws {
        var table = try FactorTable(
            lines: Self.lines(of: InputFiles(paths: [labels])), source: labels)
        var records = texts.isEmpty ? nil : try Self.lines(of: InputFiles(paths: texts))
        var latents = try latents(of: records ?? [])
        for (count, name) in [(records?.count, "texts"), (latents.rowCount, "rows of codes")] {
            if let count, count != table.rowCount {
                throw UserError.data(
                    "'\(labels)' has \(Figures.count(table.rowCount, "line")) of values, there are "
                        + "\(Figures.grouped(count)) \(name); want a line for each")
            }
        }
        if deduplicate {
            let kept = Self.firstOfEqual(records) ?? Self.firstOfEqual(latents)
            StandardError.note(
                "kept \(Figures.grouped(kept.count)) of \(Figures.grouped(table.rowCount))")
            table = table.rows(kept)
            latents = latents.rows(kept)
            records = records.map { records in kept.map { records[$0] } }
        }
        let report = FactorReport(latents, table, texts: records)
        try OutputOptions.print { try $0.write(json ? report.json() + "\n" : report.table.text) }
    }

    private func latents(of records: [[UInt8]]) throws -> LatentTable {
        if let model {
            try threading.apply()
            let codec = try Codec(directory: model)
            if codec.hasCodes { return LatentTable(try codec.encode(records: records)) }
            return LatentTable(try means(of: records, by: codec), bins: bins ?? Self.defaultBins)
        }
        let path = codes ?? ""
        let rows = try Self.numbers(of: path)
        if let bins { return LatentTable(rows, bins: bins) }
        let integers = try rows.enumerated().map { index, row in
            try row.map { value -> Int in
                guard let code = Int(exactly: value), 0...65_535 ~= code else {
                    throw UserError.data(
                        "\(path):\(index + 1): got \(value), want a code 0 … 65535; --bins takes any number"
                    )
                }
                return code
            }
        }
        let greatest = integers.reduce(0) { max($0, $1.max() ?? 0) }
        return LatentTable(
            try Codes(
                validating: integers, latentCount: integers.first?.count ?? 0,
                categoryCount: greatest + 1))
    }

    /// The posterior means of a model without codes.
    private func means(of records: [[UInt8]], by codec: Codec) throws -> [[Double]] {
        let limit = codec.model.config.maximumLength
        let sequences = try records.enumerated().map { index, record in
            let tokenIDs = codec.tokenIDs(of: record)
            guard tokenIDs.count <= limit else {
                throw TextCodecError.tooLong(record: index, tokens: tokenIDs.count, limit: limit)
            }
            return tokenIDs
        }
        return try codec.latentMeans(sequences: sequences).map { $0.map(Double.init) }
    }

    private static func numbers(of path: String) throws -> [[Double]] {
        var rows: [[Double]] = []
        try InputFiles(paths: [path]).forEachLine { bytes, place in
            let row = try bytes.split { $0 == 0x20 || $0 == 0x09 }.map { word -> Double in
                let text = String(decoding: word, as: UTF8.self)
                guard let value = Double(text), value.isFinite else {
                    throw UserError.data("\(place): got \"\(text.prefix(40))\", want a number")
                }
                return value
            }
            guard !row.isEmpty, row.count == rows.first?.count ?? row.count else {
                throw UserError.data(
                    "\(place): got \(Figures.count(row.count, "number")), want "
                        + "\(rows.first?.count ?? 1) as in line 1")
            }
            rows.append(row)
        }
        return rows
    }

    private static func firstOfEqual<Row: Hashable>(_ rows: [Row]?) -> [Int]? {
        guard let rows else { return nil }
        var seen: Set<Row> = []
        return rows.indices.filter { seen.insert(rows[$0]).inserted }
    }

    private static func firstOfEqual(_ latents: LatentTable) -> [Int] {
        firstOfEqual((0..<latents.rowCount).map { row in latents.columns.map { $0[row] } }) ?? []
    }

    private static func lines(of input: InputFiles) throws -> [[UInt8]] {
        var lines: [[UInt8]] = []
        try input.forEachLine { bytes, _ in lines.append(Array(bytes)) }
        return lines
    }
}

extension FactorReport {
    /// The figures for people: a line a factor, then each latent's information.
    var table: Table {
        var table = Table()
        table.rightAligned = Set(1...max(10, factors.count))
        func share(_ value: Double?) -> String { value.map { Figures.fixed($0, 3) } ?? "–" }
        table.add(
            "factor", "values", "bits", "gap", "single", "linear", "majority", "ceiling", "of text",
            "shown")
        for row in factors {
            table.add(
                row.factor, "\(row.values)", Figures.fixed(row.entropyBits, 2), share(row.gap),
                share(row.singleLatentAccuracy), share(row.linearAccuracy),
                share(row.majorityAccuracy), share(row.latentCeiling), share(row.textCeiling),
                share(row.attainableInformation))
        }
        table.add("mean", "", "", share(gap), "", share(informativeness))
        table.add("completeness", share(completeness))
        table.add("disentanglement", share(disentanglement))
        table.add([])
        table.add(["bits of"] + factors.map(\.factor))
        for latent in 0..<latents {
            table.add(
                ["latent \(latent + 1)"]
                    + factors.map { Figures.fixed($0.informationBits[latent], 3) })
        }
        return table
    }
}

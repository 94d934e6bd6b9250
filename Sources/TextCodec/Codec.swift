import DVAE
import SeqModel
import Tensors
import Tokenize

/// A trained model in use: text ⇄ codes.
///
/// ```swift
/// let codec = try Codec(directory: "model")
/// let codes = try codec.encode(["two dogs run on the beach ."])
/// print(codes[0].map(String.init).joined(separator: " "))
/// let texts = try codec.decode(codes)
/// print(texts[0])
/// ```
/// Codes do not depend on what else is encoded in the same call, nor on the number of threads. A codec owns scratch
/// memory and is used by one thread at a time.
public final class Codec {
    /// The model.
    public let model: TextModel
    /// The tokenizer.
    public let tokenizer: Tokenizer
    /// Sequences computed at once; changes speed and memory, never results.
    public var batchSize = 64
    /// Of products when the decoder runs freely; codes are those of fp32 in either case.
    public var precision = Precision.fastest {
        didSet { if precision != oldValue { prepared.decoding = nil } }
    }

    private let tokenEncoder: TokenEncoder
    let tape = Tape(arena: Arena(), isRecording: false)
    let team = ComputingTeam()
    var prepared = Prepared()

    /// Loads a model directory.
    ///
    /// - Parameter ignoringPrior: whether a prior learned after the model is left alone, whatever it is.
    public convenience init(directory: String, ignoringPrior: Bool = false) throws {
        let (model, tokenizer) = try ModelDirectory(directory).load(ignoringPrior: ignoringPrior)
        self.init(model: model, tokenizer: tokenizer)
    }

    /// A codec over a model in memory.
    public init(model: TextModel, tokenizer: Tokenizer) {
        self.model = model
        self.tokenizer = tokenizer
        tokenEncoder = tokenizer.makeEncoder()
    }

    /// D, the number of codes of a text; 0 where latents are continuous.
    public var latentCount: Int { model.config.grid?.latentCount ?? 0 }
    /// K, the number of values of a code; 0 where latents are continuous.
    public var categoryCount: Int { model.config.grid?.categoryCount ?? 0 }

    /// The codes of each text: the most probable category of every latent.
    ///
    /// - Throws: ``TextCodecError/tooLong(record:tokens:limit:)``.
    public func encode(_ texts: [String]) throws -> Codes {
        try encode(records: texts.map { Array($0.utf8) })
    }

    /// The codes of each record; bytes need not be well-formed UTF-8.
    ///
    /// - Throws: ``TextCodecError/tooLong(record:tokens:limit:)``.
    public func encode(records: [[UInt8]]) throws -> Codes {
        let sequences = try records.enumerated().map { index, record in
            let tokenIDs = tokenIDs(of: record)
            guard tokenIDs.count <= model.config.maximumLength else {
                throw TextCodecError.tooLong(
                    record: index, tokens: tokenIDs.count, limit: model.config.maximumLength)
            }
            return tokenIDs
        }
        return try encode(sequences: sequences)
    }

    /// The token ids of a record, without start and end marks.
    public func tokenIDs(of record: [UInt8]) -> [Int32] {
        var tokenIDs: [Int32] = []
        record.withUnsafeBufferPointer { tokenEncoder.encode($0, into: &tokenIDs) }
        return tokenIDs
    }

    /// The text of each row of codes.
    ///
    /// Ill-formed bytes a model may produce are replaced by U+FFFD.
    ///
    /// - Parameters:
    ///   - strategy: how tokens are chosen.
    ///   - seed: of the draws, for `sample`; row i of the whole call is drawn from stream `firstRow + i`.
    public func decode(
        _ codes: Codes, strategy: SearchStrategy = .greedy, seed: UInt64 = 0, firstRow: Int = 0
    ) throws -> [String] {
        try decodeRecords(codes, strategy: strategy, seed: seed, firstRow: firstRow)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of each row of codes.
    public func decodeRecords(
        _ codes: Codes, strategy: SearchStrategy = .greedy, seed: UInt64 = 0, firstRow: Int = 0
    ) throws -> [[UInt8]] {
        try decodeSequences(codes, strategy: strategy, seed: seed, firstRow: firstRow)
            .map { try tokenizer.decode($0) }
    }

    /// The token ids of each row of codes, without end marks.
    public func decodeSequences(
        _ codes: Codes, strategy: SearchStrategy = .greedy, seed: UInt64 = 0, firstRow: Int = 0
    ) throws -> [[Int32]] {
        guard hasCodes else { throw TextCodecError.noCodes }
        guard codes.latentCount == latentCount && codes.categoryCount == categoryCount else {
            throw TextCodecError.wrongGrid(
                gotLatents: codes.latentCount, gotCategories: codes.categoryCount,
                wantLatents: latentCount, wantCategories: categoryCount)
        }
        try check(strategy)
        let random = RandomStream(seed: seed, "decode")
        let (model, precision) = (model, precision)
        let parts = chunks(of: Array(0..<codes.rowCount))
        return try eachAtOnce(parts.count, use: \.decoding) { index, tape in
            model.decode(
                codes.rows(parts[index]), strategy: strategy, precision: precision, on: tape
            ) { row in random.stream(firstRow + parts[index][row]) }
        }.flatMap { $0 }
    }

    /// New codes drawn from a prior; row i depends on (seed, `firstRow` + i) alone.
    ///
    /// - Parameters:
    ///   - prior: which one.
    ///   - temperature: below 1 likelier codes, above 1 more varied ones.
    public func sampleCodes(
        count: Int, seed: UInt64, firstRow: Int = 0, prior: PriorChoice = .model,
        temperature: Float = 1
    ) throws -> Codes {
        guard temperature.isFinite, 0.01...100 ~= temperature else {
            throw TextCodecError.badOption(
                "temperature of codes: got \(temperature), want 0.01 … 100")
        }
        let random = RandomStream(seed: seed, "prior")
        return try model.prior(prior).sample(rowCount: count, temperature: temperature) {
            random.stream(firstRow + $0)
        }
    }

    /// The codes on the way from one row to another: `count` rows, both ends included, changing the differing latents
    /// one after another.
    public func interpolate(
        from start: ArraySlice<Int32>, to end: ArraySlice<Int32>, count: Int
    ) -> Codes {
        precondition(start.count == latentCount && end.count == latentCount, "rows of another grid")
        let (start, end) = (Array(start), Array(end))
        let differing = start.indices.filter { start[$0] != end[$0] }
        var codes = Codes(latentCount: latentCount, categoryCount: categoryCount, rowCount: 0)
        for index in 0..<count {
            let changed =
                count < 2 ? 0 : (index * differing.count + (count - 1) / 2) / (count - 1)
            var row = start
            for latent in differing.prefix(changed) { row[latent] = end[latent] }
            codes.values += row
        }
        return codes
    }

    func chunks(of indices: [Int]) -> [[Int]] {
        stride(from: 0, to: indices.count, by: max(1, batchSize)).map {
            Array(indices[$0..<min(indices.count, $0 + max(1, batchSize))])
        }
    }
}

import Files
import Glibc
import Tokenize

/// A corpus as token ids on disk, made once and read in any order.
///
/// The ids stand in files with an index of 8 bytes a record. With the index the order of an epoch is a
/// true permutation of all records, a pure function of (seed, epoch), and its cursor two integers, in
/// O(1) memory. A shuffle buffer would need no index, but mixes only what stands within its size,
/// and resuming it means to read all over again.
///
/// The folder holds `training.tokens`, `training.index`, `held_out.tokens`, `held_out.index`,
/// `tokenizer.json` and, written last, `corpus.json`. One process may use it at a time: hold the lock
/// of the run.
public final class TokenCorpus: Sendable {
    /// The tokenizer that made the ids.
    public let tokenizer: Tokenizer
    /// The sequences to train on.
    public let training: TokenStore
    /// The sequences held out.
    public let heldOut: TokenStore
    /// What was read and what was left out.
    public let report: CorpusReport
    /// Whether the cache was made or found.
    public let origin: Origin
    /// What the vocabulary was learned from, if it was learned now.
    public let vocabularyReport: TrainingReport?
    /// The XXH3-128 digest of all token ids, their order, the split and the tokenizer: runs that agree
    /// in it train on the same.
    public let digest: String

    /// Number of sequences to train on.
    public var trainingCount: Int { training.recordCount }
    /// Number of sequences held out.
    public var heldOutCount: Int { heldOut.recordCount }

    /// How a corpus came by its cache.
    public enum Origin: Equatable, Sendable {
        /// There was none.
        case built
        /// The one there fits.
        case reused
        /// The one there did not fit or was damaged, for the reason given.
        case rebuilt(because: String)
    }

    /// Opens the cache in a folder, which is made if it is missing; makes the cache if there is none,
    /// or if records, settings or tokenizer are not those it was made from, or it is damaged.
    ///
    /// All records are read once to compare them. Making the cache takes another pass, two if the
    /// tokenizer is to be learned.
    /// - Parameter folder: `cache/` of a run; its parent exists.
    /// - Throws: ``TrainingError`` naming file and cause; `TokenizeError` for a tokenizer that cannot
    ///   be.
    public static func open(
        _ folder: String, _ source: CorpusSource, tokenizer: TokenizerSource
    ) throws -> TokenCorpus {
        try source.check()
        guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
            throw TrainingError.unwritableCache(folder: folder, code: errno)
        }
        let spool = CorpusSpool(in: folder)
        let build = try writing(to: folder) {
            let reading = try CorpusReading(source, spool)
            return TokenCorpusBuild(
                folder: folder, source: source, tokenizer: tokenizer, reading: reading,
                survey: try reading.survey(source))
        }
        let reason: String
        do {
            switch try find(in: folder, build.key) {
            case .fitting(let record):
                return try TokenCorpus(
                    folder, record, build, tokenizer: nil, origin: .reused, vocabulary: nil)
            case .absent:
                reason = ""
            case .other(let difference):
                reason = difference
            }
        } catch {
            reason = "\(error)"
        }
        let (record, tokenizer, vocabulary) = try writing(to: folder) { try build.run() }
        return try TokenCorpus(
            folder, record, build, tokenizer: tokenizer,
            origin: reason.isEmpty ? .built : .rebuilt(because: reason), vocabulary: vocabulary)
    }

    private init(
        _ folder: String, _ record: CorpusCacheRecord, _ build: TokenCorpusBuild,
        tokenizer made: Tokenizer?, origin: Origin, vocabulary: TrainingReport?
    ) throws {
        if let made {
            tokenizer = made
        } else {
            tokenizer = try Self.verify(folder, record)
        }
        training = try TokenStore(
            folder, TokenCorpusBuild.trainingName, record.training, build.source, tokenizer)
        heldOut = try TokenStore(
            folder, TokenCorpusBuild.heldOutName, record.heldOut, build.source, tokenizer)
        var report = build.survey.report
        report.tokens = TokenReport(record)
        self.report = report
        self.origin = origin
        vocabularyReport = vocabulary
        digest = record.digest
    }

    private enum Found {
        case absent
        case other(String)
        case fitting(CorpusCacheRecord)
    }

    private static func find(in folder: String, _ key: JSONValue) throws -> Found {
        guard let record = try CorpusCacheRecord(contentsOf: folder) else { return .absent }
        return record.difference(from: key).map { .other($0) } ?? .fitting(record)
    }

    /// Checks every file against its digest and gives back the tokenizer.
    private static func verify(_ folder: String, _ record: CorpusCacheRecord) throws -> Tokenizer {
        let (training, heldOut) = (TokenCorpusBuild.trainingName, TokenCorpusBuild.heldOutName)
        let tokenizerPath = TokenCorpusBuild.tokenizerPath(folder)
        let digests = [
            (TokenStore.tokensPath(folder, training), record.training.tokensDigest),
            (TokenStore.indexPath(folder, training), record.training.indexDigest),
            (TokenStore.tokensPath(folder, heldOut), record.heldOut.tokensDigest),
            (TokenStore.indexPath(folder, heldOut), record.heldOut.indexDigest),
            (tokenizerPath, record.tokenizerDigest),
        ]
        for (path, wanted) in digests {
            let digest = try Digest.hex(ofFile: path)
            guard digest == wanted else {
                throw TrainingError.damagedCache(
                    path: path, reason: "its digest is \(digest), \(wanted) is recorded")
            }
        }
        let tokenizer = try Tokenizer(contentsOf: tokenizerPath)
        guard tokenizer.vocabularySize == record.vocabularySize else {
            throw TrainingError.damagedCache(
                path: tokenizerPath,
                reason: "it has \(tokenizer.vocabularySize) tokens, "
                    + "\(record.vocabularySize) are recorded")
        }
        return tokenizer
    }

    /// Names the folder in any failure to write to it: which write finds the disk full is chance.
    private static func writing<Result>(
        to folder: String, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch FilesError.system(_, _, let code) {
            throw TrainingError.unwritableCache(folder: folder, code: code)
        }
    }
}

extension TokenStore {
    fileprivate convenience init(
        _ folder: String, _ name: String, _ stored: StoredSequences, _ source: CorpusSource,
        _ tokenizer: Tokenizer
    ) throws {
        try self.init(
            folder, name, recordCount: stored.records, tokenCount: stored.tokens,
            maximumLength: source.maximumLength, vocabularySize: tokenizer.vocabularySize)
    }
}

extension TokenReport {
    fileprivate init(_ record: CorpusCacheRecord) {
        self.init(
            trainingRecords: record.training.records, trainingTokens: record.training.tokens,
            heldOutRecords: record.heldOut.records, heldOutTokens: record.heldOut.tokens,
            heldOutIsCopy: record.heldOutIsCopy, tooLong: record.tooLong,
            withoutTokens: record.withoutTokens)
    }
}

import Files
import Glibc
import Tokenize

/// Makes a token cache: learns the vocabulary if that is due, then writes all sequences.
struct TokenCorpusBuild {
    let folder: String
    let source: CorpusSource
    let tokenizer: TokenizerSource
    let reading: CorpusReading
    let survey: CorpusReading.Survey

    static let trainingName = "training"
    static let heldOutName = "held_out"

    static func tokenizerPath(_ folder: String) -> String { "\(folder)/tokenizer.json" }

    /// All that decides what the cache will hold.
    var key: JSONValue {
        let tokenizerKey: JSONValue
        switch tokenizer {
        case .given(let tokenizer):
            tokenizerKey = ["digest": .string(Digest.hex(of: tokenizer.json()))]
        case .learned(let spec, let minimumFrequency, let maximumSize):
            tokenizerKey = [
                "level": .string(spec.level.rawValue), "profile": .string(spec.profile.rawValue),
                "normalization": .string(spec.normalization.rawValue),
                "case_folding": .bool(spec.caseFolding),
                "locale": spec.locale.map { .string($0) } ?? .null,
                "minimum_frequency": minimumFrequency.map { .number(String($0)) } ?? .null,
                "maximum_size": .int(maximumSize), "icu_version": .string(ICU.version),
            ]
        }
        let splits = source.heldOutPaths == nil
        return [
            "records": .int(survey.report.records),
            "training_file_records": .int(survey.trainingRecords),
            "records_digest": .string(survey.digest), "tokenizer": tokenizerKey,
            "maximum_length": .int(source.maximumLength),
            "maximum_record_bytes": .int(source.maximumRecordBytes),
            "held_out_limit": .int(source.heldOutLimit),
            "held_out_share": splits ? .double(source.heldOutShare) : .null,
            "split_seed": splits ? .number(String(source.seed)) : .null,
        ]
    }

    /// Writes the cache; on any error nothing of it stays.
    func run() throws -> (CorpusCacheRecord, Tokenizer, TrainingReport?) {
        // First of all: from now on the folder holds no cache until the new record is written.
        unlink(CorpusCacheRecord.path(folder))
        do {
            let (tokenizer, vocabularyReport) = try makeTokenizer()
            let json = tokenizer.json()
            try DurableFile.write(json, to: Self.tokenizerPath(folder))
            var record = try writeSequences(tokenizer)
            record.tokenizerDigest = Digest.hex(of: json)
            try record.write(to: folder)
            return (record, tokenizer, vocabularyReport)
        } catch {
            for name in [Self.trainingName, Self.heldOutName] {
                unlink(TokenStore.tokensPath(folder, name))
                unlink(TokenStore.indexPath(folder, name))
            }
            unlink(Self.tokenizerPath(folder))
            throw error
        }
    }

    private func makeTokenizer() throws -> (Tokenizer, TrainingReport?) {
        switch tokenizer {
        case .given(let tokenizer):
            return (tokenizer, nil)
        case .learned(let spec, let minimumFrequency, let maximumSize):
            var trainer = try VocabularyTrainer(
                spec, minimumFrequency: minimumFrequency, maximumSize: maximumSize)
            try reading.forEachRecord(survey) { record, isHeldOut, _ in
                if !isHeldOut { trainer.add(record) }
            }
            return (try trainer.finish(), trainer.report)
        }
    }

    private func writeSequences(_ tokenizer: Tokenizer) throws -> CorpusCacheRecord {
        let size = tokenizer.vocabularySize
        let training = try TokenStoreWriter(folder, Self.trainingName, vocabularySize: size)
        let heldOut = try TokenStoreWriter(folder, Self.heldOutName, vocabularySize: size)
        let encoder = tokenizer.makeEncoder()
        var tooLong = CorpusFinding()
        var withoutTokens = CorpusFinding()
        var tooLongToTrainOn = 0
        var shortest = Int.max
        var tokenIDs: [Int32] = []
        try reading.forEachRecord(survey) { record, isHeldOut, place in
            tokenIDs.removeAll(keepingCapacity: true)
            encoder.encode(record, into: &tokenIDs)
            if tokenIDs.isEmpty {
                withoutTokens.note(place())
            } else if tokenIDs.count > source.maximumLength {
                tooLong.note(place())
                if !isHeldOut {
                    tooLongToTrainOn += 1
                    shortest = min(shortest, tokenIDs.count)
                }
            } else {
                try (isHeldOut ? heldOut : training).append(tokenIDs)
            }
        }
        if training.recordCount == 0 {
            throw shortest == Int.max
                ? TrainingError.noRecords(
                    sources: source.paths, reason: "no record to train on has a token")
                : TrainingError.allTooLong(
                    records: tooLongToTrainOn, maximumLength: source.maximumLength,
                    shortest: shortest)
        }
        let heldOutIsCopy = heldOut.recordCount == 0
        if heldOutIsCopy {
            if source.heldOutPaths != nil {
                throw TrainingError.noRecords(
                    sources: source.heldOutPaths ?? [],
                    reason: "no record to hold out has 1 … \(source.maximumLength) tokens")
            }
            try copy(training, to: heldOut, vocabularySize: size)
        }
        return CorpusCacheRecord(
            key: key, vocabularySize: size, tokenizerDigest: "", training: try training.finish(),
            heldOut: try heldOut.finish(), heldOutIsCopy: heldOutIsCopy, tooLong: tooLong,
            withoutTokens: withoutTokens)
    }

    /// Copies the first training sequences, for a corpus that has none to spare.
    private func copy(
        _ training: TokenStoreWriter, to heldOut: TokenStoreWriter, vocabularySize: Int
    ) throws {
        try training.flush()
        let store = try TokenStore(
            folder, Self.trainingName, recordCount: training.recordCount,
            tokenCount: training.tokenCount, maximumLength: source.maximumLength,
            vocabularySize: vocabularySize)
        for record in 0..<min(training.recordCount, source.heldOutLimit) {
            try heldOut.append(try store.sequence(at: record))
        }
    }
}

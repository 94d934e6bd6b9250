import Glibc

/// What can go wrong between a corpus and a trained codec, one line each.
public enum TrainingError: Error, Equatable, Sendable {
    /// A setting out of range.
    case setting(key: String, got: String, wanted: String)
    /// A corpus file that the system will not give: `cannot <action> '<path>': <text of errno>`.
    case unreadable(path: String, action: String, code: Int32)
    /// A corpus file that is no text in UTF-8, with what to do about it.
    case unusableCorpus(path: String, reason: String, remedy: String)
    /// A corpus without anything to train on.
    case noRecords(sources: [String], reason: String)
    /// A corpus whose sequences are all longer than a model may read.
    case allTooLong(records: Int, maximumLength: Int, shortest: Int)
    /// A corpus that gave other records when it was read again.
    case corpusChangedWhileRead(sources: [String])
    /// A folder that the token cache cannot be written to, a full disk say.
    case unwritableCache(folder: String, code: Int32)
    /// A token cache that is not as it was written.
    case damagedCache(path: String, reason: String)
    /// A place in the order of data that does not exist.
    case cursorOutOfRange(epoch: Int, batch: Int, batchCount: Int)
    /// A checkpoint, at this path, of a run on another corpus, split or tokenizer.
    case corpusChanged(path: String)
    /// A checkpoint that cannot be gone on from.
    case badCheckpoint(path: String, reason: String)
    /// A table of factors or latents that cannot be read; lines count from 1.
    case badTable(source: String, line: Int, reason: String)
    /// A number that is NaN or infinite, before anything was changed by it; with the last losses in nats
    /// and the newest checkpoint.
    case nonFinite(step: Int, quantity: String, losses: [Double], lastCheckpoint: String?)
}

extension TrainingError: CustomStringConvertible {
    /// One line: where, what was got, what was wanted, and what to do.
    public var description: String {
        switch self {
        case .setting(let key, let got, let wanted):
            "\(key): got \(got), want \(wanted)"
        case .unreadable(let path, let action, let code):
            "cannot \(action) \(path.inQuotes): \(String(cString: strerror(code)))"
        case .unusableCorpus(let path, let reason, let remedy):
            "cannot use \(path.inQuotes) as a corpus: \(reason); \(remedy)"
        case .noRecords(let sources, let reason):
            "nothing to train on in \(sources.inQuotes): \(reason)"
        case .allTooLong(let records, let maximumLength, let shortest):
            "all \(records) records to train on are longer than \(maximumLength) tokens, the "
                + "shortest has \(shortest); raise the maximum length or split the records"
        case .corpusChangedWhileRead(let sources):
            "\(sources.inQuotes) changed while being read; start again when nobody writes to it"
        case .unwritableCache(let folder, let code):
            "cannot write the token cache in \(folder.inQuotes): "
                + "\(String(cString: strerror(code))); "
                + ([ENOSPC, EDQUOT, EFBIG].contains(code) ? "free some space there or " : "")
                + "choose another folder"
        case .damagedCache(let path, let reason):
            "\(path.inQuotes) is damaged: \(reason); start again and it will be made again"
        case .cursorOutOfRange(let epoch, let batch, let batchCount):
            "no batch \(batch) in epoch \(epoch): an epoch has batches 0 ..< \(batchCount), "
                + "the first epoch is 0"
        case .corpusChanged(let path):
            "\(path.inQuotes) was trained on another corpus, split or tokenizer; go on with those or "
                + "start a new run in another folder"
        case .badCheckpoint(let path, let reason):
            "cannot go on from \(path.inQuotes): \(reason)"
        case .badTable(let source, let line, let reason):
            "\(source.inQuotes), line \(line): \(reason)"
        case .nonFinite(let step, let quantity, let losses, let lastCheckpoint):
            "\(quantity) is not finite at step \(step)"
                + (losses.isEmpty
                    ? "" : " (last losses \(losses.map { "\($0)" }.joined(separator: ", ")))")
                + (lastCheckpoint.map { "; the last good checkpoint is \($0.inQuotes)" }
                    ?? "; there is no checkpoint yet")
                + "; try a lower learning rate"
        }
    }
}

extension String {
    /// The text in single quotes on one line: what would break or reorder the line is escaped.
    var inQuotes: String {
        var text = "'"
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }
}

extension [String] {
    /// The first few in quotes, and how many more there are.
    var inQuotes: String {
        let named = prefix(3).map(\.inQuotes).joined(separator: ", ")
        return count > 3 ? "\(named) and \(count - 3) more" : named
    }
}

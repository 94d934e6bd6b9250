/// What can go wrong with the experiment's files, one line each.
enum MNISTError: Error, Equatable {
    /// A file that cannot be opened or unpacked.
    case unreadable(path: String, reason: String)
    /// A folder that cannot be made.
    case noFolder(path: String, reason: String)
    /// A file that breaks the IDX format at a byte offset of its unpacked bytes.
    case malformed(path: String, offset: Int, reason: String)
    /// An array of another shape than wanted.
    case wrongShape(path: String, got: [Int], wanted: String)
    /// A label that is no digit.
    case notADigit(path: String, index: Int, got: UInt8)
    /// A bound that is NaN or infinite.
    case nonFinite(epoch: Int, step: Int)
    /// A log of a run that cannot be read.
    case badLog(path: String, line: Int, reason: String)
    /// An output folder that holds another run.
    case otherRun(path: String, differences: [String])
    /// A choice that the command cannot go with.
    case unsuitable(reason: String)
}

extension MNISTError: CustomStringConvertible {
    var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path.debugDescription): \(reason)"
        case .noFolder(let path, let reason):
            "cannot make the folder \(path.debugDescription): \(reason)"
        case .malformed(let path, let offset, let reason):
            "\(path.debugDescription), byte \(offset): \(reason)"
        case .wrongShape(let path, let got, let wanted):
            "\(path.debugDescription) holds an array of shape \(got), want \(wanted)"
        case .notADigit(let path, let index, let got):
            "\(path.debugDescription), label \(index + 1): got \(got), want 0 … 9"
        case .nonFinite(let epoch, let step):
            "epoch \(epoch), step \(step): the bound is not finite; try a smaller --rate"
        case .badLog(let path, let line, let reason):
            "\(path.debugDescription), line \(line): \(reason)"
        case .otherRun(let path, let differences):
            "\(path.debugDescription) holds a run of other settings (\(differences.joined(separator: ", "))); "
                + "choose another --output or delete it"
        case .unsuitable(let reason):
            reason
        }
    }
}

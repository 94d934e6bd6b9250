import Configuration
import DVAE
import Files
import Glibc
import Scenes
import TextCodec
import Tokenize
import Training

/// What the shell is told (numbers of `sysexits.h` where it has one).
struct ExitStatus: RawRepresentable, Equatable {
    let rawValue: Int32

    static let success = ExitStatus(rawValue: 0)
    static let failure = ExitStatus(rawValue: 1)
    static let usage = ExitStatus(rawValue: 64)
    static let data = ExitStatus(rawValue: 65)
    static let noInput = ExitStatus(rawValue: 66)
    static let inputOutput = ExitStatus(rawValue: 74)

    /// What a shell says of a process that a signal ended.
    static func signal(_ number: Int32) -> ExitStatus { ExitStatus(rawValue: 128 + number) }
}

extension ExitStatus {
    /// The status of an error of ours, or nil for one of the argument parser.
    init?(of error: any Error) {
        switch error {
        case let error as UserError: self = error.status
        case let error as Interruption: self = .signal(error.signal)
        case let error as FilesError: self.init(error)
        case let error as TextCodecError: self.init(error)
        case let error as TokenizeError: self.init(error)
        case let error as TrainingError: self.init(error)
        case is DVAEError, is ConfigurationError: self = .data
        case is ScenesError: self = .usage
        default: return nil
        }
    }

    private init(_ error: FilesError) {
        switch error {
        case .system(_, _, EPIPE): self = .signal(SIGPIPE)
        case .system("open", _, _), .unusable: self = .noInput
        case .system: self = .inputOutput
        case .json, .malformed, .damaged, .missingTensor, .mismatch: self = .data
        case .unwritable, .locked: self = .failure
        }
    }

    private init(_ error: TextCodecError) {
        switch error {
        case .incompleteModel: self = .noInput
        case .badConfig, .mixedFiles, .stalePrior, .tooLong, .wrongGrid: self = .data
        case .noCodes, .noContinuousLatents, .noPrior, .badOption: self = .usage
        }
    }

    private init(_ error: TokenizeError) {
        switch error {
        case .invalidSpec, .invalidTraining, .invalidRules: self = .usage
        case .invalidVocabulary, .tokenIDOutOfRange, .malformedFile, .malformedRecord,
            .inexpressible:
            self = .data
        case .fileAccess(_, "open", _): self = .noInput
        case .fileAccess: self = .inputOutput
        case .icu: self = .failure
        }
    }

    private init(_ error: TrainingError) {
        switch error {
        case .setting: self = .usage
        case .unreadable(_, "read", _), .unwritableCache: self = .inputOutput
        case .unreadable: self = .noInput
        case .unusableCorpus, .noRecords, .allTooLong, .corpusChangedWhileRead, .corpusChanged,
            .damagedCache, .badCheckpoint, .badTable:
            self = .data
        case .cursorOutOfRange, .nonFinite: self = .failure
        }
    }
}

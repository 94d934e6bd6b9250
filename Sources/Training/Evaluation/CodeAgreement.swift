import DVAE
import Foundation
import TextCodec

/// How many codes stay when a text is edited without changing what it means.
public struct CodeAgreement: Codable, Sendable, Equatable {
    /// An edit.
    public enum Edit: String, Codable, Sendable, CaseIterable {
        /// Letters become lower case; where all are, the first becomes upper case.
        case letterCase = "case"
        /// A mark at the end goes, or a full stop comes.
        case finalPunctuation = "final_punctuation"
        /// Every space becomes two.
        case doubleSpace = "double_space"

        /// The edited text.
        public func callAsFunction(_ text: String) -> String {
            switch self {
            case .letterCase:
                let lower = text.lowercased()
                return lower == text ? text.prefix(1).uppercased() + text.dropFirst() : lower
            case .finalPunctuation:
                guard let last = text.unicodeScalars.last else { return text }
                guard last.properties.generalCategory == .otherPunctuation else {
                    return text + "."
                }
                var scalars = text.unicodeScalars
                scalars.removeLast()
                while scalars.last == " " { scalars.removeLast() }
                return String(scalars)
            case .doubleSpace:
                return text.split(separator: " ", omittingEmptySubsequences: false)
                    .joined(separator: "  ")
            }
        }
    }

    /// The edit.
    public var edit: Edit
    /// Texts that it changed and that stayed short enough for the model.
    public var texts = 0
    /// The share of their codes that stayed; nil without texts.
    public var equalCodes: Double?
    /// The share of texts all of whose codes stayed; nil without texts.
    public var equalRows: Double?

    /// Encodes texts before and after each edit.
    public static func measure(_ texts: [String], with codec: Codec) throws -> [CodeAgreement] {
        let limit = codec.model.config.maximumLength
        func fits(_ text: String) -> Bool {
            (1...limit).contains(codec.tokenIDs(of: Array(text.utf8)).count)
        }
        let kept = texts.filter(fits)
        let before = try codec.encode(kept)
        return try Edit.allCases.map { edit in
            var result = CodeAgreement(edit: edit)
            var (places, edited): ([Int], [String]) = ([], [])
            for (place, text) in kept.enumerated() {
                let changed = edit(text)
                guard Array(changed.utf8) != Array(text.utf8), fits(changed) else { continue }
                places.append(place)
                edited.append(changed)
            }
            result.texts = places.count
            guard !places.isEmpty else { return result }
            let after = try codec.encode(edited)
            let distances = places.enumerated().map { row, place in
                Codes.hammingDistance(after[row], before[place])
            }
            let all = Double(places.count * codec.latentCount)
            result.equalCodes = 1 - Double(distances.reduce(0, +)) / all
            result.equalRows = Double(distances.count { $0 == 0 }) / Double(places.count)
            return result
        }
    }
}

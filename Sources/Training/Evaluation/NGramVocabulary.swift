/// Words as numbers: 0 begins a sentence, 1 ends it, 2 is every word that is not known.
public struct NGramVocabulary: Sendable {
    static let begin: Int32 = 0
    static let end: Int32 = 1
    static let unknown: Int32 = 2

    private var numbers: [ArraySlice<UInt8>: Int32] = [:]

    /// No words yet.
    public init() {}

    /// What a word is drawn from: the known words, the end mark, and the unknown word.
    public var size: Int { numbers.count + 2 }

    /// Makes the words of texts known.
    public mutating func add(_ texts: [[UInt8]]) {
        for text in texts {
            for word in TextPieces.fields(text) where numbers[word] == nil {
                numbers[word] = Int32(numbers.count) + 3
            }
        }
    }

    /// A text as numbers, begin and end marks included.
    public func sentence(_ text: [UInt8]) -> [Int32] {
        [Self.begin] + TextPieces.fields(text).map { numbers[$0] ?? Self.unknown } + [Self.end]
    }
}

/// How often something worth telling was met in a corpus, and where first.
public struct CorpusFinding: Codable, Equatable, Sendable {
    /// How often: lines, unless the finding says otherwise.
    public private(set) var count = 0
    /// The first places, at most ``maximumPlaces``.
    public private(set) var firstPlaces: [Place] = []

    /// How many places are kept.
    public static let maximumPlaces = 10

    /// A byte in a corpus.
    public struct Place: Codable, Equatable, Sendable {
        /// The file, or "standard input".
        public var path: String
        /// Number of the line, the first being 1.
        public var line: Int
        /// Offset in the file of the byte in question, or of the line's first byte.
        public var byte: Int
    }

    enum CodingKeys: String, CodingKey {
        case count
        case firstPlaces = "first_places"
    }

    /// Nothing found yet.
    public init() {}

    init(count: Int, firstPlaces: [Place]) {
        self.count = count
        self.firstPlaces = firstPlaces
    }

    /// Counts one more.
    mutating func note(_ place: @autoclosure () -> Place) {
        count += 1
        if firstPlaces.count < Self.maximumPlaces { firstPlaces.append(place()) }
    }
}

extension CorpusFinding.Place: CustomStringConvertible {
    /// `path:line (byte offset)`.
    public var description: String { "\(path):\(line) (byte \(byte))" }
}

/// Checks that byte strings come back from their token ids, and that none is special or unknown.
///
/// What must come back is the text after the tokenizer's normalization.
public struct RoundTripCheck {
    private let tokenizer: Tokenizer
    private let encoder: TokenEncoder
    private let normalizer: Normalizer
    private var tokenIDs: [Int32] = []
    /// How it went so far.
    public private(set) var result: CheckResult

    /// - Parameter name: what the result is called.
    public init(_ tokenizer: Tokenizer, name: String) {
        self.tokenizer = tokenizer
        encoder = tokenizer.makeEncoder()
        normalizer = tokenizer.makeNormalizer()
        result = CheckResult(name)
    }

    /// Checks one byte string.
    public mutating func check(_ bytes: UnsafeBufferPointer<UInt8>) {
        tokenIDs.removeAll(keepingCapacity: true)
        encoder.encode(bytes, into: &tokenIDs)
        let isPlain = !tokenIDs.contains {
            $0 == tokenizer.bos || $0 == tokenizer.eos || $0 == tokenizer.unknown
        }
        let back = (try? tokenizer.decode(tokenIDs)) ?? []
        let isEqual = back.withUnsafeBufferPointer { $0.elementsEqual(normalizer.normalize(bytes)) }
        result.note(
            isPlain && isEqual,
            "\(bytes.prefix(40).map { String($0, radix: 16) }) became \(tokenIDs.prefix(20))")
    }

    /// Checks the empty string and all strings of one and two bytes.
    public mutating func checkShortStrings() {
        [].withUnsafeBufferPointer { check($0) }
        for byte in UInt8.min...UInt8.max { [byte].withUnsafeBufferPointer { check($0) } }
        for pair in 0..<65_536 {
            [UInt8(pair >> 8), UInt8(pair & 255)].withUnsafeBufferPointer { check($0) }
        }
    }

    /// Checks every scalar by itself.
    public mutating func checkScalars() {
        for value in 0...0x10FFFF as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value) else { continue }
            Array(String(scalar).utf8).withUnsafeBufferPointer { check($0) }
        }
    }

    /// Checks random strings of up to 24 pieces: any bytes, ASCII, spaces and line ends, scalars.
    public mutating func checkRandomStrings(
        _ count: Int, using generator: inout some RandomNumberGenerator
    ) {
        for _ in 0..<count {
            Self.randomString(pieces: 24, using: &generator).withUnsafeBufferPointer { check($0) }
        }
    }

    /// Checks one line of so many bytes: random pieces without a line feed.
    public mutating func checkLine(
        _ byteCount: Int, using generator: inout some RandomNumberGenerator
    ) {
        var stretch: [UInt8] = []
        while stretch.count < min(byteCount, 1 << 20) {
            stretch += Self.randomString(pieces: 24, using: &generator).lazy.filter { $0 != 0x0A }
        }
        var line: [UInt8] = []
        line.reserveCapacity(byteCount + stretch.count)
        while line.count < byteCount { line += stretch }
        line.removeLast(line.count - byteCount)
        line.withUnsafeBufferPointer { check($0) }
    }

    private static func randomString(
        pieces: Int, using generator: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...pieces, using: &generator) {
            switch UInt8.random(in: 0..<8, using: &generator) {
            case 0: bytes.append(.random(in: 0...255, using: &generator))
            case 1: bytes.append(.random(in: 0x80...0xF4, using: &generator))
            case 2: bytes.append(.random(in: 0...0x7F, using: &generator))
            case 3: bytes += [0x20, .random(in: 0x61...0x7A, using: &generator)]
            case 4: bytes.append(.random(in: 0x61...0x64, using: &generator))
            case 5: bytes.append([0x20, 0x0A, 0x0D, 0x09].randomElement(using: &generator) ?? 0x20)
            case 6:
                let limit: UInt32 = Bool.random(using: &generator) ? 0x3000 : 0x10FFFF
                let scalar = UInt32.random(in: 0...limit, using: &generator)
                bytes += String(Unicode.Scalar(scalar) ?? "é").utf8
            default: bytes += "<eos>".utf8.prefix(Int.random(in: 1...5, using: &generator))
            }
        }
        return bytes
    }
}

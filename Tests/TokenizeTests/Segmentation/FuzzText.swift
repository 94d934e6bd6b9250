@testable import Tokenize

/// Seeded text that goes to every corner of the boundary rules.
struct FuzzText {
    private let classes: [[Unicode.Scalar]]
    private var generator: SeededGenerator

    /// Where the scripts that dictionaries cut begin, and flags, joiners and other trouble.
    private static let places: [UInt32] = [
        0x0E00, 0x0E80, 0x1000, 0x1780, 0x4E00, 0x3040, 0x30A0, 0x1F1E6, 0x0900, 0x05D0, 0x0600,
        0x1F468, 0x200B, 0xFF10, 0xFF60, 0x1100,
    ]
    private static let joints = Array("aB1 '._:,;\"@\r\n\t-a1 x".unicodeScalars)
    private static let words = Array(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.1b'c,_:".unicodeScalars)

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed)
        let files = [
            "auxiliary/GraphemeBreakProperty.txt", "auxiliary/WordBreakProperty.txt",
            "auxiliary/SentenceBreakProperty.txt", "LineBreak.txt",
        ]
        classes = try files.flatMap { try UnicodeData.scalars(ofEachClassIn: $0) }
    }

    /// A text of `count` scalars, now and then with a byte that is ill-formed.
    mutating func next(count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        let manner = random(8)
        var written = 0
        while written < count {
            let own = random(4) > 0 ? manner : random(8)
            let length = min(count - written, own >= 6 ? 1 + random(90) : 1 + random(12))
            let place = random(Self.places.count)
            var members = classes[random(classes.count)]
            let letter = random(2) == 0 ? members[0] : Unicode.Scalar(UInt8(0x61 + random(20)))
            for _ in 0..<length {
                let scalar: Unicode.Scalar
                switch own {
                case 0: scalar = Unicode.Scalar(UInt8(32 + random(95)))
                case 1: scalar = Self.joints[random(Self.joints.count)]
                case 2:
                    scalar =
                        random(3) > 0 ? code(0x400, 0x60) : Unicode.Scalar(UInt8(32 + random(90)))
                case 3:
                    if random(2) == 0 { members = classes[random(classes.count)] }
                    scalar = members[random(members.count)]
                case 4: scalar = random(5) > 0 ? code(0xAC00, 11_172) : code(0x2010, 0x20)
                case 5: scalar = random(12) > 0 ? code(Self.places[place], 90) : " "
                case 6: scalar = Self.words[random(Self.words.count)]
                default: scalar = letter
                }
                if random(200) == 0 { bytes.append(UInt8(random(256))) }
                bytes += UTF8.encode(scalar)?.map { $0 } ?? []
            }
            written += length
        }
        return bytes
    }

    /// A number below a bound, for cuts and buffer sizes.
    mutating func random(_ below: Int) -> Int { Int.random(in: 0..<below, using: &generator) }

    private mutating func code(_ first: UInt32, _ count: Int) -> Unicode.Scalar {
        Unicode.Scalar(first + UInt32(random(count))) ?? "x"
    }
}

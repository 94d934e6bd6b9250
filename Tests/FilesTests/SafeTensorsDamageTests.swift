import Testing

@testable import Files

/// Truncation and flipped bits: nothing damaged may load.
@Suite struct SafeTensorsDamageTests {
    let bytes: [UInt8]
    let headerEnd: Int

    init() throws {
        let scratch = try Scratch()
        var writer = SafeTensorsWriter(metadata: [("format", "1"), ("note", "é")])
        try writer.add("enc.w", shape: [3, 4], (0..<12).map { Float($0) * 0.5 })
        try writer.add("enc.b", shape: [4], [Float](repeating: -1, count: 4))
        try writer.add("empty", shape: [0, 4], [Float]())
        try writer.add("step", shape: [], [Int32(7)])
        try writer.write(to: scratch.path("t"))
        bytes = try scratch.read("t")
        headerEnd = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
        _ = try SafeTensorsFile(bytes: bytes, digest: .required)
    }

    @Test func everyTruncationIsRefused() {
        for count in 0..<bytes.count {
            let error = message {
                try SafeTensorsFile(bytes: [UInt8](bytes[..<count]), digest: .ignored)
            }
            #expect(error?.contains("truncated") == true, "\(count) bytes")
        }
    }

    @Test func everyFlippedBitIsFound() {
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                #expect(throws: FilesError.self, "byte \(place) bit \(bit)") {
                    try SafeTensorsFile(bytes: changed, digest: .required)
                }
            }
        }
    }

    /// Without being told that there must be a digest, only its own key and what says that there is
    /// metadata can hide it; data and shapes are still caught.
    @Test func everyFlippedBitOfTheDataIsFoundByDefault() {
        for place in headerEnd..<bytes.count {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << UInt8(bit)
                #expect(
                    message { try SafeTensorsFile(bytes: changed) }?.contains("damaged") == true)
            }
        }
    }

    @Test func randomMutationsAreFound() {
        var random = SplitMix(state: 20_250_510)
        for _ in 0..<2000 {
            var changed = bytes
            for _ in 0...random.next(below: 64) {
                changed[random.next(below: changed.count)] = UInt8(random.next(below: 256))
            }
            guard changed != bytes else { continue }
            #expect(throws: FilesError.self) {
                try SafeTensorsFile(bytes: changed, digest: .required)
            }
            _ = try? SafeTensorsFile(bytes: changed, digest: .ignored)  // Must return.
        }
    }

    @Test func absentAndMisplacedDigestsAreReported() throws {
        let plain = container(#"{"__metadata__":{"a":"b"}}"#)
        #expect(throws: Never.self) { try SafeTensorsFile(bytes: plain) }
        #expect(
            message { try SafeTensorsFile(bytes: plain, digest: .required) }?
                .contains("no digest") == true)
        let zeros = String(repeating: "0", count: 32)
        let moved = container("{\"__metadata__\":{\"a\":\"b\",\"textvae.digest\":\"\(zeros)\"}}")
        #expect(message { try SafeTensorsFile(bytes: moved) }?.contains("not at the start") == true)
        let short = container(#"{"__metadata__":{"textvae.digest":"00"}}"#)
        #expect(message { try SafeTensorsFile(bytes: short) }?.contains("not at the start") == true)
        let wrong = container("{\"__metadata__\":{\"textvae.digest\":\"\(zeros)\"}}")
        #expect(message { try SafeTensorsFile(bytes: wrong) }?.contains("its digest is") == true)
    }
}

/// A small generator for tests (Steele, Lea & Flood 2014).
struct SplitMix {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ z >> 31) % UInt64(bound))
    }
}

/// Which records are held out from training, by a seeded hash of their bytes.
///
/// A record is held out if hash(record, seed) ≤ threshold. So all copies of a sentence fall on the
/// same side wherever they stand, nothing held out is trained on, and the order of lines is of no
/// matter. The threshold is ⌊2⁶⁴ / 20⌋ / 2ʲ with the smallest j for which at most 2,000 of n
/// records are expected below it: 5 % of up to 40,000 records, then 1,000 to 2,000 of any number.
/// While j stays, added lines move no record across; when j grows, held-out records become training
/// records and none the other way.
///
/// Small corpora: if no hash is below the threshold (or all are), the least hash is the threshold, so
/// one distinct record and its copies are held out. If all records are equal nothing is.
public struct HeldOutSplit: Equatable, Sendable {
    /// The seed of the hash.
    public let seed: UInt64
    /// The greatest hash held out; nil if nothing is.
    public let threshold: UInt64?

    /// How many records are held out at most in expectation.
    public static let maximumCount = 2_000

    /// Chooses the threshold for the records surveyed.
    public init(_ survey: Survey) {
        seed = survey.seed
        guard survey.count > 0, survey.least < survey.greatest else {
            threshold = nil
            return
        }
        var threshold = UInt64.max / 20
        var expected = survey.count / 20
        while expected > Self.maximumCount {
            expected /= 2
            threshold /= 2
        }
        threshold = max(threshold, survey.least)
        self.threshold = survey.greatest <= threshold ? survey.least : threshold
    }

    /// Whether a record is held out.
    public func holdsOut(_ record: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let threshold else { return false }
        return Self.hash(record, seed: seed) <= threshold
    }

    /// What must be known of all records before one can be held out.
    public struct Survey: Equatable, Sendable {
        let seed: UInt64
        private(set) var count = 0
        private(set) var least = UInt64.max
        private(set) var greatest = UInt64.min

        /// No record yet.
        public init(seed: UInt64) { self.seed = seed }

        /// Takes in a record.
        public mutating func add(_ record: UnsafeBufferPointer<UInt8>) {
            let hash = HeldOutSplit.hash(record, seed: seed)
            count += 1
            least = min(least, hash)
            greatest = max(greatest, hash)
        }
    }

    /// FNV-1a over the bytes, spread by the finalizer of SplitMix64; the same on every machine.
    static func hash(_ record: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt64 {
        var hash = SplitMix.mix(seed) ^ 0xcbf2_9ce4_8422_2325
        for byte in record { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return SplitMix.mix(hash)
    }
}

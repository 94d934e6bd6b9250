/// Which records are held out from training, by a seeded hash of their bytes.
///
/// A record is held out if hash(record, seed) ≤ threshold. So all copies of a sentence fall on the
/// same side wherever they stand, nothing held out is trained on, and the order of lines is of no
/// matter. The threshold is share · 2⁶⁴ / 2ʲ with the smallest j for which no more than `limit` of n
/// records are expected below it: at 5 % and 2,000, a twentieth of up to 40,000 records, then 1,000
/// to 2,000 of any number. While j stays, added lines move no record across; when j grows, held-out
/// records become training records and none the other way.
///
/// Small corpora: if no hash is below the threshold (or all are), the least hash is the threshold, so
/// one distinct record and its copies are held out. If all records are equal, or the share is 0,
/// nothing is.
public struct HeldOutSplit: Equatable, Sendable {
    /// The seed of the hash.
    public let seed: UInt64
    /// The greatest hash held out; nil if nothing is.
    public let threshold: UInt64?

    /// Chooses the threshold for the records surveyed.
    /// - Parameters:
    ///   - share: the part of the records to hold out, 0 … 0.5.
    ///   - limit: most records to hold out in expectation, at least 1.
    public init(_ survey: Survey, share: Double = 0.05, limit: Int = 2_000) {
        precondition(0...0.5 ~= share && limit >= 1, "a split holds out up to a half")
        seed = survey.seed
        guard survey.least < survey.greatest, share > 0 else {
            threshold = nil
            return
        }
        var threshold = UInt64(share * 0x1p64)
        var expected = share * Double(survey.count)
        while expected > Double(limit) {
            expected /= 2
            threshold /= 2
        }
        threshold = max(threshold, survey.least)
        self.threshold = survey.greatest <= threshold ? survey.least : threshold
    }

    /// Whether a record is held out.
    public func holdsOut(_ record: UnsafeBufferPointer<UInt8>) -> Bool {
        holdsOut(hash: Self.hash(record, seed: seed))
    }

    /// Whether the records of a hash are held out.
    func holdsOut(hash: UInt64) -> Bool { threshold.map { hash <= $0 } ?? false }

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
            add(hash: HeldOutSplit.hash(record, seed: seed))
        }

        /// Takes in the hash of a record.
        mutating func add(hash: UInt64) {
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

import Configuration
import Files
import Foundation

/// What latents tell of known factors, and whether each factor has a latent of its own.
///
/// Information is the plug-in estimate over all texts, in bits; accuracies are of predictors that learned from four texts in
/// five and are tested on the fifth.
public struct FactorReport: Codable, Sendable, Equatable {
    /// What is found for one factor.
    public struct Row: Codable, Sendable, Equatable {
        /// The factor's name.
        public var factor = ""
        /// How many values it takes.
        public var values = 0
        /// H(factor), bits.
        public var entropyBits = 0.0
        /// I(latent; factor) of each latent, bits.
        public var informationBits: [Double] = []
        /// (the largest − the second largest information) / entropy: 1 when one latent has all and no other has any (mutual
        /// information gap: Chen, Li, Grosse and Duvenaud 2018, arXiv 1802.04942).
        public var gap = 0.0
        /// 1 − entropy of the factor's shares of information over latents, base D (completeness: Eastwood and Williams
        /// 2018).
        public var completeness = 0.0
        /// Test accuracy by the best single latent; which one is decided by the texts learned from.
        public var singleLatentAccuracy = 0.0
        /// Test accuracy by logistic regression on all latents.
        public var linearAccuracy = 0.0
        /// Test accuracy by the most frequent value.
        public var majorityAccuracy = 0.0
        /// What a predictor that knows the latents of all texts by heart reaches.
        public var latentCeiling = 0.0
        /// What a predictor that knows the texts by heart reaches: below 1 where equal texts have different values; nil
        /// where texts were not given.
        public var textCeiling: Double?
        /// I(text; factor) / H(factor): what of the factor the texts show at all; nil where texts were not given.
        public var attainableInformation: Double?

        /// Of nothing.
        public init() {}
    }

    /// Texts.
    public var texts = 0
    /// D.
    public var latents = 0
    /// A row a factor that takes more than one value.
    public var factors: [Row] = []
    /// Mean of the factors' gaps.
    public var gap = 0.0
    /// Σ_d share of latent d in all information · (1 − entropy of its shares over factors, base of their number)
    /// (disentanglement: Eastwood and Williams 2018).
    public var disentanglement = 0.0
    /// Mean of the factors' completeness.
    public var completeness = 0.0
    /// Mean of the factors' linear accuracy (informativeness).
    public var informativeness = 0.0

    /// Measures latents against factors, a row of each a text.
    ///
    /// - Parameter texts: the texts themselves, for what they can tell at most.
    public init(_ latents: LatentTable, _ table: FactorTable, texts: [[UInt8]]? = nil) {
        self.texts = table.rowCount
        self.latents = latents.columns.count
        let learned = (0..<table.rowCount).filter { $0 % 5 != 4 }
        let tested = (0..<table.rowCount).filter { $0 % 5 == 4 }
        let rows = (0..<table.rowCount).map { row in latents.columns.map { $0[row] } }
        let latentKinds = Self.kinds(rows)
        let textKinds = texts.map(Self.kinds)
        factors = table.factors.filter { $0.valueCount > 1 }.map { factor in
            var row = Row()
            row.factor = factor.name
            row.values = factor.valueCount
            let contingencies = latents.columns.map {
                Contingency($0, latents.valueCount, factor.values, factor.valueCount)
            }
            row.informationBits = contingencies.map { $0.mutualInformation / log(2) }
            row.entropyBits = Self.entropyBits(factor)
            let sorted = row.informationBits.sorted(by: >)
            if row.entropyBits > 0, let first = sorted.first {
                row.gap = (first - (sorted.count > 1 ? sorted[1] : 0)) / row.entropyBits
            }
            row.completeness = Self.concentration(row.informationBits)
            let predictors = Predictors(latents, factor, learned: learned, tested: tested)
            row.singleLatentAccuracy = predictors.single
            row.linearAccuracy = predictors.linear
            row.majorityAccuracy = predictors.majority
            row.latentCeiling = Self.ceiling(factor, latentKinds)
            if let textKinds {
                row.textCeiling = Self.ceiling(factor, textKinds)
                let seen = Contingency(
                    factor.values, factor.valueCount, textKinds.values, textKinds.count)
                row.attainableInformation =
                    row.entropyBits > 0 ? seen.mutualInformation / log(2) / row.entropyBits : 0
            }
            return row
        }
        summarise()
    }

    private mutating func summarise() {
        func mean(_ value: (Row) -> Double) -> Double {
            factors.isEmpty ? 0 : factors.reduce(0) { $0 + value($1) } / Double(factors.count)
        }
        gap = mean(\.gap)
        completeness = mean(\.completeness)
        informativeness = mean(\.linearAccuracy)
        let total = factors.reduce(0.0) { $0 + $1.informationBits.reduce(0, +) }
        guard total > 0 else { return }
        disentanglement = (0..<latents).reduce(0.0) { sum, latent in
            let information = factors.map { $0.informationBits[latent] }
            return sum + information.reduce(0, +) / total * Self.concentration(information)
        }
    }

    /// 1 − entropy of shares, base of their number; 1 for a single share, 0 where there is nothing to share.
    private static func concentration(_ amounts: [Double]) -> Double {
        let total = amounts.reduce(0, +)
        guard total > 0 else { return 0 }
        guard amounts.count > 1 else { return 1 }
        let entropy = amounts.reduce(0.0) {
            $1 > 0 ? $0 - $1 / total * log($1 / total) : $0
        }
        return 1 - entropy / log(Double(amounts.count))
    }

    private static func entropyBits(_ factor: FactorTable.Factor) -> Double {
        var counts = [Int](repeating: 0, count: factor.valueCount)
        for value in factor.values { counts[Int(value)] += 1 }
        return Contingency.entropy(counts) / log(2)
    }

    /// Equal elements under one number.
    private static func kinds<Element: Hashable>(
        _ elements: [Element]
    ) -> (values: [Int32], count: Int) {
        var numbers: [Element: Int32] = [:]
        let values = elements.map { element -> Int32 in
            let number = numbers[element] ?? Int32(numbers.count)
            numbers[element] = number
            return number
        }
        return (values, numbers.count)
    }

    /// The share of texts whose value is the most frequent one among those of their kind.
    private static func ceiling(
        _ factor: FactorTable.Factor, _ kinds: (values: [Int32], count: Int)
    ) -> Double {
        let best = Contingency(kinds.values, kinds.count, factor.values, factor.valueCount)
            .bestColumn
        let right = zip(kinds.values, factor.values).count { best[Int($0)] == $1 }
        return Double(right) / Double(max(1, factor.values.count))
    }

    /// One JSON object on one line: keys in snake case.
    public func json() throws -> String {
        let tree = try ConfigurationTree.encode(self)
        return String(decoding: try StrictJSON.bytes(of: tree, nonFinite: .null), as: UTF8.self)
    }
}

/// Test accuracies of three predictors of a factor.
private struct Predictors {
    let single: Double
    let linear: Double
    let majority: Double

    init(
        _ latents: LatentTable, _ factor: FactorTable.Factor, learned: [Int], tested: [Int]
    ) {
        func accuracy(_ rows: [Int], _ predict: (Int) -> Int32) -> Double {
            let right = rows.count { predict($0) == factor.values[$0] }
            return Double(right) / Double(max(1, rows.count))
        }
        let labels = learned.map { factor.values[$0] }
        let constant =
            Contingency(
                labels.map { _ in 0 }, 1, labels, factor.valueCount
            ).bestColumn.first.flatMap { $0 } ?? 0
        majority = accuracy(tested) { _ in constant }
        var best = (learned: -1.0, tested: majority)
        for column in latents.columns {
            let table = Contingency(
                learned.map { column[$0] }, latents.valueCount, labels, factor.valueCount
            ).bestColumn
            func predict(_ row: Int) -> Int32 { table[Int(column[row])] ?? constant }
            let found = accuracy(learned, predict)
            if found > best.learned { best = (found, accuracy(tested, predict)) }
        }
        single = best.tested
        let predictor = LinearPredictor(latents, factor, rows: learned)
        linear = accuracy(tested) { predictor.prediction(latents, $0) }
    }
}

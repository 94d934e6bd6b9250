import Foundation

/// How often two whole-number variables take each pair of values.
struct Contingency {
    private let counts: [Int]
    private let columnCount: Int
    private let total: Int

    /// Pairs of values, 0 ..< `aCount` and 0 ..< `bCount`.
    init(_ a: [Int32], _ aCount: Int, _ b: [Int32], _ bCount: Int) {
        var counts = [Int](repeating: 0, count: aCount * bCount)
        for (x, y) in zip(a, b) { counts[Int(x) * bCount + Int(y)] += 1 }
        self.counts = counts
        columnCount = bCount
        total = a.count
    }

    /// I(a; b), nats, plug-in.
    var mutualInformation: Double {
        max(0, Self.entropy(rowSums) + Self.entropy(columnSums) - Self.entropy(counts))
    }

    /// For each value of a the most frequent value of b, the first of equals; nil where a never takes the value.
    var bestColumn: [Int32?] {
        rows.map { row in
            guard let most = row.max(), most > 0, let place = row.firstIndex(of: most) else {
                return nil
            }
            return Int32(place - row.startIndex)
        }
    }

    private var rows: [ArraySlice<Int>] {
        stride(from: 0, to: counts.count, by: max(1, columnCount)).map {
            counts[$0..<$0 + columnCount]
        }
    }

    private var rowSums: [Int] { rows.map { $0.reduce(0, +) } }

    private var columnSums: [Int] {
        (0..<columnCount).map { column in
            rows.reduce(0) { $0 + $1[$1.startIndex + column] }
        }
    }

    /// The entropy of counts, nats.
    static func entropy(_ counts: [Int]) -> Double {
        let total = Double(counts.reduce(0, +))
        return counts.reduce(0.0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
            return sum - share * log(share)
        }
    }
}

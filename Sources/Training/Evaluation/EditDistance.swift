/// Levenshtein's distance: the fewest insertions, deletions and substitutions from one sequence to another.
enum EditDistance {
    /// The distance of two sequences; time is the product of their lengths beyond common ends.
    static func between<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
        var (a, b) = (a[...], b[...])
        while let x = a.first, let y = b.first, x == y {
            a.removeFirst()
            b.removeFirst()
        }
        while let x = a.last, let y = b.last, x == y {
            a.removeLast()
            b.removeLast()
        }
        let (rows, columns) = (Array(a), Array(b))
        var previous = Array(0...columns.count)
        for (index, row) in rows.enumerated() {
            var current = [index + 1]
            current.reserveCapacity(columns.count + 1)
            for (place, column) in columns.enumerated() {
                current.append(
                    min(
                        previous[place] + (row == column ? 0 : 1), previous[place + 1] + 1,
                        current[place] + 1))
            }
            previous = current
        }
        return previous[columns.count]
    }

    /// 1 − distance / length of the longer; 1 for two empty ones.
    static func similarity<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Double {
        let longest = max(a.count, b.count)
        return longest == 0 ? 1 : 1 - Double(between(a, b)) / Double(longest)
    }
}

/// Suggestions for a name that is not known.
public enum Spelling {
    /// The known name nearest to `name` by edit distance, when it is near enough to be meant.
    public static func nearest(to name: String, among known: [String]) -> String? {
        let limit = max(1, name.count / 2)
        let best = known.map { (distance($0, name), $0) }.min { $0.0 < $1.0 }
        guard let best, best.0 <= limit else { return nil }
        return best.1
    }

    /// ` (did you mean "x"?)`, or nothing.
    public static func hint(for name: String, among known: [String]) -> String {
        nearest(to: name, among: known).map { " (did you mean \"\($0)\"?)" } ?? ""
    }

    /// The Levenshtein distance of two names.
    public static func distance(_ a: String, _ b: String) -> Int {
        let (left, right) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
        var row = Array(0...right.count)
        for (i, x) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in right.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}

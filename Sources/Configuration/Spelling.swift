/// Suggestions for a name that is not known.
public enum Spelling {
    /// The known name nearest to `name` by edit distance, when it is near enough to be meant.
    public static func nearest(to name: String, among known: [String]) -> String? {
        // Nobody means a known name by a text much longer than names are.
        guard name.utf8.count <= 100 else { return nil }
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

    /// The text in quotes, on one line, at most 80 scalars, for messages about outside data.
    ///
    /// Control, bidirectional and separator characters are shown as `\u{…}`.
    public static func quoted(_ text: String) -> String {
        var shown = "\""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == 80 {
                shown += "…"
                break
            }
            switch scalar.value {
            case 0..<0x20, 0x22, 0x5C, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E,
                0x2066...0x2069, 0xFEFF:
                shown += scalar.escaped(asASCII: true)
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown + "\""
    }
}

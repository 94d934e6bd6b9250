/// Rows of cells with columns of equal width; numbers are the caller's to format.
struct Table {
    private var rows: [[String]] = []
    /// Columns set flush right.
    var rightAligned: Set<Int> = []

    /// Adds a row.
    mutating func add(_ cells: String...) { add(cells) }

    /// Adds a row.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The rows as lines, without space at their ends.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                if column > 0 { line += "  " }
                line += rightAligned.contains(column) ? padding + cell : cell + padding
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

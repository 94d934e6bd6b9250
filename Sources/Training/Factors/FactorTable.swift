import Foundation

/// What is known of each text: the value of every factor, from a table of tab-separated values.
///
/// The first line names the factors; each line after it has one value a factor, as text.
public struct FactorTable: Sendable, Equatable {
    /// A factor's values as numbers 0 ..< `valueCount`, in the order first met.
    public struct Factor: Sendable, Equatable {
        /// The name in the first line.
        public let name: String
        /// A number a text.
        public internal(set) var values: [Int32] = []
        /// How many different values there are.
        public internal(set) var valueCount = 0
    }

    /// The factors, in the order of columns.
    public private(set) var factors: [Factor]
    /// Texts.
    public private(set) var rowCount = 0

    /// Reads lines.
    ///
    /// - Parameter source: what messages call the table.
    /// - Throws: ``TrainingError/badTable(source:line:reason:)``.
    public init(lines: some Sequence<[UInt8]>, source: String) throws {
        var header: [String]?
        var columns: [Factor] = []
        var numbers: [[ArraySlice<UInt8>: Int32]] = []
        for (index, line) in lines.enumerated() {
            let cells = line.split(separator: 0x09, omittingEmptySubsequences: false)
            guard let header else {
                let names = cells.map { String(decoding: $0, as: UTF8.self) }
                guard !names.contains(""), Set(names).count == names.count else {
                    throw TrainingError.badTable(
                        source: source, line: 1,
                        reason: "want a name for each factor, tabs between them, none twice")
                }
                columns = names.map { Factor(name: $0) }
                numbers = names.map { _ in [:] }
                header = names
                continue
            }
            guard cells.count == header.count else {
                throw TrainingError.badTable(
                    source: source, line: index + 1,
                    reason: "got \(cells.count) values, want \(header.count) as in line 1")
            }
            for (column, cell) in cells.enumerated() {
                let number = numbers[column][cell] ?? Int32(numbers[column].count)
                numbers[column][cell] = number
                columns[column].values.append(number)
            }
            rowCount += 1
        }
        guard header != nil else {
            throw TrainingError.badTable(
                source: source, line: 1, reason: "got nothing, want the names of factors")
        }
        for index in columns.indices { columns[index].valueCount = numbers[index].count }
        factors = columns
    }

    /// The rows with these numbers, in this order; values keep their numbers.
    public func rows(_ indices: [Int]) -> FactorTable {
        var result = self
        result.rowCount = indices.count
        for column in factors.indices {
            result.factors[column].values = indices.map { factors[column].values[$0] }
        }
        return result
    }
}

/// The lines of a test file of the Unicode Character Database.
struct UnicodeFile {
    let name: String
    private let rows: [(number: Int, text: Substring)]

    /// Comments, which begin with #, and blank lines are left out.
    init(_ contents: [UInt8], name: String) {
        self.name = name
        let text = String(decoding: contents, as: UTF8.self)
        rows = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .compactMap { number, line in
                let row = line.prefix { $0 != "#" }
                return row.allSatisfy(\.isWhitespace) ? nil : (number + 1, row)
            }
    }

    /// Calls `body` with the fields between semicolons of each row, and a description of the row.
    func forEachRow(_ body: ([Substring], String) throws -> Void) throws {
        for (number, text) in rows {
            let fields = text.split(separator: ";", omittingEmptySubsequences: false)
            try body(fields, "line \(number): \(text.prefix(200))")
        }
    }

    func failure(_ row: String, _ reason: String) -> TokenizeError {
        let number = row.drop { !$0.isNumber }.prefix { $0.isNumber }
        return .malformedRecord(path: name, record: Int(number) ?? 0, byte: 0, reason: reason)
    }

    /// Scalars in hexadecimal, spaces between, as UTF-8.
    func text(_ field: Substring, _ row: String) throws -> [UInt8] {
        try field.split(separator: " ").flatMap { try bytes(of: $0, row) }
    }

    /// One scalar in hexadecimal, as UTF-8.
    func bytes(of digits: Substring, _ row: String) throws -> [UInt8] {
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw failure(row, "got \"\(digits.prefix(20))\", want a scalar in hexadecimal")
        }
        return Array(String(scalar).utf8)
    }
}

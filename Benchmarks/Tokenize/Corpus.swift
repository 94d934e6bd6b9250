import Foundation

/// A text held in memory.
struct Corpus {
    let name: String
    let bytes: [UInt8]

    init(path: String) throws {
        name = URL(fileURLWithPath: path).lastPathComponent
        bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    init(name: String, repeating unit: String, copies: Int) {
        self.name = name
        bytes = Array(repeatElement(Array(unit.utf8), count: copies).joined())
    }
}

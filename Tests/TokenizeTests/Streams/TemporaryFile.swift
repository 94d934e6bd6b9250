import Foundation

/// A file that is gone with the value that made it.
final class TemporaryFile {
    let path = NSTemporaryDirectory() + "/tokenize-\(UUID().uuidString)"

    init(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Text of all samples, line by line, over and over, with ill-formed bytes between.
func manyLines(_ byteCount: Int, seed: UInt64 = 3) -> [UInt8] {
    var generator = SeededGenerator(seed)
    var text: [UInt8] = []
    while text.count < byteCount {
        let sample = samples[Int.random(in: 0..<samples.count, using: &generator)]
        text += sample.utf8
        text += " w\(Int.random(in: 0..<2000, using: &generator)) ".utf8
        if UInt8.random(in: 0..<10, using: &generator) == 0 {
            text += illFormed[Int.random(in: 0..<illFormed.count, using: &generator)]
        }
        if Bool.random(using: &generator) { text.append(0x0A) }
    }
    return text
}

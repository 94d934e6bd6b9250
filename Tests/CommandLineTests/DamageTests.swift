import Foundation
import Testing

/// Models that are not as they were written.
@Suite struct DamageTests {
    private func damaged(
        _ file: String, _ change: (inout [UInt8]) -> Void
    ) throws -> (run: Command, scratch: Scratch) {
        let scratch = try Scratch()
        let copy = try scratch.copy(TinyModel.get().path, as: "model")
        var bytes = try scratch.read("model/" + file)
        change(&bytes)
        try scratch.write("model/" + file, bytes)
        return (try Command.run("sample", "--model", copy), scratch)
    }

    @Test func truncatedWeights() throws {
        for keep in [0, 7, 100, 5000] {
            let (run, _) = try damaged("model.safetensors") { $0 = Array($0.prefix(keep)) }
            run.expectError(65, saying: "model.safetensors")
        }
    }

    @Test func flippedBits() throws {
        for place in [3, 60, 4000, -1] {
            let (run, _) = try damaged("model.safetensors") { bytes in
                bytes[place < 0 ? bytes.count + place : place] ^= 0x10
            }
            run.expectError(65, saying: "model.safetensors")
        }
        let (run, _) = try damaged("tokenizer.json") { $0[$0.count / 2] ^= 0x01 }
        run.expectError(65, saying: "tokenizer.json")
    }

    @Test func anotherGrid() throws {
        for (key, other) in [("latent_count", "5"), ("category_count", "8")] {
            let (run, _) = try damaged("config.json") { bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                bytes = Array(
                    text.replacingOccurrences(of: "\"\(key)\": 4", with: "\"\(key)\": \(other)")
                        .utf8)
            }
            run.expectError(65, saying: "does not belong to the model", "copy config.json")
        }
    }

    @Test func unreadableConfig() throws {
        let (run, _) = try damaged("config.json") { $0 = Array($0.prefix(40)) }
        run.expectError(65, saying: "config.json")
    }

    @Test func missingFile() throws {
        let scratch = try Scratch()
        let copy = try scratch.copy(TinyModel.get().path, as: "model")
        for file in ["model.safetensors", "tokenizer.json", "config.json"] {
            try FileManager.default.removeItem(atPath: copy + "/" + file)
            try Command.run("sample", "--model", copy).expectError(66, saying: "it has no \(file)")
        }
    }
}

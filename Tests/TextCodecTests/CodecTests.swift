import DVAE
import Files
import Foundation
import SeqModel
import Tensors
import Testing
import TextCodec
import Tokenize

/// A model directory: written, read back, used, and refused when anything in it is wrong.
@Suite struct CodecTests {
    static let sentences = ["two dogs run", "a cat sits on the mat", "", "dogs 🐕 run\u{0301}"]

    /// A small untrained model on disk; its weights are a pure function of the seed.
    static func makeModel(latents: Int = 4, categories: Int = 8, seed: UInt64 = 1) throws -> String
    {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("textvae-codec-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        var trainer = try VocabularyTrainer(TokenizerSpec(level: .word), minimumFrequency: 1)
        for sentence in sentences {
            Array(sentence.utf8).withUnsafeBufferPointer { trainer.add($0) }
        }
        let tokenizer = try trainer.finish()
        let grid = "\"latent_count\": \(latents), \"category_count\": \(categories)"
        let config = """
            {"model": {\(grid), "code_embedding_size": 8, "condition_size": 16,
            "embedding_size": 12, "maximum_length": 20,
            "pooling": {"window_width": 1.5, "reads_tokens": true},
            "encoder": {"type": "gru", "hidden_size": 10, "layer_count": 1, "bidirectional": true, "dropout": 0.2},
            "decoder": {"type": "gru", "hidden_size": 14, "layer_count": 1, "attention_size": 8,
            "head_count": 2, "dropout": 0.2, "word_dropout": 0.25, "tied_softmax": true}}}
            """
        let directory = ModelDirectory(folder)
        try DurableFile.write(Array(config.utf8), to: directory.configPath)
        try tokenizer.write(to: directory.tokenizerPath)
        let model = try TextModel(
            directory.modelConfig(), tokens: TokenSpace(tokenizer), source: .seed(seed))
        try directory.writeWeights(of: model)
        return folder
    }

    /// The five lines of README.
    @Test func fiveLinesEncodeAndDecode() throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let codec = try Codec(directory: folder)
        let codes = try codec.encode(["two dogs run"])
        let line = codes[0].map(String.init).joined(separator: " ")
        let texts = try codec.decode(codes)
        #expect(line.split(separator: " ").count == 4)
        #expect(texts.count == 1)
    }

    @Test(arguments: [1, 3, 64]) func codesDoNotDependOnTheBatch(size: Int) throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let codec = try Codec(directory: folder)
        let records = (0..<50).map { Array(Self.sentences[$0 % 4].utf8) + Array(" \($0)".utf8) }
        codec.batchSize = size
        let codes = try codec.encode(records: records)
        codec.batchSize = 1
        for (index, record) in records.enumerated() {
            #expect(try codec.encode(records: [record])[0] == codes[index])
        }
    }

    @Test func aTooLongRecordIsNamed() throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let codec = try Codec(directory: folder)
        let long = String(repeating: "dogs ", count: 60)
        #expect {
            try codec.encode(["two", long])
        } throws: {
            "\($0)".hasPrefix("record 2 has ") && "\($0)".contains("at most 20")
        }
    }

    @Test func codesOfAnotherGridAreRefused() throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let codec = try Codec(directory: folder)
        let swapped = Codes(latentCount: 8, categoryCount: 4, rowCount: 1)
        #expect(throws: TextCodecError.self) { try codec.decode(swapped) }
    }

    @Test func aChangedGridInConfigIsRefused() throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = ModelDirectory(folder).configPath
        let text = try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(
                of: "\"latent_count\": 4, \"category_count\": 8",
                with: "\"latent_count\": 8, \"category_count\": 4")
        try DurableFile.write(Array(text.utf8), to: path)
        #expect(throws: TextCodecError.self) { try Codec(directory: folder) }
    }

    @Test func aTokenizerOfAnotherModelIsRefused() throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let other = try Tokenizer(spec: TokenizerSpec(level: .word), tokens: [Array("zebra".utf8)])
        try other.write(to: ModelDirectory(folder).tokenizerPath)
        #expect(throws: TextCodecError.self) { try Codec(directory: folder) }
    }

    @Test func everySampledBitOfTheWeightsIsGuarded() throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = ModelDirectory(folder).weightsPath
        let bytes = try DurableFile.read(path, maximumByteCount: 1 << 24)
        for place in stride(from: 0, to: bytes.count, by: bytes.count / 60) {
            var damaged = bytes
            damaged[place] ^= 1 << UInt8(place % 8)
            try DurableFile.write(damaged, to: path)
            #expect(throws: (any Error).self, "byte \(place)") { try Codec(directory: folder) }
        }
        try DurableFile.write(Array(bytes.dropLast()), to: path)
        #expect(throws: (any Error).self) { try Codec(directory: folder) }
    }

    @Test(arguments: Precision.allCases)
    func samplesDependOnSeedAndRowAlone(precision: Precision) throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let codec = try Codec(directory: folder)
        codec.precision = precision
        let all = try codec.sampleCodes(count: 20, seed: 5)
        #expect(try codec.sampleCodes(count: 8, seed: 5, firstRow: 12) == all.rows(12..<20))
        #expect(try codec.sampleCodes(count: 20, seed: 6) != all)
        let strategy = SearchStrategy.sample(SamplingOptions(temperature: 1))
        let texts = try codec.decode(all, strategy: strategy, seed: 3)
        codec.batchSize = 7
        #expect(try codec.decode(all, strategy: strategy, seed: 3) == texts)
        ThreadPool.setThreadCount(1)
        defer { ThreadPool.setThreadCount(2) }
        codec.batchSize = 1
        #expect(try codec.decode(all, strategy: strategy, seed: 3) == texts)
        #expect(
            try codec.decode(all.rows(12..<20), strategy: strategy, seed: 3, firstRow: 12)
                == Array(texts[12...]))
    }

    @Test func interpolationGoesFromEndToEnd() throws {
        let folder = try Self.makeModel()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let codec = try Codec(directory: folder)
        let ends = try Codes(
            validating: [[0, 1, 2, 3], [0, 5, 6, 7]], latentCount: 4, categoryCount: 8)
        let way = codec.interpolate(from: ends[0], to: ends[1], count: 4)
        #expect(way[0] == ends[0])
        #expect(way[3] == ends[1])
        for row in 1..<4 { #expect(Codes.hammingDistance(way[row - 1], way[row]) == 1) }
    }
}

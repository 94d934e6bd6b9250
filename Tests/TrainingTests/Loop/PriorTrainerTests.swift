import DVAE
import Foundation
import SeqModel
import Tensors
import Testing
import TextCodec
import Tokenize

@testable import Training

/// Priors learned over the codes of a model, and what the model does with them.
@Suite struct PriorTrainerTests {
    private let scratch: CorpusScratch
    private let directory: ModelDirectory
    private let lines = (0..<400).map { "\($0 % 5)\($0 / 5 % 4)\($0 / 20)" }

    /// An untrained model: its posterior is vague, but its codes are codes.
    init() throws {
        scratch = try CorpusScratch()
        directory = ModelDirectory(scratch.path("model"))
        try FileManager.default.createDirectory(
            atPath: directory.path, withIntermediateDirectories: true)
        var config = ExperimentConfig()
        config.model.latentCount = 4
        config.model.categoryCount = 5
        config.model.codeEmbeddingSize = 4
        config.model.conditionSize = 8
        config.model.embeddingSize = 8
        config.model.maximumLength = 20
        var encoder = GRUEncoder.Config()
        encoder.hiddenSize = 8
        config.model.encoder = .init(encoder)
        var decoder = GRUDecoder.Config()
        (decoder.hiddenSize, decoder.attentionSize, decoder.headCount) = (8, 8, 2)
        config.model.decoder = .init(decoder)
        try Data(config.configJSON()).write(to: URL(fileURLWithPath: directory.configPath))
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte))
        try tokenizer.write(to: directory.tokenizerPath)
        let model = try TextModel(
            config.model, tokens: TokenSpace(tokenizer), source: .seed(1))
        // Sharp posteriors, so that codes say something of each other.
        for parameter in model.parameters where parameter.name == "latent.posterior.weight" {
            parameter.value.assign(40, times: parameter.value)
            parameter.valueDidChange()
        }
        try directory.writeWeights(of: model)
    }

    private var config: PriorTrainingConfig {
        var config = PriorTrainingConfig()
        config.prior.hiddenSize = 16
        config.prior.dropout = 0
        config.steps = 120
        config.evaluationInterval = 40
        config.heldOutShare = 0.2
        config.learningRate.peak = 0.01
        config.learningRate.warmupSteps = 0
        return config
    }

    private func codes(_ codec: Codec) throws -> PriorCodes {
        let records = lines.map { Array($0.utf8) }
        let writer = try PriorCodesWriter(codec, config, folder: directory.path)
        // Parts of any size.
        try writer.add(Array(records[..<150]) + [[], [UInt8](repeating: 65, count: 60)])
        try writer.add(Array(records[150...]))
        let codes = try writer.finish()
        #expect(writer.skippedCount == 2 && codes.skippedCount == 2)
        return codes
    }

    private func train(
        _ codec: Codec, stop: Int? = nil
    ) throws -> (trainer: PriorTrainer, outcome: PriorTrainer.Outcome, kept: Int) {
        let trainer = try PriorTrainer(config, codes: try codes(codec))
        var (step, kept) = (0, 0)
        let digest = try directory.weightsDigest()
        let outcome = try trainer(
            shouldStop: {
                step += 1
                return step == stop
            },
            keep: {
                kept += 1
                try directory.writePrior($0, weights: digest)
            }, report: { _ in })
        return (trainer, outcome, kept)
    }

    /// Every record is on one side of the split with the draws of its own stream, and no file is left to be seen.
    @Test func codesOfRecords() throws {
        let codec = try Codec(directory: directory.path)
        let codes = try codes(codec)
        let sequences = lines.map { codec.tokenIDs(of: Array($0.utf8)) }
        let random = RandomStream(seed: config.seed, "prior codes")
        let draws = try codec.drawCodes(sequences: sequences, draws: 4) { random.stream($0) }
        var survey = HeldOutSplit.Survey(seed: config.seed)
        for line in lines { Array(line.utf8).withUnsafeBufferPointer { survey.add($0) } }
        let split = HeldOutSplit(survey, share: config.heldOutShare, limit: config.heldOutLimit)
        let isHeldOut = lines.map { Array($0.utf8).withUnsafeBufferPointer(split.holdsOut) }
        #expect(codes.heldOut == draws[0].rows(lines.indices.filter { isHeldOut[$0] }))
        let rest = lines.indices.filter { !isHeldOut[$0] }
        var counts = [Int](repeating: 0, count: 20)
        for draw in 0..<4 {
            let learned = draws[draw].rows(rest)
            #expect(try codes.training(rest.indices, draw: draw) == learned)
            for (place, code) in learned.values.enumerated() {
                counts[place % 4 * 5 + Int(code)] += 1
            }
        }
        #expect(codes.counts == counts)
        #expect(try codes.training([7, 3], draw: 2) == draws[2].rows([rest[7], rest[3]]))
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(files.sorted() == ["config.json", "model.safetensors", "tokenizer.json"])
    }

    /// Codes of two bytes each, and rows that fill more than one block.
    @Test(arguments: [(256, 3), (257, 3), (65_536, 40_000)])
    func codeFile(categories: Int, rows: Int) throws {
        let grid = CodeGrid(latentCount: 3, categoryCount: categories)
        let file = try CodeFile(in: directory.path, grid: grid, drawCount: 2)
        func row(_ index: Int) -> [Int32] {
            (0..<6).map { Int32((index * 7919 + $0 * 104_729 + categories - 1) % categories) }
        }
        for index in 0..<rows {
            try file.append(hash: UInt64(index) << 40 | 5, codes: row(index))
        }
        var seen = 0
        try file.forEachRow { index, hash, codes in
            if index != seen || hash != UInt64(index) << 40 | 5 || codes != row(index) {
                Issue.record("row \(index): \(hash), \(codes)")
            }
            seen += 1
        }
        #expect(seen == rows)
        #expect(try file.codes(row: rows - 1, draw: 1) == Array(row(rows - 1).suffix(3)))
    }

    @Test func learnsWhatTheCodesHaveInCommon() throws {
        let codec = try Codec(directory: directory.path)
        let codes = try codes(codec)
        #expect(codes.drawCount == 4)
        #expect(codes.trainingCount + codes.heldOut.rowCount == 400)
        let all = 0..<codes.trainingCount
        #expect(try codes.training(all, draw: 0) != codes.training(all, draw: 1))
        let (trainer, outcome, kept) = try train(codec)
        #expect(outcome == .finished && kept >= 1)
        let report = trainer.best
        #expect(abs(report.uniformNats - 4 * log(5)) < 1e-9)
        #expect(report.factorisedNats < report.uniformNats - 0.1)
        #expect(report.autoregressiveNats < report.factorisedNats - 0.1)
        // The same again, bit for bit.
        #expect(try train(codec).trainer.best == report)
    }

    @Test func theModelUsesIt() throws {
        let before = try Codec(directory: directory.path)
        #expect(before.model.prior is UniformPrior)
        #expect(throws: TextCodecError.noPrior("autoregressive")) {
            try before.sampleCodes(count: 1, seed: 1, prior: .autoregressive)
        }
        let uniform = try before.sampleCodes(count: 500, seed: 3)
        let trained = try train(before).trainer
        let codec = try Codec(directory: directory.path)
        #expect(codec.model.learnedPrior?.config == config.prior)
        let learned = try codec.sampleCodes(count: 500, seed: 3)
        #expect(learned == (try codec.sampleCodes(count: 500, seed: 3, prior: .autoregressive)))
        #expect(try codec.sampleCodes(count: 500, seed: 3, prior: .uniform) == uniform)
        let factorised = try codec.sampleCodes(count: 500, seed: 3, prior: .factorised)
        #expect(factorised != learned && factorised != uniform)
        #expect(
            try codec.sampleCodes(count: 20, seed: 3, firstRow: 480) == learned.rows(480..<500))
        // Its own samples are likelier under it than others.
        func nats(_ codes: Codes) throws -> Double {
            let prior = try #require(codec.model.prior)
            return -prior.logProbability(of: codes).reduce(0) { $0 + Double($1) } / 500
        }
        #expect(try nats(learned) < nats(factorised) && nats(factorised) < nats(uniform))
        let cool = try codec.sampleCodes(count: 500, seed: 3, temperature: 0.3)
        #expect(try nats(cool) < nats(learned))
        #expect(throws: TextCodecError.self) {
            try codec.sampleCodes(count: 1, seed: 3, temperature: 0)
        }
        // The kept file is the prior in memory.
        #expect(
            codec.model.learnedPrior?.parameters.map(\.shape)
                == trained.prior.parameters.map(\.shape))
    }

    /// KL(q ‖ p) = −H(q) − E log p(z): the evaluation's bound gains what the prior knows.
    @Test func evaluationUsesIt() throws {
        func report(_ codec: Codec) throws -> EvaluationReport {
            let evaluator = try Evaluator(
                codec.model, tokenizer: codec.tokenizer, options: EvaluationOptions())
            try evaluator.add(lines.prefix(64).map { codec.tokenIDs(of: Array($0.utf8)) })
            return evaluator.finish()
        }
        let before = try Codec(directory: directory.path)
        let uniform = try report(before)
        _ = try train(before)
        let learned = try report(Codec(directory: directory.path))
        #expect(learned.reconstructionNats == uniform.reconstructionNats)
        #expect(learned.klNats < uniform.klNats - 0.1)
        #expect(learned.elboNats > uniform.elboNats + 0.1)
        #expect(abs(learned.klPerLatent.reduce(0, +) - learned.klNats) < 1e-9)
    }

    @Test func aStopKeepsTheBest() throws {
        let codec = try Codec(directory: directory.path)
        let (trainer, outcome, kept) = try train(codec, stop: 3)
        #expect(outcome == .interrupted && kept == 1 && trainer.best.step == 3)
        #expect(try Codec(directory: directory.path).model.learnedPrior != nil)
    }

    @Test func aPriorOfOtherWeightsIsRefused() throws {
        let codec = try Codec(directory: directory.path)
        _ = try train(codec, stop: 1)
        for parameter in codec.model.parameters.prefix(1) { parameter.value[0] += 1 }
        try directory.writeWeights(of: codec.model)
        #expect(throws: TextCodecError.stalePrior(directory: directory.path)) {
            try Codec(directory: directory.path)
        }
        #expect(try Codec(directory: directory.path, ignoringPrior: true).latentCount == 4)
        // Damage is found as in any file.
        var bytes = try scratch.bytes(directory.priorPath)
        bytes[bytes.count - 1] ^= 1
        try scratch.write(bytes, as: "model/prior.safetensors")
        #expect(throws: (any Error).self) { try Codec(directory: directory.path) }
    }
}

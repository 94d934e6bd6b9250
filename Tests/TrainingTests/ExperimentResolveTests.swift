import DVAE
import SeqModel
import Testing
import Tokenize

@testable import Training

@Suite struct ExperimentResolveTests {
    @Test func standardPresetIsSmall() throws {
        let config = try ExperimentConfig.resolve()
        #expect(config == (try ExperimentConfig.resolve(preset: "small")))
        #expect(config.model.latentCount == 32)
        #expect(config.model.categoryCount == 32)
        #expect((config.model.encoder.component as? GRUEncoder.Config)?.hiddenSize == 256)
        #expect((config.model.decoder.component as? GRUDecoder.Config)?.hiddenSize == 512)
        #expect(config.training.batchSize == 64)
    }

    @Test(arguments: Preset.builtIn.map(\.name), TokenLevel.allCases)
    func presetsAreValid(name: String, level: TokenLevel) throws {
        let config = try ExperimentConfig.resolve(preset: name, level: level)
        #expect(config.problems == [])
        #expect(config.tokenizer.level == level)
        let isSpelled = level == .character || level == .byte
        #expect((config.model.maximumLength == 256) == isSpelled)
    }

    @Test func presetsDiffer() throws {
        let configs = try Preset.builtIn.map { try ExperimentConfig.resolve(preset: $0.name) }
        #expect(configs.map(\.model.latentCount) == [16, 32, 48])
        #expect(Preset.builtIn.map(\.name).contains(Preset.standardName))
        #expect(Preset.builtIn.allSatisfy { !$0.summary.isEmpty && !$0.summary.contains("\n") })
    }

    @Test func laterLayersWin() throws {
        let folder = try ExperimentFolder()
        let file = try folder.write(
            """
            model:
              latent_count: 20
              category_count: 8
            training: {steps: 70, batch_size: 2}
            """, "run.yaml")
        let config = try ExperimentConfig.resolve(
            preset: "tiny", file: file, sets: ["model.category_count=4", "training.steps=9"])
        #expect(config.model.latentCount == 20)
        #expect(config.model.categoryCount == 4)
        #expect(config.model.embeddingSize == 128)
        #expect(config.training.steps == 9)
        #expect(config.training.batchSize == 2)
    }

    @Test func presetsAdaptToTheLevelWhoeverSetsIt() throws {
        let folder = try ExperimentFolder()
        let file = try folder.write(
            #"{"tokenizer": {"level": "character"}, "model": {"embedding_size": 99}}"#, "run.json")
        let byFile = try ExperimentConfig.resolve(file: file)
        #expect(byFile.model.maximumLength == 256)
        #expect(byFile.model.embeddingSize == 99)
        let bySet = try ExperimentConfig.resolve(file: file, sets: ["tokenizer.level=word"])
        #expect(bySet.model.maximumLength == 128)
        let byFlag = try ExperimentConfig.resolve(level: .byte, sets: ["model.maximum_length=31"])
        #expect(byFlag.model.maximumLength == 31)
        #expect(byFlag.model.embeddingSize == 128)
    }

    @Test func componentsAreReplaced() throws {
        let alone = try ExperimentConfig.resolve(sets: ["objective.estimator.type=rloo"])
        #expect(alone.objective.estimator.component as? LeaveOneOut == LeaveOneOut())
        let config = try ExperimentConfig.resolve(
            sets: [
                "objective.estimator.sample_count=8", "objective.estimator.type=rloo",
                "optimizer.weight_decay=0.5", "optimizer.type=adamw", "objective.kl_weight=0.25",
            ])
        #expect((config.objective.estimator.component as? LeaveOneOut)?.sampleCount == 8)
        #expect((config.optimizer.component as? AdamW)?.weightDecay == 0.5)
        #expect(config.objective.klWeight == Ramp(0.25))
    }

    @Test func everyComponentCanBeChosen() throws {
        for type in EstimatorKind.builtIn.types {
            let config = try ExperimentConfig.resolve(
                sets: [
                    "objective.estimator.type=\(type)", "model.latent_count=2",
                    "model.category_count=4",
                ])
            #expect(config.objective.estimator.type == type)
        }
        for type in OptimizerKind.builtIn.types {
            let config = try ExperimentConfig.resolve(sets: ["optimizer.type=\(type)"])
            #expect(config.optimizer.type == type)
        }
    }

    @Test func everyProblemIsTold() throws {
        let folder = try ExperimentFolder()
        let file = try folder.write("training: {batchsize: 3, steps: 0}", "run.yml")
        let message = experimentMessage {
            try ExperimentConfig.resolve(
                preset: "huge", file: file,
                sets: [
                    "objective.estimator.type=reinmx", "learning_rate.shape=cosin",
                    "learning_rate.peak=fast", "tokenizer.locale=s v", "tokenizer.maximum_size=3",
                    "data.held_out_share=0.9", "optimizer.beta1=1",
                ])
        }
        let lines = (message ?? "").split(separator: "\n").map(String.init)
        let wanted = [
            "configuration: 10 problems",
            #"  unknown preset "huge"; known: tiny, small, base"#,
            "  training.batchsize: unknown key (did you mean \"batch_size\"?); known: batch_size, "
                + "batch_tokens, accumulation, steps, pretraining_steps, bag_of_words_weight, precision, gradient_clip_norm, "
                + "evaluation_interval, evaluation_sentences, save_interval, log_interval, keep_checkpoints (from \(file))",
            #"  objective.estimator.type: unknown estimator "reinmx" (did you mean "reinmax"?); known: "#
                + EstimatorKind.builtIn.types.joined(separator: ", ") + " (from --set)",
            #"  learning_rate.peak: got "fast", want a number (from --set)"#,
            #"  learning_rate.shape: got "cosin", want constant, cosine (did you mean "cosine"?)"#
                + " (from --set)",
            #"  tokenizer.locale: got "s v", want an ICU locale such as "sv" or "en_US"; "#
                + "leave it out for the root locale (from --set)",
            "  tokenizer.maximum_size: got 3, want 258 (special and byte tokens) or more (from --set)",
            "  optimizer.beta1: got 1.0, want at least 0 and less than 1 (from --set)",
            "  training.steps: got 0, want 1 … 100000000 (from \(file))",
            "  data.held_out_share: got 0.9, want 0.0 … 0.5 (from --set)",
        ]
        #expect(lines == wanted)
    }

    @Test func estimatorsAreCheckedAgainstTheGrid() throws {
        #expect(
            experimentMessage {
                try ExperimentConfig.resolve(sets: ["objective.estimator.type=exact"])
            }?.hasPrefix("configuration: objective.estimator.") == true)
        #expect(
            experimentMessage {
                try ExperimentConfig.resolve(sets: ["objective.estimator.sample_count=1"])
            }?.contains("unknown key") == true)
        let config = try ExperimentConfig.resolve(
            sets: [
                "objective.estimator.type=exact", "model.latent_count=2", "model.category_count=4",
            ])
        #expect(config.problems == [])
    }

    @Test(arguments: ["model.latent_count", "model.category_count"])
    func hugeGridsDoNotTrap(key: String) {
        for type in EstimatorKind.builtIn.types {
            let message = experimentMessage {
                try ExperimentConfig.resolve(
                    sets: ["\(key)=9223372036854775807", "objective.estimator.type=\(type)"])
            }
            #expect(message?.contains("\(key): got 9223372036854775807, want") == true)
        }
    }
}

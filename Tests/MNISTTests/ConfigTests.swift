import Configuration
import DVAE
import SeqModel
import Testing

@testable import mnist

/// Flags → settings.
@Suite struct ConfigTests {
    @Test func flagsReachTheirPlaces() throws {
        let config = try trainConfig(
            "--protocol", "seed", "--estimator", "reinforce", "--baseline=-125", "--latents", "24",
            "--categories", "4", "--rate", "7e-4", "--optimizer", "radam", "--epochs", "3",
            "--seed", "9", "--set", "batch_size=50")
        #expect(config.protocol == .seed)
        #expect((config.estimator.component as? Reinforce)?.baseline == .constant(-125))
        #expect((config.latentCount, config.categoryCount) == (24, 4))
        #expect((config.rate, config.batchSize, config.epochCount, config.seed) == (7e-4, 50, 3, 9))
        #expect(config.optimizer.type == "radam")
        #expect(config.estimatorText.hasPrefix("reinforce(baseline=-125.0"))
    }

    @Test func anEstimatorHasItsOwnDefaults() throws {
        #expect(try trainConfig().estimatorText == "reinmax(temperature=1.3)")
        #expect(
            try trainConfig("--estimator", "straight_through").estimatorText
                == "straight_through")
        #expect(
            try trainConfig("--estimator", "rloo", "--samples", "2").estimatorText
                == "rloo(sample_count=2)")
    }

    @Test(arguments: [
        (["--estimator", "reinmx"], "reinmax"),
        (["--estimator", "rloo", "--temperature", "1"], "temperature"),
        (["--temperature", "0.5"], "temperature"),
        (["--set", "kl_weight.start=-1"], "kl_weight.start: got -1"),
        (["--estimator", "exact", "--latents", "24"], "K^D"),
        (["--latents", "0"], "latent_count: got 0"),
        (["--categories", "1"], "category_count: got 1"),
        (["--epochs", "0"], "epoch_count: got 0"), (["--rate", "nan"], "rate"),
        (["--protocol", "sead"], "protocol"), (["--set", "latents=3"], "latents"),
    ])
    func nonsenseIsNamed(flags: [String], named: String) throws {
        let command = try TrainCommand.parse(flags + ["--data", "d", "--output", "o"])
        let error = #expect(throws: ConfigurationError.self) { try command.config() }
        #expect("\(try #require(error))".contains(named))
    }
}

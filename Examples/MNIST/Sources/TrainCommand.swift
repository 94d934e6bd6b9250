import ArgumentParser
import Configuration
import Files
import Foundation
import Tensors

/// Trains one model and logs every epoch.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train one model; a run that has ended is left alone.",
        discussion: """
            EXAMPLES:
              mnist train --data data/mnist --output run --estimator reinmax --temperature 1.3
              mnist train --data data/mnist --output run --protocol seed --estimator rloo --samples 2
            """)

    @Option(help: "seed (pixels drawn anew at every reading) or reinmax (grey targets).")
    var `protocol` = PixelReading.reinmax.rawValue

    @Option(help: "The gradient estimator, by its name in configurations.")
    var estimator = "reinmax"

    @Option(help: "D.")
    var latents = 4

    @Option(help: "K.")
    var categories = 8

    @Option(help: "The learning rate.")
    var rate: Float = 5e-4

    @Option(help: "The estimator's temperature, where it has one.")
    var temperature: Float?

    @Option(
        help: "Of reinforce: a number (nats of log p), batch, mode, moving_average or learned.")
    var baseline: String?

    @Option(help: "The draws of rloo and vimco.")
    var samples: Int?

    @Option(help: "The optimizer: adam, radam, …")
    var optimizer = "adam"

    @Option(help: "Passes over the training images.")
    var epochs = 160

    @Option(help: "The seed of everything drawn.")
    var seed: UInt64 = 1

    @Option(help: "Any other setting, key.path=value.")
    var set: [String] = []

    @Option(help: "The folder with the four IDX files, packed by gzip or not.")
    var data: String

    @Option(help: "The folder of the run.")
    var output: String

    @Option(help: "Threads that compute; results do not depend on it.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func run() throws {
        let config = try config()
        let folder = RunFolder(path: output)
        try folder.begin(config)
        guard !folder.isComplete else { return say("\(output): done before") }
        ThreadPool.setThreadCount(threads)
        let trainer = try DigitTrainer(
            config, train: try Digits(.train, folder: data), test: try Digits(.test, folder: data))
        let log = try FileSink(path: folder.logPath)
        let clock = ContinuousClock()
        for _ in 0..<config.epochCount {
            let start = clock.now
            let record = try trainer.runEpoch()
            let seconds = (clock.now - start) / .seconds(1)
            try log.write(try record.line() + [UInt8(ascii: "\n")])
            try log.flush()
            say(
                "epoch \(record.epoch): train \(figure(record.train.elbo)), "
                    + "test \(figure(record.test.elbo)), KL \(figure(record.test.kl)), "
                    + "\(figure(seconds)) s")
        }
        try log.close()
        try folder.save(trainer.model)
    }

    /// The flags as a configuration.
    func config() throws -> MNISTConfig {
        var layers = try ConfigurationLayers(defaults: MNISTConfig())
        func assign(_ flag: String, _ key: String, _ value: (some CustomStringConvertible)?) {
            if let value { layers.assign(["\(key)=\(value)"], from: flag) }
        }
        // A type other than the default brings its own defaults.
        layers.assign(["estimator.type=\(estimator)"], from: "--estimator")
        assign("--protocol", "protocol", Optional(`protocol`))
        assign("--latents", "latent_count", Optional(latents))
        assign("--categories", "category_count", Optional(categories))
        assign("--rate", "rate", Optional(rate))
        for end in ["start", "end"] {
            assign("--temperature", "estimator.temperature.\(end)", temperature)
        }
        assign("--baseline", "estimator.baseline", baseline)
        assign("--samples", "estimator.sample_count", samples)
        assign("--optimizer", "optimizer.type", Optional(optimizer))
        assign("--epochs", "epoch_count", Optional(epochs))
        assign("--seed", "seed", Optional(seed))
        layers.assign(set)
        return try layers.decode(MNISTConfig.self) { $0.problems }
    }

    private func figure(_ value: Double) -> String {
        String(format: "%.2f", value)
    }

    private func say(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}

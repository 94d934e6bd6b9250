import ArgumentParser
import Files
import Foundation
import Tensors

/// Draws a finished run.
struct FiguresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures",
        abstract: "Draw the bound's curve (SVG), reconstructions and one-latent traversals (PNG).",
        discussion: """
            EXAMPLES:
              mnist figures --run run --data data/mnist
            """)

    @OptionGroup
    var options: RunOptions

    @Option(help: "The folder for the figures; the run's own if not given.")
    var output: String?

    func run() throws {
        let folder = options.open()
        let (config, model) = (try folder.config(), try folder.model())
        let digits = try Digits(.test, folder: options.data)
        let output = output ?? folder.path
        try FileManager.default.createDirectory(
            atPath: output, withIntermediateDirectories: true)
        let curve = CurveFigure(
            title: "D=\(config.latentCount) K=\(config.categoryCount) \(config.estimatorText)",
            records: try EpochRecord.read(folder.logPath))
        try DurableFile.write(Array(curve.svg.utf8), to: output + "/elbo.svg")
        let random = RandomStream(seed: config.seed, "figures")
        let gallery = DigitGallery(model: model, reading: config.protocol)
        // The first test image of every digit that there is.
        let indices = (0...9).compactMap { digit in
            digits.labels.firstIndex { Int($0) == digit }
        }
        let reconstructions = gallery.reconstructions(
            of: digits, indices, using: random.stream("reconstructions"))
        try DurableFile.write(reconstructions.png, to: output + "/reconstructions.png")
        let tape = Tape(arena: Arena(), isRecording: false)
        let first = config.protocol.batch(
            digits, [0], using: random.stream("traversals"), in: tape.arena)
        let code = model.posterior(of: first, on: tape).mode()
        try DurableFile.write(gallery.traversals(of: code).png, to: output + "/traversals.png")
    }
}

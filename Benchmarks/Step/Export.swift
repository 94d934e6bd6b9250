import ArgumentParser
import DVAE
import Files
import SeqModel
import Tensors
import TextCodec

/// Writes one step with everything that goes in and comes out, so that another toolkit can repeat it.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write weights, batch, noise, loss and every gradient of one step.")

    @OptionGroup
    var workload: WorkloadOptions

    @Flag(help: "Sentences of 1 … T tokens instead of T.")
    var ragged = false

    @Option(help: "The seed of weights, batch and noise.")
    var seed: UInt64 = 1

    @Option(help: "The .safetensors file to write.")
    var output: String

    func run() throws {
        let model = try workload.model.makeModel(seed: seed)
        let batch = model.batch(
            workload.size.sizes.sequences(ragged: ragged, using: RandomStream(seed: seed, "batch")))
        let random = RandomStream(seed: seed, "step")
        var objective = Objective()
        objective.klWeight = Ramp(0.3)
        objective.freeBits = try medianKL(model, batch: batch, random: random)
        let tape = Tape(arena: Arena(), isRecording: true)
        let (bound, scores) = model.bound(
            of: batch, objective: objective, at: 0, using: random, on: tape)
        tape.backward(from: bound.loss)

        var file = SafeTensorsWriter(metadata: [
            ("model", try workload.model.json()), ("kl_weight", "\(bound.klWeight)"),
            ("free_bits", "\(objective.freeBits)"),
        ])
        for parameter in model.parameters {
            let shape = parameter.shape.array
            try file.add("value." + parameter.name, shape: shape, parameter.value.array)
            guard parameter.hasGradient else { continue }
            try file.add("gradient." + parameter.name, shape: shape, parameter.gradient.array)
        }
        try add(batch, to: &file)
        // The same stream as the objective hands its estimator, and so the same noise.
        var stream = random.stream("estimator")
        let (latents, categories) = (model.config.latentCount, model.config.categoryCount)
        let noise = tape.arena.tensor(Shape(batch.batchSize, latents, categories))
        stream.gumbel(into: noise)
        try file.add("noise", shape: noise.shape.array, noise.array)
        try file.add("loss", shape: [], [bound.loss.value[0]])
        try file.add("kl", shape: [latents], bound.klPerLatent)
        if let sequence = scores?.sequence.value {
            try file.add("log_likelihood", shape: sequence.shape.array, sequence.array)
        }
        try file.write(to: output)
    }

    /// A floor with half of the latents on either side.
    private func medianKL(_ model: TextModel, batch: TokenBatch, random: RandomStream) throws
        -> Float
    {
        let tape = Tape(arena: Arena(), isRecording: false)
        let posterior = try model.posterior(of: batch, using: random, on: tape)
        let kl = posterior.klDivergenceToUniform(on: tape).value
        let latents = posterior.latentCount
        let means = (0..<latents).map { latent in
            stride(from: latent, to: kl.count, by: latents).reduce(Float(0)) { $0 + kl[$1] }
                / Float(posterior.batchSize)
        }.sorted()
        return (means[latents / 2 - 1] + means[latents / 2]) / 2
    }

    /// The token ids, padded to `[B, T]` with 0, and the lengths.
    private func add(_ batch: TokenBatch, to file: inout SafeTensorsWriter) throws {
        let packing = batch.packing
        let shape = [packing.batchSize, packing.maximumLength]
        for (name, ids) in [("inputs", batch.inputs), ("targets", batch.targets)] {
            var padded = [Int32](repeating: 0, count: shape[0] * shape[1])
            for sequence in 0..<shape[0] {
                for time in 0..<Int(packing.lengths[sequence]) {
                    padded[sequence * shape[1] + time] =
                        ids[packing.row(sequence: sequence, time: time)]
                }
            }
            try file.add(name, shape: shape, padded)
        }
        try file.add("lengths", shape: [shape[0]], packing.lengths)
    }
}

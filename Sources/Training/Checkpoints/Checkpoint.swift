import DVAE
import Files
import Foundation
import SeqModel
import Tensors
import TextCodec

/// Everything that must be kept to go on bit for bit.
///
/// Randomness needs no state of its own: it is a function of (seed, stream, step).
struct TrainingState: Codable, Equatable {
    /// Steps done.
    var step = 0
    /// The next batch.
    var cursor = Cursor(epoch: 0, batch: 0)
    /// Updates the optimizer has made.
    var optimizerSteps = 0
    /// The lowest held-out loss so far, and where.
    var bestLoss: Double?
    var bestStep: Int?
    /// The open log window.
    var window = StepWindow()
    /// Bytes of `metrics.jsonl` that belong to the steps done.
    var metricsLength = 0
    /// Digest of the tokenised corpus.
    var corpusDigest = ""
    /// Seconds of training so far.
    var seconds = 0.0
    /// What the objective remembers.
    var objective = ObjectiveState.Memory()
}

/// A checkpoint folder: `model.safetensors`, `optimizer.safetensors`, `state.json` and a manifest
/// with their digests, written last; and `objective.safetensors` where the objective has parameters of its own.
///
/// It appears under its name by one rename, so one that bears the name is whole.
struct Checkpoint {
    let path: String
    let step: Int

    /// The checkpoints of a run, newest first.
    static func all(in run: RunDirectory) -> [Checkpoint] {
        let names =
            (try? FileManager.default.contentsOfDirectory(atPath: run.checkpointsPath)) ?? []
        return names.compactMap { name -> Checkpoint? in
            guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0 else {
                return nil
            }
            return Checkpoint(path: run.checkpointsPath + "/" + name, step: step)
        }.sorted { $0.step > $1.step }
    }

    /// Writes a checkpoint and removes those beyond the newest `keep`.
    static func write(
        _ state: TrainingState, model: TextModel, companion: TextObjectiveState,
        optimizer: any Optimizer, to run: RunDirectory, keep: Int
    ) throws -> Checkpoint {
        for parameter in model.parameters + companion.parameters
        where parameter.value.firstNonFinite != nil {
            throw TrainingError.nonFinite(
                step: state.step, quantity: "parameter " + parameter.name, losses: [],
                lastCheckpoint: all(in: run).first?.path)
        }
        let name =
            "step-" + String(repeating: "0", count: max(0, 9 - "\(state.step)".count))
            + "\(state.step)"
        let checkpoint = Checkpoint(path: run.checkpointsPath + "/" + name, step: state.step)
        if all(in: run).contains(where: { $0.step == state.step }) { return checkpoint }
        try DurableDirectory.publish(name, in: run.checkpointsPath) { folder in
            try run.model.writeWeights(of: model, to: folder + "/model.safetensors")
            try write(optimizer.state, to: folder + "/optimizer.safetensors")
            if !companion.parameters.isEmpty {
                try write(
                    companion.parameters.map { ($0.name, $0.value) },
                    to: folder + "/objective.safetensors")
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            try DurableFile.write([UInt8](encoder.encode(state)), to: folder + "/state.json")
        }
        for old in all(in: run).dropFirst(max(1, keep)) {
            try FileManager.default.removeItem(atPath: old.path)
        }
        return checkpoint
    }

    /// Reads the checkpoint into a model, what trains beside it and an optimizer of the same configuration.
    func restore(
        into model: TextModel, companion: TextObjectiveState, optimizer: any Optimizer
    ) throws -> TrainingState {
        _ = try DurableDirectory.verifyManifest(path)
        let weights = try SafeTensorsFile(path: path + "/model.safetensors", digest: .required)
        let moments = try SafeTensorsFile(path: path + "/optimizer.safetensors", digest: .required)
        let state: TrainingState
        do {
            let bytes = try DurableFile.read(path + "/state.json", maximumByteCount: 1 << 20)
            state = try JSONDecoder().decode(TrainingState.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw TrainingError.badCheckpoint(path: path, reason: "state.json: \(error)")
        }
        for parameter in model.parameters {
            try Self.fill(parameter.value, from: weights, named: parameter.name)
            parameter.valueDidChange()
        }
        if !companion.parameters.isEmpty {
            let values = try SafeTensorsFile(
                path: path + "/objective.safetensors", digest: .required)
            for parameter in companion.parameters {
                try Self.fill(parameter.value, from: values, named: parameter.name)
                parameter.valueDidChange()
            }
        }
        companion.objective.memory = state.objective
        for (name, tensor) in optimizer.state { try Self.fill(tensor, from: moments, named: name) }
        optimizer.stepCount = state.optimizerSteps
        return state
    }

    private static func write(_ tensors: [(name: String, tensor: Tensor)], to path: String) throws {
        var writer = SafeTensorsWriter()
        for (name, tensor) in tensors {
            try writer.add(name, shape: tensor.shape.array, UnsafeBufferPointer(tensor.buffer))
        }
        try writer.write(to: path)
    }

    private static func fill(_ tensor: Tensor, from file: SafeTensorsFile, named name: String)
        throws
    {
        let values = try file.float32(named: name, expecting: tensor.shape.array)
        if let base = values.baseAddress { tensor.pointer.update(from: base, count: tensor.count) }
    }
}

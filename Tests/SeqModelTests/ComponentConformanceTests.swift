import Foundation
import TestSupport
import Testing

@testable import SeqModel
@testable import Tensors

/// What every encoder and every decoder of the registries must do.
@Suite(.serialized) struct ComponentConformanceTests {
    static let encoders = EncoderKind.builtIn.types
    static let decoders =
        DecoderKind.builtIn.types + [ComponentSample.prefixed]
        + [GRUDecoder.Config.type, TransformerDecoder.Config.type].map {
            $0 + ComponentSample.paced
        }

    private func sample(
        _ encoder: String, _ decoder: String, dropout: Float = 0, tiedSoftmax: Bool = true,
        embeddingSize: Int = 20
    ) throws -> ComponentSample {
        let isPaced = decoder.hasSuffix(ComponentSample.paced)
        let name = isPaced ? String(decoder.dropLast(ComponentSample.paced.count)) : decoder
        return try ComponentSample(
            #require(ComponentSample.encoder(encoder, dropout: dropout)),
            #require(ComponentSample.decoder(name, dropout: dropout, tiedSoftmax: tiedSoftmax)),
            lengthCodeCount: isPaced ? 1 : 0, embeddingSize: embeddingSize)
    }

    @Test func defaultsAreValidAndDescribed() {
        for entry in EncoderKind.builtIn.entries {
            #expect(entry.makeDefault().problems.isEmpty && !entry.summary.isEmpty)
        }
        for entry in DecoderKind.builtIn.entries {
            #expect(entry.makeDefault().problems.isEmpty && !entry.summary.isEmpty)
        }
    }

    /// Every parameter's gradient along one direction of the whole model, against differences of the loss.
    @Test(arguments: encoders, decoders) func gradients(encoder: String, decoder: String) throws {
        for (tied, size) in [(true, 20), (false, 12)] {
            let model = try sample(encoder, decoder, tiedSoftmax: tied, embeddingSize: size)
            let batch = model.batch(model.sentences(6))
            let tape = Tape(arena: Arena(), isRecording: true)
            tape.backward(from: model(batch, on: tape).likelihood.sequence)
            func loss() -> Double {
                let tape = Tape(arena: Arena(), isRecording: false)
                return model(batch, on: tape).likelihood.sequence.value.sum()
            }
            for (index, parameter) in model.parameters.enumerated() where parameter.hasGradient {
                let values = parameter.doubles
                // Along the gradient itself, so that rounding stays small beside the difference.
                let gradient = parameter.gradient.array.map { Double($0) }
                let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let step = 4e-3 / max(1, norm.squareRoot())
                parameter.set(zip(values, gradient).map { $0 + step * $1 / max(norm, 1e-9) })
                let above = loss()
                parameter.set(zip(values, gradient).map { $0 - step * $1 / max(norm, 1e-9) })
                let below = loss()
                parameter.set(values)
                #expect(
                    abs((above - below) / (2 * step) - norm) < 0.02 * norm + 0.02,
                    "\(parameter.name) (\(index)): \((above - below) / (2 * step)), want \(norm)")
            }
        }
    }

    /// Only a condition that a decoder does not read leaves parameters without a gradient.
    @Test(arguments: decoders) func everyParameterLearns(decoder: String) throws {
        let model = try sample(GRUEncoder.Config.type, decoder)
        let tape = Tape(arena: Arena(), isRecording: true)
        tape.backward(
            from: model(model.batch(model.sentences(6)), on: tape).likelihood.sequence)
        let idle = model.parameters.filter { !$0.hasGradient }.map(\.name)
        #expect(idle.allSatisfy { $0.hasPrefix("condition.") })
    }

    /// The same bits for a sentence whatever stands beside it and on any number of threads.
    @Test(.enabled(if: Processor.hasAVX512), arguments: encoders, decoders)
    func sentencesDoNotFeelEachOther(encoder: String, decoder: String) throws {
        defer { ThreadPool.setThreadCount(ProcessInfo.processInfo.activeProcessorCount) }
        let model = try sample(encoder, decoder)
        let sentences = model.sentences(23)
        var expected: [(states: [[Float]], token: [Float])] = []
        for threads in [1, 2, 3] {
            ThreadPool.setThreadCount(threads)
            for size in [1, 2, 23] {
                for start in stride(from: 0, to: sentences.count, by: size) {
                    let part = Array(sentences[start..<min(start + size, sentences.count)])
                    let tape = Tape(arena: Arena(), isRecording: false)
                    let batch = model.batch(part)
                    let pass = model(batch, on: tape)
                    let lengths = batch.order.map { part[$0].count + 1 }
                    let width = pass.states.value.columns
                    let rows = (0..<batch.tokenCount).map {
                        pass.states.value.rows($0..<$0 + 1).array
                    }
                    let states = unpacked(rows, lengths: lengths)
                    let tokens = unpacked(pass.likelihood.token.array, lengths: lengths)
                    for (row, place) in batch.order.enumerated() {
                        if expected.count <= start + place {
                            expected.append((states[row], tokens[row]))
                            continue
                        }
                        let first = expected[start + place]
                        let what = "sentence \(start + place), batch \(size), \(threads) threads"
                        expectSameBits(
                            states[row].flatMap { $0 }, first.states.flatMap { $0 },
                            "states of \(width), \(what)")
                        expectSameBits(tokens[row], first.token, "log p, \(what)")
                    }
                }
            }
        }
    }

    /// Dropout acts on a training tape alone, and follows the stream it is given.
    @Test(arguments: encoders, decoders) func dropoutFollowsItsStream(
        encoder: String, decoder: String
    ) throws {
        let model = try sample(encoder, decoder, dropout: 0.3)
        let batch = model.batch(model.sentences(5))
        func value(_ step: Int, training: Bool) -> [[Float]] {
            let tape = Tape(arena: Arena(), isRecording: false, isTraining: training)
            let pass = model(batch, using: RandomStream(seed: 1, "dropout", step: step), on: tape)
            return [pass.states.value.array, pass.likelihood.token.array]
        }
        #expect(value(1, training: true) == value(1, training: true))
        let (first, second) = (value(1, training: true), value(2, training: true))
        #expect(first[0] != second[0] && first[1] != second[1])
        let evaluated = value(1, training: false)
        #expect(evaluated == value(2, training: false))
        #expect(evaluated[0] != first[0] && evaluated[1] != first[1])
        // Without dropout at all the same numbers come out.
        let plain = try sample(encoder, decoder)
        let tape = Tape(arena: Arena(), isRecording: true)
        #expect(plain(batch, on: tape).likelihood.token.array == evaluated[1])
    }

    /// A token at a time says the same as the whole sentence.
    @Test(arguments: decoders, [true, false]) func stepsEqualTeacherForcing(
        decoder: String, tiedSoftmax: Bool
    ) throws {
        let model = try sample(BagEncoder.Config.type, decoder, tiedSoftmax: tiedSoftmax)
        // Longer than the first room of a cache and the reach of a convolution.
        let sentences = (0..<3).map { index in
            sampleIndices(41, below: 29, seed: UInt64(index) + 70).map { $0 + 2 }
        }
        let tape = Tape(arena: Arena(), isRecording: false)
        let pass = model(model.batch(sentences), on: tape)
        let state = model.decoder.makeState(condition: pass.condition, on: tape)
        for time in 0...41 {
            let logits = state.step(sentences.map { time == 0 ? 0 : $0[time - 1] })
            for row in sentences.indices {
                let values = logits.rows(row..<row + 1).array.map { Double($0) }
                let target = time == 41 ? 1 : Int(sentences[row][time])
                let found = Double(pass.likelihood.token[time * 3 + row])
                #expect(
                    abs(Naive.logSoftmax(values)[target] - found) < 1e-5 * (1 + abs(found)),
                    "row \(row), time \(time)")
            }
        }
    }

    private func rows(_ condition: DecoderCondition, _ rows: [Int], _ arena: Arena)
        -> DecoderCondition
    {
        func part(_ variable: Variable) -> Variable {
            let result = arena.tensor(Shape(rows.count, variable.value.columns))
            for (place, row) in rows.enumerated() {
                result.rows(place..<place + 1).copy(from: variable.value.rows(row..<row + 1))
            }
            return Variable(constant: result)
        }
        let logLength = condition.logLength.map { all in
            arena.tensor(Shape(rows.count), rows.map { Double(all[$0]) })
        }
        return DecoderCondition(
            vector: part(condition.vector), codes: part(condition.codes), logLength: logLength)
    }

    /// Rows leave, move and repeat as if they had been so from the start; a batch equals its rows.
    @Test(.enabled(if: Processor.hasAVX512), arguments: decoders, Precision.allCases)
    func selectReordersAndRepeats(decoder: String, precision: Precision) throws {
        let model = try sample(BagEncoder.Config.type, decoder)
        let tape = Tape(arena: Arena(), isRecording: false)
        let condition = model(model.batch(model.sentences(4)), on: tape).condition
        func state(_ chosen: [Int]) -> any DecoderState {
            model.decoder.makeState(
                condition: rows(condition, chosen, tape.arena),
                on: Tape(arena: tape.arena, isRecording: false, precision: precision))
        }
        let selected = state([0, 1, 2, 3])
        let fresh = state([3, 1, 1])
        let alone = state([1])
        for time in 0..<3 {
            let token = Int32(5 + time)
            _ = selected.step([4, token, 6, 7])
            _ = fresh.step([7, token, token])
            _ = alone.step([token])
        }
        selected.select([3, 1, 1])
        for time in 0..<30 {
            let tokens: [Int32] = [8, 9, Int32(2 + time % 20)]
            let found = selected.step(tokens)
            expectSameBits(found.array, fresh.step(tokens).array, "time \(time)")
            expectSameBits(
                found.rows(2..<3).array, alone.step([tokens[2]]).array, "alone, time \(time)")
        }
        selected.select([2, 0])
        fresh.select([2])
        expectSameBits(
            selected.step([11, 12]).rows(0..<1).array, fresh.step([11]).array, "the last")
        selected.select([])
        #expect(selected.step([]).rows == 0)
    }

    /// Free-running rows follow their own condition and stream, however many run beside them.
    @Test(.enabled(if: Processor.hasAVX512), arguments: decoders)
    func searchesDoNotFeelEachOther(decoder: String) throws {
        let model = try sample(BagEncoder.Config.type, decoder)
        let tape = Tape(arena: Arena(), isRecording: false)
        let condition = model(model.batch(model.sentences(5)), on: tape).condition
        let root = RandomStream(seed: 4, "rows")
        let strategies: [SearchStrategy] = [
            .greedy, .sample(SamplingOptions()), .beam(width: 3, lengthPenalty: 0.7),
        ]
        for strategy in strategies {
            let search = Search(strategy: strategy, bos: 0, eos: 1, maximumLength: 20)
            let together = search(model.decoder.makeState(condition: condition, on: tape), count: 5)
            {
                root.stream($0)
            }
            for row in 0..<5 {
                let state = model.decoder.makeState(
                    condition: rows(condition, [row], tape.arena), on: tape)
                #expect(search(state, count: 1) { _ in root.stream(row) } == [together[row]])
            }
        }
    }

    /// What the backward pass reads lives as long as the tape may want it, and no longer.
    @Test(arguments: encoders, decoders)
    func theTapeKeepsItsBatch(encoder: String, decoder: String) throws {
        let model = try sample(encoder, decoder)
        let tape = Tape(arena: Arena(), isRecording: true)
        weak var batch: TokenBatch?
        func loss() -> Variable {
            let own = model.batch(model.sentences(6))
            batch = own
            return model(own, on: tape).likelihood.sequence
        }
        let sequence = loss()
        #expect(batch != nil)
        tape.backward(from: sequence)
        #expect(batch != nil)
        tape.reset()
        #expect(batch == nil)
    }

    /// Every pair learns eight sentences by heart.
    @Test(arguments: encoders, decoders) func memorises(encoder: String, decoder: String) throws {
        let model = try sample(encoder, decoder)
        let batch = model.batch(model.sentences(8))
        let optimizer = Adam.Config().makeOptimizer(model.parameters)
        let tape = Tape(arena: Arena(), isRecording: true)
        var losses: [Float] = []
        for _ in 0..<120 {
            tape.reset()
            for parameter in model.parameters { parameter.clearGradient() }
            let sequence = model(batch, on: tape).likelihood.sequence
            let loss = tape.scale(tape.sum(sequence), by: -1 / Float(batch.tokenCount))
            losses.append(loss.value[0])
            tape.backward(from: loss)
            optimizer.update(
                rate: 0.01,
                gradientScale: GradientNorm(of: model.parameters).scale(clippingAt: 5))
        }
        #expect(abs((losses.first ?? 0) - 3.43) < 0.8, "the start is near log V")
        #expect((losses.last ?? 9) < 0.5 * (losses.first ?? 0), "nats a token")
    }
}

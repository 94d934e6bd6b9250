import Tensors

/// All tokens of a sequence from one distribution that knows nothing but the condition (Zhao, Zhao and Eskenazi 2017,
/// arXiv 1703.10960): what a decoder that reads the tokens before cannot do for the codes, they must do here.
///
///     log p(bag | c) = Σ_t log softmax(W c + b)[x_t],  the end mark left out
public struct BagOfWords {
    private let output: Linear
    private let eos: Int32

    /// A head over conditions of `conditionSize` numbers.
    public init(
        conditionSize: Int, vocabularySize: Int, eos: Int32, in scope: ParameterScope
    ) throws {
        output = try Linear(conditionSize, vocabularySize, in: scope)
        self.eos = eos
    }

    /// log p of each sequence's bag, nats, `[B]` in packed order, for conditions `[B, C]`.
    public func callAsFunction(
        _ condition: Variable, batch: TokenBatch, on tape: Tape
    ) -> Variable {
        let logs = tape.logSoftmax(output(condition, on: tape))
        let vocabulary = logs.shape[1]
        let value = tape.arena.zeros(Shape(batch.batchSize))
        func forEachToken(_ body: (_ sequence: Int, _ place: Int) -> Void) {
            for row in 0..<batch.tokenCount where batch.targets[row] != eos {
                let sequence = Int(batch.packing.sequenceOfRow[row])
                body(sequence, sequence * vocabulary + Int(batch.targets[row]))
            }
        }
        forEachToken { value.pointer[$0] += logs.value.pointer[$1] }
        return tape.record(value) { [unowned tape] dy in
            let gradient = tape.arena.zeros(logs.shape)
            forEachToken { gradient.pointer[$1] += dy.pointer[$0] }
            tape.accumulate(gradient, into: logs)
        }
    }
}

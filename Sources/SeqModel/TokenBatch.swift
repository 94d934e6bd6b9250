import Tensors

/// A batch of token sequences, packed for an encoder and a decoder at once.
///
/// A sequence x₁ … xₙ has n + 1 rows. The encoder reads `targets` = x₁ … xₙ eos; the decoder reads `inputs` =
/// bos x₁ … xₙ and predicts `targets`. So the empty sequence is a sequence like any other.
public final class TokenBatch {
    /// The layout of both.
    public let packing: Packing

    /// The place in the caller's list of each packed sequence.
    public let order: [Int]

    /// What the decoder reads, `[N]`.
    public let inputs: UnsafeMutableBufferPointer<Int32>

    /// What the encoder reads and the decoder predicts, `[N]`.
    public let targets: UnsafeMutableBufferPointer<Int32>

    /// Packs sequences that hold neither `bos` nor `eos`.
    public init(_ sequences: [[Int32]], bos: Int32, eos: Int32) {
        // Swift's sort is stable, so equal lengths keep the caller's order on every run.
        order = sequences.indices.sorted { sequences[$0].count > sequences[$1].count }
        packing = Packing(lengths: order.map { sequences[$0].count + 1 })
        inputs = .allocate(capacity: packing.tokenCount)
        targets = .allocate(capacity: packing.tokenCount)
        for (row, source) in order.enumerated() {
            let sequence = sequences[source]
            for time in 0...sequence.count {
                let place = packing.row(sequence: row, time: time)
                inputs.initializeElement(at: place, to: time == 0 ? bos : sequence[time - 1])
                targets.initializeElement(
                    at: place, to: time == sequence.count ? eos : sequence[time])
            }
        }
    }

    deinit {
        inputs.deallocate()
        targets.deallocate()
    }

    /// B, the number of sequences.
    public var batchSize: Int { packing.batchSize }

    /// N, the number of predicted tokens, end marks included.
    public var tokenCount: Int { packing.tokenCount }

    /// Pointer to the encoder's tokens; a tape that records keeps the batch for its backward pass.
    func targets(on tape: Tape) -> UnsafePointer<Int32> {
        tape.keep(self)
        return TokenBatch.start(of: targets)
    }

    static func start(of buffer: UnsafeMutableBufferPointer<Int32>) -> UnsafePointer<Int32> {
        guard let base = buffer.baseAddress else {
            preconditionFailure("an empty batch has no rows")
        }
        return UnsafePointer(base)
    }
}

import CKernels
import Tensors

/// The storage of what a decoder's state keeps between steps: tensors whose first axis counts the sequences.
final class DecoderRows {
    /// R, the number of sequences.
    private(set) var count: Int
    /// Where they live.
    private(set) var storage: Arena
    /// Receives what is kept when rows are selected, and then becomes the storage.
    private var spare: Arena

    init(count: Int, beside arena: Arena) {
        self.count = count
        storage = arena.companion()
        spare = arena.companion()
    }

    /// A copy that stays until rows are selected.
    func kept(_ tensor: Tensor) -> Tensor {
        let result = storage.tensor(tensor.shape)
        result.copy(from: tensor)
        return result
    }

    /// The tokens of a step where operations can read them.
    func checked(_ tokens: [Int32], on tape: Tape) -> UnsafePointer<Int32> {
        precondition(tokens.count == count, "\(tokens.count) tokens for \(count) sequences")
        let copy = tape.arena.int32(tokens.count)
        for (index, token) in tokens.enumerated() { copy[index] = token }
        return TokenBatch.start(of: copy)
    }

    /// Keeps the given rows in the given order; `body` must replace every tensor kept by what the function it is
    /// given makes of it: the same tensor with these rows, `[R·n, …]` → `[R′·n, …]`.
    func select(_ rows: [Int], _ body: ((Tensor) -> Tensor) -> Void) {
        let index = rows.map { Int32($0) }
        let before = count
        spare.reset()
        body { tensor in
            let perRow = before == 0 ? tensor.columns : tensor.count / before
            let result = spare.tensor(Shape(rows.count, perRow))
            ck_gather_rows(
                result.pointer, tensor.pointer, index, Int64(rows.count), Int64(perRow), 0)
            return result.reshaped(
                Shape(rows.count * perRow / max(1, tensor.columns), tensor.columns))
        }
        count = rows.count
        swap(&storage, &spare)
    }
}

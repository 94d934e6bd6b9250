import CKernels
import Tensors

/// The keys and values of the tokens decoded so far, of one layer.
struct AttentionCache {
    private let headCount: Int
    private let headWidth: Int
    private let capacity: Int
    /// Tokens held.
    private(set) var count = 0
    /// For each sequence the heads one after the other, as the kernel lays them out.
    var storage: Tensor

    /// Room for `capacity` tokens of `rows` sequences.
    init(rows: Int, width: Int, headCount: Int, capacity: Int, in arena: Arena) {
        self.headCount = headCount
        headWidth = width / headCount
        self.capacity = capacity
        let size = Int(ck_attention_cache_size(Int64(headWidth), Int64(capacity)))
        storage = arena.tensor(Shape(rows, headCount * size))
    }

    /// Whether another token finds no room.
    var isFull: Bool { count == capacity }

    /// The same tokens with room for twice as many.
    func doubled(in arena: Arena) -> AttentionCache {
        var result = AttentionCache(
            rows: storage.rows, width: headCount * headWidth, headCount: headCount,
            capacity: 2 * capacity, in: arena)
        result.count = count
        var (old, new) = (form, result.form)
        ck_attention_cache_copy(&new, &old)
        return result
    }

    /// Takes up a token of each sequence and lets it attend to all so far: queries, keys and values `[R, 3H]` → `[R, H]`.
    mutating func attend(_ x: Variable, angles: RotaryAngles, on tape: Tape) -> Variable {
        precondition(!isFull, "the cache is full")
        let (width, stride) = (headCount * headWidth, Int64(x.value.columns))
        let tables = angles.tables(count + 1)
        let (cosines, sines) = (
            tables.cosines.pointer + count * headWidth / 2,
            tables.sines.pointer + count * headWidth / 2
        )
        var form = form
        let context = tape.arena.tensor(Shape(x.value.rows, width))
        let space = tape.arena.tensor(Shape(Int(ck_attention_step_workspace(&form))))
        ck_attention_append(
            &form, x.value.pointer + width, x.value.pointer + 2 * width, stride, Int64(count),
            cosines, sines)
        count += 1
        ck_attention_step(
            &form, context.pointer, x.value.pointer, stride, Int64(count), cosines, sines,
            space.pointer)
        return Variable(constant: context)
    }

    private var form: ck_attention_cache {
        ck_attention_cache(
            storage: storage.pointer, rows: Int64(storage.rows), heads: Int64(headCount),
            head_width: Int64(headWidth), capacity: Int64(capacity))
    }
}

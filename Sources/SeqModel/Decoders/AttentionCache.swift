import CKernels
import Tensors

/// Keys and values that one token of each sequence at a time attends to, of one layer: of the tokens decoded so far, or of
/// the codes.
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

    /// Takes up the next token of each sequence: queries, keys and values `[R, 3H]`.
    mutating func append(_ x: Tensor, angles: RotaryAngles) {
        precondition(!isFull, "the cache is full")
        let width = headCount * headWidth
        let (cosines, sines) = turn(count, angles)
        var form = form
        ck_attention_append(
            &form, x.pointer + width, x.pointer + 2 * width, Int64(x.columns), Int64(count),
            cosines, sines)
        count += 1
    }

    /// Takes up P keys and values of each sequence at once, the first ones and without positions: `[R·P, H]`.
    mutating func fill(keys: Tensor, values: Tensor) {
        let taken = keys.rows / max(1, storage.rows)
        precondition(count == 0 && taken <= capacity, "the cache is not empty, or full")
        var form = form
        ck_attention_fill(&form, keys.pointer, values.pointer, Int64(taken))
        count = taken
    }

    /// As ``append(_:angles:)``, and lets the token attend to all so far: `[R, 3H]` → `[R, H]`.
    mutating func attend(_ x: Variable, angles: RotaryAngles, on tape: Tape) -> Variable {
        append(x.value, angles: angles)
        return context(of: x, angles: angles, on: tape)
    }

    /// Lets one token of each sequence attend to all that is held: its query is the first H numbers of a row of x.
    ///
    /// With angles, the token is the last one held.
    func context(of x: Variable, angles: RotaryAngles? = nil, on tape: Tape) -> Variable {
        let turn = angles.map { self.turn(count - 1, $0) }
        var form = form
        let context = tape.arena.tensor(Shape(x.value.rows, headCount * headWidth))
        let space = tape.arena.tensor(Shape(Int(ck_attention_step_workspace(&form))))
        ck_attention_step(
            &form, context.pointer, x.value.pointer, Int64(x.value.columns), Int64(count),
            turn?.cosines, turn?.sines, space.pointer)
        return Variable(constant: context)
    }

    private func turn(_ position: Int, _ angles: RotaryAngles)
        -> (cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>)
    {
        let (tables, offset) = (angles.tables(position + 1), position * headWidth / 2)
        return (
            UnsafePointer(tables.cosines.pointer + offset),
            UnsafePointer(tables.sines.pointer + offset)
        )
    }

    private var form: ck_attention_cache {
        ck_attention_cache(
            storage: storage.pointer, rows: Int64(storage.rows), heads: Int64(headCount),
            head_width: Int64(headWidth), capacity: Int64(capacity))
    }
}

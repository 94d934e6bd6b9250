import Synchronization
import Tensors

/// The products W_i x of words with the input weights of a recurrent layer, kept from one use of a word to the next.
///
/// Words come again and again, and for a row of products or two reading the weights is all the work. Products are in fp32,
/// whatever the precision of decoding: what is kept has the bits of what would be computed anew, and is forgotten when table
/// or weights change. Threads may share it: one at a time adds words, and those that are there stay where they are.
final class WordProducts {
    private let embedding: Embedding
    private let weight: Parameter
    private let capacity: Int
    private let lock = Mutex(())
    private var storage: (arena: Arena, products: Tensor)?
    /// The row of each word, or -1.
    private var places: [Int32] = []
    private var count = 0
    private var versions = (-1, -1)

    /// Products of the words of a table with `weight`, `[G, E]`, of which at most `limit` numbers are kept.
    init(_ embedding: Embedding, weight: Parameter, limit: Int = 1 << 24) {
        self.embedding = embedding
        self.weight = weight
        capacity = min(embedding.weight.shape[0], limit / max(1, weight.shape[0]))
    }

    /// Products `[…, G]`, and the row of each of the tokens among them; no rows where token r has row r.
    ///
    /// Both hold until `arena` is reset or table or weights change.
    func callAsFunction(
        _ tokens: [Int32], arena: Arena
    ) -> (products: Tensor, rows: UnsafePointer<Int32>?) {
        // All that is guarded belongs to this object; the result only points into it.
        nonisolated(unsafe) var result: (products: Tensor, rows: UnsafePointer<Int32>?)?
        nonisolated(unsafe) let arena = arena
        lock.withLock { _ in result = find(tokens, arena: arena) }
        guard let result else { preconditionFailure("a lock did not run its body") }
        return result
    }

    private func find(
        _ tokens: [Int32], arena: Arena
    ) -> (products: Tensor, rows: UnsafePointer<Int32>?) {
        forgetIfStale()
        var missing: [Int32] = []
        for token in tokens where places[Int(token)] < 0 {
            guard count + missing.count < capacity else {
                for word in missing { places[Int(word)] = -1 }
                return (products(of: tokens, into: nil, arena: arena), nil)
            }
            places[Int(token)] = Int32(count + missing.count)
            missing.append(token)
        }
        let kept = keptProducts()
        if !missing.isEmpty {
            _ = products(
                of: missing, into: kept.rows(count..<count + missing.count), arena: arena)
            count += missing.count
        }
        let rows = arena.int32(tokens.count)
        for (row, token) in tokens.enumerated() { rows[row] = places[Int(token)] }
        return (kept, rows.baseAddress.map { UnsafePointer($0) })
    }

    private func products(of tokens: [Int32], into target: Tensor?, arena: Arena) -> Tensor {
        let table = embedding.weight.value
        let x = arena.tensor(Shape(tokens.count, table.columns))
        for (row, token) in tokens.enumerated() {
            x.rows(row..<row + 1).copy(from: table.rows(Int(token)..<Int(token) + 1))
        }
        let result = target ?? arena.tensor(Shape(tokens.count, weight.shape[0]))
        Matrix(result).assign(Matrix(x), timesTransposed: weight)
        return result
    }

    private func forgetIfStale() {
        let now = (embedding.weight.version, weight.version)
        guard versions != now else { return }
        versions = now
        count = 0
        places = Array(repeating: -1, count: embedding.weight.shape[0])
    }

    private func keptProducts() -> Tensor {
        if let storage { return storage.products }
        // The system gives memory to what is written, so the words that never come cost nothing.
        let size = capacity * weight.shape[0] * MemoryLayout<Float>.stride
        let arena = Arena(reserve: size + 4096)
        let products = arena.tensor(Shape(capacity, weight.shape[0]))
        storage = (arena, products)
        return products
    }
}

import CTokenIndex

/// How often each distinct byte string was seen.
///
/// The table is laid out for C, which counts many strings at a time: see `ctoken_counter`.
struct TypeCounts {
    private var memory: CounterMemory

    init(minimumCapacity: Int = 0) { memory = CounterMemory(capacity: minimumCapacity) }

    /// Forgets all types and keeps the memory.
    mutating func removeAll() {
        makeUnique()
        ctoken_counter_clear(memory.counter)
    }

    /// How many types there are; they are numbered in order of arrival.
    var count: Int { Int(memory.counter.pointee.count) }

    /// Occurrences of a type.
    func occurrences(of type: Int) -> UInt64 {
        withExtendedLifetime(memory) { $0.counter.pointee.types[type + 1].count }
    }

    /// Occurrences of each type.
    var counts: [UInt64] { (0..<count).map { occurrences(of: $0) } }

    /// Occurrences of all types.
    var total: UInt64 { (0..<count).reduce(0) { $0 &+ occurrences(of: $1) } }

    /// The bytes of a type.
    subscript(type: Int) -> [UInt8] { withBytes(of: type) { Array($0) } }

    /// Lends the bytes of a type.
    @inline(__always)
    func withBytes<Result>(of type: Int, _ body: (ByteSlice) throws -> Result) rethrows -> Result {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { bytes in
            guard let base = bytes.baseAddress else { return try body(ByteSlice(bytes)) }
            let length = withExtendedLifetime(memory) {
                ctoken_type_bytes($0.counter, UInt32(type), base)
            }
            return try body(ByteSlice(start: base, count: length))
        }
    }

    /// To be called before `add`: a table shared with a copy of this value is copied.
    mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&memory) { memory = CounterMemory(memory) }
    }

    /// Counts a string of 1 to 255 bytes.
    @inline(__always)
    mutating func add(_ bytes: ByteSlice, count: UInt64 = 1) {
        guard let base = bytes.baseAddress else { return }
        ctoken_count_one(memory.counter, base, bytes.count, bytes.count, count)
    }

    /// Counts the pieces of a text, none of them empty: piece i is bytes `starts[i]..<starts[i + 1]`.
    /// - Parameters:
    ///   - least: pieces of fewer bytes are not counted, only tallied, as are those above 255.
    ///   - isLines: whether a line feed that ends a piece is no part of it.
    @inline(__always)
    mutating func add(
        piecesOf text: ByteSlice, at starts: UnsafePointer<Int>, count: Int, least: Int,
        isLines: Bool = false, tally: inout ctoken_tally
    ) {
        guard let base = text.baseAddress else { return }
        ctoken_count_batch(
            memory.counter, base, text.count, starts, count, least, isLines ? 1 : 0, &tally)
    }

    /// Counts all that another has counted.
    mutating func add(_ other: TypeCounts) {
        makeUnique()
        withExtendedLifetime(other.memory) { ctoken_count_all(memory.counter, $0.counter) }
    }
}

extension TypeCounts {
    /// Types by count, descending, and among equals by bytes, ascending.
    ///
    /// The bytes make the order total, so it depends on nothing but what was counted.
    /// - Parameter limit: types behind the first so many may be left out.
    func ranked(minimumCount: UInt64 = 0, limit: Int = .max) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: count) { order, filled in
            guard let base = order.baseAddress else { return }
            filled = withExtendedLifetime(memory) {
                Int(ctoken_rank($0.counter, minimumCount, UInt64(max(0, limit)), base))
            }
        }
    }

    /// Splits the types in the `limit` first by rank and the numbers of the others, best first.
    func pruned(to limit: Int) -> (kept: TypeCounts, dropped: ArraySlice<UInt32>) {
        let order = ranked()
        var kept = TypeCounts(minimumCapacity: limit)
        for type in order.prefix(limit) {
            withBytes(of: Int(type)) { kept.add($0, count: occurrences(of: Int(type))) }
        }
        return (kept, order.dropFirst(limit))
    }

    /// Takes from a list those types each character of which is a byte of ASCII.
    /// - Parameter spaced: counts them by the character behind their space, if they begin with one
    ///   that is not all of them.
    func takeASCII(from types: inout [UInt32], spaced: UnsafeMutablePointer<UInt64>) {
        let left = types.withUnsafeMutableBufferPointer { types -> Int in
            guard let base = types.baseAddress else { return 0 }
            return withExtendedLifetime(memory) {
                ctoken_take_ascii($0.counter, base, types.count, spaced)
            }
        }
        types.removeLast(types.count - left)
    }
}

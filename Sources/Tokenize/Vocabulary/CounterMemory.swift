import CTokenIndex

/// Owns the table of a `TypeCounts`.
///
/// `@unchecked Sendable`: `TypeCounts` copies it before it writes what others can see.
final class CounterMemory: @unchecked Sendable {
    let counter = UnsafeMutablePointer<ctoken_counter>.allocate(capacity: 1)

    init(capacity: Int) { ctoken_counter_open(counter, UInt64(capacity)) }

    init(_ other: CounterMemory) { ctoken_counter_copy(counter, other.counter) }

    deinit {
        ctoken_counter_close(counter)
        counter.deallocate()
    }
}

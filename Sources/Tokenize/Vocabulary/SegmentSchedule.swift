/// Where a corpus is cut into the segments after each of which rare types may be dropped.
///
/// A segment ends at the first sure place at or after its size, which doubles from 64 KiB to 8 MiB:
/// the cuts are a function of the corpus alone. So are the types that are dropped, however many
/// threads count and however the bytes arrive.
struct SegmentSchedule {
    private(set) var size = 1 << 16
    private(set) var filled = 0

    /// How many bytes the segment still wants; 0 when it is full.
    var remaining: Int { max(0, size - filled) }

    mutating func fill(_ count: Int) { filled += count }

    mutating func startNext() {
        size = min(2 * size, 1 << 23)
        filled = 0
    }
}

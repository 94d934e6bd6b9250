import CTokenIndex
import Glibc

extension UnsafeBufferPointer<UInt8> {
    /// Where a byte stands first at or after `start`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard let baseAddress, start < count else { return nil }
        let found = memchr(baseAddress + start, Int32(byte), count - start)
        return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(baseAddress) }
    }

    /// Where a byte stands last.
    func lastIndex(of byte: UInt8) -> Int? {
        var index = count
        while index > 0 {
            index -= 1
            if self[index] == byte { return index }
        }
        return nil
    }

    /// How often a byte stands here.
    func occurrences(of byte: UInt8) -> Int {
        baseAddress.map { ctoken_count_byte($0, count, byte) } ?? 0
    }
}

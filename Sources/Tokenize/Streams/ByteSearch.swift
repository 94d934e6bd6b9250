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
        typealias Block = SIMD64<UInt8>
        guard let baseAddress else { return 0 }
        let bytes = UnsafeRawPointer(baseAddress)
        let wanted = Block(repeating: byte)
        var (found, offset) = (0, 0)
        while count - offset >= Block.scalarCount {
            // As many as a sum in one byte can take.
            let blocks = Swift.min((count - offset) / Block.scalarCount, Int(UInt8.max))
            var sums = Block.zero
            for _ in 0..<blocks {
                let block = bytes.loadUnaligned(fromByteOffset: offset, as: Block.self)
                sums &+= Block.zero.replacing(with: 1, where: block .== wanted)
                offset += Block.scalarCount
            }
            for lane in sums.indices { found += Int(sums[lane]) }
        }
        while offset < count {
            if self[offset] == byte { found += 1 }
            offset += 1
        }
        return found
    }
}

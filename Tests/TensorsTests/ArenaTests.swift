import Tensors
import TestSupport
import Testing

@Suite struct ArenaTests {
    /// Once the largest step has been seen, a thousand smaller ones of all shapes take nothing more.
    @Test func steadyStateAllocatesNothing() {
        let arena = Arena(reserve: 0)
        func step(_ sizes: [Int]) {
            arena.reset()
            for size in sizes { arena.tensor(Shape(size)).fill(1) }
        }
        let largest = [100_000, 3, 50_000, 1, 0, 77, 123_456]
        step(largest)
        step(largest)
        let capacity = arena.capacity
        for round in 0..<1000 {
            let shares = sampleValues(largest.count, seed: UInt64(round)).map { abs($0) }
            step(zip(largest, shares).map { Int(Double($0) * $1) })
            #expect(arena.capacity == capacity)
        }
        step(largest)
        #expect(arena.capacity == capacity)
    }

    @Test func buffersAreAlignedAndApart() {
        let arena = Arena(reserve: 0)
        var taken: [Range<UInt>] = []
        for round in 0..<300 {
            let count = round * 37 % 2000
            let address =
                round % 3 == 0
                ? UInt(bitPattern: arena.int32(count).baseAddress)
                : UInt(bitPattern: arena.tensor(Shape(count)).pointer)
            #expect(address % 64 == 0 && address != 0)
            taken.append(address..<address + UInt(4 * max(count, 1)))
        }
        let sorted = taken.sorted { $0.lowerBound < $1.lowerBound }
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
    }

    @Test func contentsStayWhileTheArenaGrows() {
        let arena = Arena(reserve: 0)
        let tensors = (0..<200).map { index in
            let tensor = arena.tensor(Shape(index + 1, 17))
            tensor.fill(Float(index))
            return tensor
        }
        for (index, tensor) in tensors.enumerated() {
            #expect(tensor.buffer.allSatisfy { $0 == Float(index) })
        }
    }

    @Test func zerosClearReusedMemory() {
        let arena = Arena()
        arena.tensor(Shape(500)).fill(.nan)
        arena.reset()
        #expect(arena.zeros(Shape(500)).buffer.allSatisfy { $0 == 0 })
    }

    /// Companions outlive a reset of the arena, are nobody else's while held, and are found again afterwards.
    @Test func companionsAreLentAgain() {
        let arena = Arena()
        var first: Arena? = arena.companion()
        let second = arena.companion()
        #expect(first !== second && first !== arena)
        let tensor = first?.tensor(Shape(1 << 20))
        tensor?.fill(3)
        second.tensor(Shape(1 << 20)).fill(4)
        arena.reset()
        #expect(tensor?.buffer.allSatisfy { $0 == 3 } == true)
        let size = first?.capacity
        first = nil
        let third = arena.companion()
        #expect(third !== second && third.capacity == size)
        third.tensor(Shape(1 << 20)).fill(5)
        #expect(third.capacity == size)
    }
}

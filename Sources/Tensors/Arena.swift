/// A bump allocator for everything that lives for one step.
///
/// `reset()` frees it all at once. The first steps grow the arena; when a reset finds more than one
/// block it replaces them by a single one of their total size, so the steady state allocates nothing.
public final class Arena {
    private var blocks: [UnsafeMutableRawBufferPointer] = []
    private var current = 0
    private var offset = 0
    private var companions: [Arena] = []

    /// An arena; `reserve` bytes are taken at once.
    public init(reserve: Int = 1 << 20) {
        blocks.append(Arena.allocate(reserve))
    }

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// The bytes held, used or not, without those of companions.
    public var capacity: Int { blocks.reduce(0) { $0 + $1.count } }

    /// Forgets everything handed out; no tensor of this arena may be used afterwards.
    public func reset() {
        if blocks.count > 1 {
            let total = capacity
            for block in blocks { block.deallocate() }
            blocks = [Arena.allocate(total)]
        }
        current = 0
        offset = 0
    }

    /// An arena for what must outlive a reset of this one: of those lent before, one that nobody holds any more, empty.
    ///
    /// Memory that was touched once need not be cleared again by the system.
    public func companion() -> Arena {
        for index in companions.indices where isKnownUniquelyReferenced(&companions[index]) {
            companions[index].reset()
            return companions[index]
        }
        let arena = Arena()
        companions.append(arena)
        return arena
    }

    /// An uninitialised tensor.
    public func tensor(_ shape: Shape) -> Tensor {
        Tensor(pointer: allocate(Float.self, count: shape.count), shape: shape)
    }

    /// A tensor filled with zeros.
    public func zeros(_ shape: Shape) -> Tensor {
        let result = tensor(shape)
        result.fill(0)
        return result
    }

    /// An uninitialised buffer of integers.
    public func int32(_ count: Int) -> UnsafeMutableBufferPointer<Int32> {
        UnsafeMutableBufferPointer(start: allocate(Int32.self, count: count), count: count)
    }

    /// An uninitialised buffer for packed bf16 numbers.
    func uint16(_ count: Int) -> UnsafeMutablePointer<UInt16> {
        allocate(UInt16.self, count: count)
    }

    /// Takes back, when `body` is done, what was handed out meanwhile: for what only a few products need.
    public func scratch<Result>(_ body: () throws -> Result) rethrows -> Result {
        let place = (current, offset)
        defer { (current, offset) = place }
        return try body()
    }

    private func allocate<Element>(
        _ type: Element.Type, count: Int
    ) -> UnsafeMutablePointer<Element> {
        let size =
            (max(count, 1) * MemoryLayout<Element>.stride + TensorMemory.alignment - 1)
            / TensorMemory.alignment * TensorMemory.alignment
        while offset + size > blocks[current].count {
            if current + 1 == blocks.count {
                blocks.append(Arena.allocate(max(size, capacity)))
            }
            current += 1
            offset = 0
        }
        let memory = UnsafeMutableRawBufferPointer(rebasing: blocks[current][offset...])
        offset += size
        guard let base = memory.baseAddress else { preconditionFailure("an arena block is empty") }
        return base.bindMemory(to: type, capacity: max(count, 1))
    }

    private static func allocate(_ size: Int) -> UnsafeMutableRawBufferPointer {
        TensorMemory.allocate(byteCount: max(size, 4096))
    }
}

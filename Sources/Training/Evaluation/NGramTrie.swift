/// Sequences of words up to a length, each a node below the node of all but its last word.
struct NGramTrie {
    /// The empty sequence.
    static let root: Int32 = 0

    private var children: [UInt64: Int32] = [:]
    /// The node of all but the last word.
    private(set) var parents: [Int32] = [0]
    /// The number of words.
    private(set) var lengths: [Int] = [0]

    /// The number of nodes, the root included.
    var count: Int { parents.count }

    /// The node of a sequence and one word more, if it is there.
    func child(of node: Int32, _ word: Int32) -> Int32? { children[Self.key(node, word)] }

    /// The node of a sequence and one word more, and whether it was made now.
    mutating func insert(_ word: Int32, below node: Int32) -> (node: Int32, isNew: Bool) {
        if let known = children[Self.key(node, word)] { return (known, false) }
        let new = Int32(parents.count)
        children[Self.key(node, word)] = new
        parents.append(node)
        lengths.append(lengths[Int(node)] + 1)
        return (new, true)
    }

    /// The node of a sequence, if it is there.
    func node(of words: ArraySlice<Int32>) -> Int32? {
        var node = Self.root
        for word in words {
            guard let next = child(of: node, word) else { return nil }
            node = next
        }
        return node
    }

    private static func key(_ node: Int32, _ word: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: word))
    }
}

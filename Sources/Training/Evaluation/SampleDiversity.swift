import Foundation

/// How much samples repeat themselves and each other.
struct SampleDiversity {
    /// BLEU-4 of each sample with all the others as its references, one score over all (Zhu, Lu, Zheng, Guo, Zhang, Wang
    /// and Yu 2018, arXiv 1802.01886, whose score is a mean over some of them): 1 when every one has a double.
    let selfBLEU: Double
    /// For n = 1 … 4 the share of n-grams that are the first of their kind.
    let distinct: [Double]

    /// The samples as words; begin and end marks left out.
    init(_ samples: [[Int32]]) {
        var trie = NGramTrie()
        // Of each n-gram the greatest count in a sample, which sample that is, and the greatest count in any other.
        var best: [(count: Int, owner: Int, second: Int)] = [(0, -1, 0)]
        let counted = samples.enumerated().map { index, words in
            let counts = Self.counts(of: words, &trie)
            while best.count < trie.count { best.append((0, -1, 0)) }
            for (node, count) in counts {
                let known = best[node]
                if count > known.count {
                    best[node] = (count, index, known.count)
                } else if count > known.second {
                    best[node].second = count
                }
            }
            return counts
        }
        var (matches, totals) = ([0, 0, 0, 0], [0, 0, 0, 0])
        for (index, counts) in counted.enumerated() {
            for (node, count) in counts {
                let order = trie.lengths[node] - 1
                let elsewhere = best[node].owner == index ? best[node].second : best[node].count
                matches[order] += min(count, elsewhere)
                totals[order] += count
            }
        }
        var kinds = [0, 0, 0, 0]
        for node in 1..<max(1, trie.count) { kinds[trie.lengths[node] - 1] += 1 }
        distinct = zip(kinds, totals).map { $1 > 0 ? Double($0) / Double($1) : 0 }
        let lengths = samples.map(\.count)
        let (own, nearest) = (lengths.reduce(0, +), Self.nearestOthers(lengths).reduce(0, +))
        guard matches.allSatisfy({ $0 > 0 }), own > 0 else {
            selfBLEU = 0
            return
        }
        let precision = zip(matches, totals).reduce(0.0) {
            $0 + log(Double($1.0) / Double($1.1)) / 4
        }
        selfBLEU = exp(min(0, 1 - Double(nearest) / Double(own)) + precision)
    }

    /// How often each n-gram of a sample occurs in it, n = 1 … 4, in order of nodes.
    private static func counts(
        of words: [Int32], _ trie: inout NGramTrie
    ) -> [(node: Int, count: Int)] {
        var nodes: [Int] = []
        for start in words.indices {
            var node = NGramTrie.root
            for word in words[start...].prefix(4) {
                node = trie.insert(word, below: node).node
                nodes.append(Int(node))
            }
        }
        nodes.sort()
        var counts: [(node: Int, count: Int)] = []
        for node in nodes {
            if let last = counts.last, last.node == node {
                counts[counts.count - 1].count += 1
            } else {
                counts.append((node, 1))
            }
        }
        return counts
    }

    /// For each length the nearest one of another sample, the shorter of equals.
    private static func nearestOthers(_ lengths: [Int]) -> [Int] {
        guard lengths.count > 1 else { return lengths.map { _ in 0 } }
        let sorted = lengths.sorted()
        return lengths.map { length in
            // The place of the first one of its length; its double, if there is one, follows.
            var (low, high) = (0, sorted.count)
            while low < high {
                let middle = (low + high) / 2
                if sorted[middle] < length { low = middle + 1 } else { high = middle }
            }
            let below = low > 0 ? sorted[low - 1] : nil
            let above = low + 1 < sorted.count ? sorted[low + 1] : nil
            guard let below else { return above ?? 0 }
            guard let above else { return below }
            return length - below <= above - length ? below : above
        }
    }
}

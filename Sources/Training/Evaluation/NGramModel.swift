import Foundation

/// Interpolated Kneser-Ney (Kneser and Ney 1995; Chen and Goodman 1998): how probable a text is for a corpus.
///
///     p(w | h) = max(a(h w) − D, 0) / A(h)  +  D N(h) / A(h) · p(w | h′),      p(w) ends at the uniform 1/V
///
/// a is the count of the longest sequences and of those that begin a sentence, and the number of distinct words before it
/// for all others; A(h) = Σ_w a(h w), N(h) = the number of w that follow h, h′ is h without its first word, and
/// D = n₁ / (n₁ + 2 n₂) for each length, nᵢ being how many sequences of that length have a = i.
public struct NGramModel: Sendable {
    /// The longest sequence counted.
    public let order: Int
    /// V.
    public let vocabularySize: Int

    private let trie: NGramTrie
    private let counts: [Int]
    private let totals: [Int]
    private let followers: [Int]
    private let discounts: [Double]

    /// Counts sentences as ``NGramVocabulary/sentence(_:)`` gives them.
    public init(_ sentences: [[Int32]], order: Int, vocabularySize: Int) {
        self.order = order
        self.vocabularySize = vocabularySize
        var trie = NGramTrie()
        var counts = [0]
        for sentence in sentences where sentence.count > 1 {
            if trie.insert(sentence[0], below: NGramTrie.root).isNew { counts.append(0) }
            for last in 1..<sentence.count {
                var suffix: Int32?
                for length in 1...min(order, last + 1) {
                    let first = last - length + 1
                    // Its beginning was an event one word earlier.
                    guard let history = trie.node(of: sentence[first..<last]) else { break }
                    let (node, isNew) = trie.insert(sentence[last], below: history)
                    if isNew { counts.append(0) }
                    if length == order || first == 0 { counts[Int(node)] += 1 }
                    if isNew, let suffix { counts[Int(suffix)] += 1 }
                    suffix = node
                }
            }
        }
        var totals = [Int](repeating: 0, count: trie.count)
        var followers = totals
        var ones = [Int](repeating: 0, count: order + 1)
        var twos = ones
        for node in 1..<max(1, trie.count) where counts[node] > 0 {
            let parent = Int(trie.parents[node])
            totals[parent] += counts[node]
            followers[parent] += 1
            if counts[node] == 1 { ones[trie.lengths[node]] += 1 }
            if counts[node] == 2 { twos[trie.lengths[node]] += 1 }
        }
        // Without sequences seen once nothing would be left for those never seen.
        discounts = zip(ones, twos).map { $0 > 0 ? Double($0) / Double($0 + 2 * $1) : 0.5 }
        (self.trie, self.counts, self.totals, self.followers) = (trie, counts, totals, followers)
    }

    /// p(word | the words before it); only the last `order` − 1 count.
    public func probability(of word: Int32, after history: ArraySlice<Int32>) -> Double {
        let known = history.suffix(order - 1)
        var probability = 1 / Double(vocabularySize)
        for length in 0...known.count {
            guard let node = trie.node(of: known.suffix(length)), totals[Int(node)] > 0 else {
                break
            }
            let (total, discount) = (Double(totals[Int(node)]), discounts[length + 1])
            let count = trie.child(of: node, word).map { Double(counts[Int($0)]) } ?? 0
            probability =
                max(0, count - discount) / total
                + discount * Double(followers[Int(node)]) / total * probability
        }
        return probability
    }

    /// exp of −log p per word, end marks included; nil without sentences.
    public func perplexity(of sentences: [[Int32]]) -> Double? {
        var (sum, count) = (0.0, 0)
        for sentence in sentences {
            for place in 1..<max(1, sentence.count) {
                sum -= log(probability(of: sentence[place], after: sentence[..<place]))
                count += 1
            }
        }
        return count > 0 ? exp(sum / Double(count)) : nil
    }
}

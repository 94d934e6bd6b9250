import Tensors

/// Runs a decoder freely until every sequence has ended.
public struct Search {
    /// How tokens are chosen.
    public var strategy: SearchStrategy
    /// The start mark, which is never produced.
    public var bos: Int32
    /// The end mark, which ends a sequence and is not part of it.
    public var eos: Int32
    /// The longest sequence; one that reaches it is cut there.
    public var maximumLength: Int

    /// A search.
    public init(strategy: SearchStrategy, bos: Int32, eos: Int32, maximumLength: Int) {
        self.strategy = strategy
        self.bos = bos
        self.eos = eos
        self.maximumLength = maximumLength
    }

    /// One sequence for each of the state's `count` rows.
    ///
    /// - Parameter random: the stream of each row, used by `sample` only. A row's result depends on its own stream and
    ///   condition, not on its neighbours.
    public func callAsFunction(
        _ state: any DecoderState, count: Int, random: (Int) -> RandomStream
    ) -> [[Int32]] {
        guard count > 0 else { return [] }
        switch strategy {
        case .greedy:
            return run(state, count: count) { _, logits in logits.indexOfLargest }
        case .sample(let options):
            let sampler = TokenSampler(options)
            var streams = (0..<count).map(random)
            return run(state, count: count) { sampler.draw(from: $1, using: &streams[$0]) }
        case .beam(let width, let penalty):
            return BeamSearch(search: self, width: max(1, width), lengthPenalty: penalty)
                .run(state, count: count)
        }
    }

    private func run(
        _ state: any DecoderState, count: Int,
        choose: (Int, UnsafeMutableBufferPointer<Float>) -> Int
    ) -> [[Int32]] {
        var results = [[Int32]](repeating: [], count: count)
        var alive = Array(0..<count)
        var tokens = [Int32](repeating: bos, count: count)
        for _ in 0..<maximumLength {
            let logits = state.step(tokens)
            var keep: [Int] = []
            var next: [Int32] = []
            for (place, row) in alive.enumerated() {
                let own = logits.rows(place..<place + 1).buffer
                own[Int(bos)] = -.infinity
                let token = Int32(choose(row, own))
                guard token != eos else { continue }
                results[row].append(token)
                keep.append(place)
                next.append(token)
            }
            if keep.isEmpty { break }
            if keep.count < alive.count {
                state.select(keep)
                alive = keep.map { alive[$0] }
            }
            tokens = next
        }
        return results
    }
}

extension UnsafeMutableBufferPointer<Float> {
    /// The first index of the largest element.
    var indexOfLargest: Int {
        var best = 0
        for index in indices.dropFirst() where self[index] > self[best] { best = index }
        return best
    }
}

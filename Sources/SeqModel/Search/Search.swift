import CKernels
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
            return run(state, count: count) { logits, _, tokens in
                ck_argmax_sum(
                    &tokens, logits.pointer, nil, Int64(logits.rows), Int64(logits.columns))
            }
        case .sample(let options):
            var sampler = TokenSampler(options)
            var streams = (0..<count).map(random)
            return run(state, count: count) { logits, rows, tokens in
                sampler.draw(from: logits, rows: rows, using: &streams, into: &tokens)
            }
        case .beam(let width, let penalty):
            return BeamSearch(search: self, width: max(1, width), lengthPenalty: penalty)
                .run(state, count: count)
        }
    }

    /// Every row token by token; a row that ends leaves the batch.
    ///
    /// - Parameter choose: writes the tokens that follow from logits, given the rows they belong to.
    private func run(
        _ state: any DecoderState, count: Int, choose: (Tensor, [Int], inout [Int32]) -> Void
    ) -> [[Int32]] {
        var results = [[Int32]](repeating: [], count: count)
        var alive = Array(0..<count)
        var tokens = [Int32](repeating: bos, count: count)
        var keep: [Int] = []
        keep.reserveCapacity(count)
        for _ in 0..<maximumLength {
            let logits = state.step(tokens)
            for row in 0..<logits.rows {
                logits.pointer[row * logits.columns + Int(bos)] = -.infinity
            }
            choose(logits, alive, &tokens)
            keep.removeAll(keepingCapacity: true)
            for (place, row) in alive.enumerated() where tokens[place] != eos {
                results[row].append(tokens[place])
                alive[keep.count] = row
                tokens[keep.count] = tokens[place]
                keep.append(place)
            }
            if keep.isEmpty { break }
            if keep.count < alive.count {
                alive.removeLast(alive.count - keep.count)
                tokens.removeLast(tokens.count - keep.count)
                state.select(keep)
            }
        }
        return results
    }
}

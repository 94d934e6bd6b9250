import CKernels
import Foundation
import Tensors

/// Keeps the `width` best beginnings of each sequence at every step.
struct BeamSearch {
    let search: Search
    let width: Int
    let lengthPenalty: Float

    private struct Beam {
        var tokens: [Int32]
        var logProbability: Double
        /// The row of the decoder's state that continues it.
        var row: Int
    }

    private struct Candidate {
        let beam: Int
        let token: Int32
        let logProbability: Double
    }

    private func score(_ beam: Beam) -> Double {
        // The end mark counts, so the empty sequence has length 1.
        beam.logProbability / pow(Double(beam.tokens.count + 1), Double(lengthPenalty))
    }

    func run(_ state: any DecoderState, count: Int) -> [[Int32]] {
        var alive = (0..<count).map { [Beam(tokens: [], logProbability: 0, row: $0)] }
        var finished = [Beam?](repeating: nil, count: count)
        for _ in 0..<search.maximumLength {
            let rows = alive.flatMap { $0 }
            guard !rows.isEmpty else { break }
            let logits = state.step(rows.map { $0.tokens.last ?? search.bos })
            for row in 0..<logits.rows {
                logits.pointer[row * logits.columns + Int(search.bos)] = -.infinity
            }
            ck_log_softmax(
                logits.pointer, logits.pointer, Int64(logits.rows), Int64(logits.columns))
            var parents: [Int] = []
            for index in alive.indices where !alive[index].isEmpty {
                let (open, ended) = extend(alive[index], logProbabilities: logits)
                for beam in ended where finished[index].map({ score($0) < score(beam) }) ?? true {
                    finished[index] = beam
                }
                // No open beam can win once its score, which only more tokens could change, is beaten.
                let bound = finished[index].map(score) ?? -.infinity
                alive[index] = open.filter { lengthPenalty > 0 || score($0) > bound }
            }
            for index in alive.indices {
                for place in alive[index].indices {
                    parents.append(alive[index][place].row)
                    alive[index][place].row = parents.count - 1
                }
            }
            state.select(parents)
        }
        return (0..<count).map { index in
            let open = alive[index].max { score($0) < score($1) }
            return (finished[index] ?? open)?.tokens ?? []
        }
    }

    /// The best continuations of the beams of one sequence: those still open and those that ended.
    private func extend(_ beams: [Beam], logProbabilities: Tensor) -> (open: [Beam], ended: [Beam])
    {
        var candidates: [Candidate] = []
        for (index, beam) in beams.enumerated() {
            let row = logProbabilities.rows(beam.row..<beam.row + 1).buffer
            // An impossible token is no continuation, even where fewer than 2 · width are possible.
            for token in best(of: row) where row[token] > -.infinity {
                candidates.append(
                    Candidate(
                        beam: index, token: Int32(token),
                        logProbability: beam.logProbability + Double(row[token])))
            }
        }
        candidates.sort {
            ($0.logProbability, $1.beam, $1.token) > ($1.logProbability, $0.beam, $0.token)
        }
        var (open, ended): ([Beam], [Beam]) = ([], [])
        for candidate in candidates.prefix(2 * width) where open.count < width {
            var beam = beams[candidate.beam]
            beam.logProbability = candidate.logProbability
            if candidate.token == search.eos {
                ended.append(beam)
            } else {
                beam.tokens.append(candidate.token)
                open.append(beam)
            }
        }
        return (open, ended)
    }

    /// The indices of the 2 · width largest logits: enough for `width` open beams beside ended ones.
    private func best(of row: UnsafeMutableBufferPointer<Float>) -> [Int] {
        var top: [Int] = []
        let limit = min(2 * width, row.count)
        for index in row.indices {
            if top.count == limit, let last = top.last, row[index] <= row[last] { continue }
            let place = top.firstIndex { row[$0] < row[index] } ?? top.count
            top.insert(index, at: place)
            if top.count > limit { top.removeLast() }
        }
        return top
    }
}

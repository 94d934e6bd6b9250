import Tensors

extension TokenBatch {
    /// The decoder's inputs; in training a share `rate` of previous tokens is replaced by `bos`.
    ///
    /// It then reads "not told", so that the decoder must use its condition (Bowman et al. 2016, arXiv 1511.06349).
    func inputs(
        hiding rate: Float, bos: Int32, using random: RandomStream, on tape: Tape
    ) -> UnsafePointer<Int32> {
        tape.keep(self)
        let tokens = TokenBatch.start(of: inputs)
        guard tape.isTraining, rate > 0 else { return tokens }
        var random = random
        let uniform = tape.arena.tensor(Shape(tokenCount))
        random.uniform(into: uniform)
        let kept = tape.arena.int32(tokenCount)
        for row in 0..<tokenCount { kept[row] = uniform.pointer[row] < rate ? bos : tokens[row] }
        return TokenBatch.start(of: kept)
    }
}

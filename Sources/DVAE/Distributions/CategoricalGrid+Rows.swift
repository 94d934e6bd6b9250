import Tensors

extension CategoricalGrid {
    /// A draw from each distribution, that of example b by `random(b)`: it does not depend on the batch.
    public func sample(on tape: Tape, random: (Int) -> RandomStream) -> Codes {
        let noise = tape.arena.tensor(logits.shape)
        let cells = latentCount * categoryCount
        for example in 0..<batchSize {
            var stream = random(example)
            stream.gumbel(
                into: Tensor(pointer: noise.pointer + example * cells, shape: Shape(cells)))
        }
        return codes(noise: noise)
    }
}

import Tensors
import TextCodec

/// The sizes of a model and of its batches.
struct StepSizes {
    /// B.
    var batchSize = 64
    /// T, end mark included.
    var tokenLimit: Int
    /// V, marks included.
    var vocabularySize: Int
    /// The numbers of an embedding.
    var embeddingSize: Int
    /// The numbers in a state between layers, both directions together; Transformers have half as many.
    var width: Int

    /// V and the marks.
    var tokens: TokenSpace { TokenSpace(vocabularySize: vocabularySize, bos: 0, eos: 1) }

    /// Random sentences, all as long as can be or, when `ragged`, of 1 … T tokens, end marks included.
    func sequences(ragged: Bool, using random: RandomStream) -> [[Int32]] {
        var random = random
        return (0..<batchSize).map { index in
            // Spread evenly, so that the shortest and the longest are both there.
            let length = ragged ? index * tokenLimit / batchSize : tokenLimit - 1
            return (0..<length).map { _ in
                Int32.random(in: 2..<Int32(vocabularySize), using: &random)
            }
        }
    }
}

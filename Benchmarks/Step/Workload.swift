import ArgumentParser
import Tensors
import TextCodec

/// The sizes of the models whose step is measured.
enum Workload: String, CaseIterable, ExpressibleByArgument {
    /// Vocabulary 10,000, embeddings 256, states of 512, T = 24.
    case words
    /// Vocabulary 128, embeddings 64, states of 256, T = 64.
    case characters

    /// The numbers in a state between layers, both directions together; Transformers have half as many.
    var width: Int { self == .words ? 512 : 256 }

    /// B.
    static let batchSize = 64

    /// V and the marks.
    var tokens: TokenSpace {
        TokenSpace(vocabularySize: self == .words ? 10_000 : 128, bos: 0, eos: 1)
    }

    /// T, end mark included.
    var tokenLimit: Int { self == .words ? 24 : 64 }

    /// Random sentences, all as long as can be or, when `ragged`, of 1 … T tokens, end marks included.
    func sequences(ragged: Bool, using random: RandomStream) -> [[Int32]] {
        var random = random
        return (0..<Workload.batchSize).map { index in
            // Spread evenly, so that the shortest and the longest are both there.
            let length =
                ragged ? index * tokenLimit / Workload.batchSize : tokenLimit - 1
            return (0..<length).map { _ in
                Int32.random(in: 2..<Int32(tokens.vocabularySize), using: &random)
            }
        }
    }
}

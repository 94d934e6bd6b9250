import Tensors

/// A table of vectors looked up by token id, `[V, E]`, normal with standard deviation E^(−1/2).
public struct Embedding {
    /// The table, `[V, E]`.
    public let weight: Parameter

    /// A table of `vocabularySize` vectors of `embeddingSize` numbers.
    public init(_ vocabularySize: Int, _ embeddingSize: Int, in scope: ParameterScope) throws {
        weight = try scope.parameter(
            "weight", Shape(vocabularySize, embeddingSize),
            .normal(standardDeviation: 1 / Float(embeddingSize).squareRoot()))
    }

    /// Ids → `[count, E]`; the ids must stay in place until the backward pass.
    public func callAsFunction(
        _ ids: UnsafePointer<Int32>, count: Int, on tape: Tape
    ) -> Variable {
        tape.embedding(weight, ids, count: count)
    }

    /// The tokens of a batch → `[N, E]`, packed, end marks included.
    public func callAsFunction(_ batch: TokenBatch, on tape: Tape) -> Variable {
        self(batch.targets(on: tape), count: batch.tokenCount, on: tape)
    }
}

import Tensors

/// Token embeddings as the first states of a Transformer or a convolution: √E xₜ, mapped to H numbers where E ≠ H.
///
/// The table's entries have standard deviation 1/√E, since it may also be the output layer; the factor brings them to
/// unit size (Vaswani et al. 2017, section 3.4).
struct TokenInput {
    let embedding: Embedding
    let project: Linear?

    /// Embeddings as states of `width` numbers.
    init(_ embedding: Embedding, width: Int, in scope: ParameterScope) throws {
        self.embedding = embedding
        let size = embedding.weight.shape[1]
        project = try size == width ? nil : Linear(size, width, in: scope.scope("project"))
    }

    /// Ids → `[count, H]`; the ids must stay in place until the backward pass.
    func callAsFunction(_ ids: UnsafePointer<Int32>, count: Int, on tape: Tape) -> Variable {
        let scale = Float(embedding.weight.shape[1]).squareRoot()
        let x = tape.scale(embedding(ids, count: count, on: tape), by: scale)
        return project.map { $0(x, on: tape) } ?? x
    }
}

import Tensors

/// States → logits of the next token: W f(h) + b.
///
/// With a tied softmax W is the embedding table (Press and Wolf 2017, arXiv 1608.05859) and f a linear map to its width.
/// Without that map a state that still resembles its token's embedding would begin by repeating it. Else f is the
/// identity.
struct TokenOutput {
    private let project: Linear?
    private let weight: Parameter
    private let bias: Parameter

    /// An output layer over states of `width` numbers.
    init(
        width: Int, embedding: Embedding, isTied: Bool, in scope: ParameterScope
    ) throws {
        let (vocabulary, size) = (embedding.weight.shape[0], embedding.weight.shape[1])
        project = try isTied ? Linear(width, size, in: scope.scope("project")) : nil
        weight =
            try isTied
            ? embedding.weight
            : scope.parameter(
                "weight", Shape(vocabulary, width),
                .uniform(bound: 1 / Float(width).squareRoot()))
        bias = try scope.parameter("bias", Shape(vocabulary), .constant(0))
    }

    /// log p of a batch's targets, given the state before each, `[N, H]`.
    func likelihood(of batch: TokenBatch, states: Variable, on tape: Tape) -> TokenLikelihood {
        tape.tokenLikelihood(
            project.map { $0(states, on: tape) } ?? states, weight: weight, bias: bias,
            targets: batch.targets(on: tape), packing: batch.packing)
    }

    /// The logits of states `[R, H]`, `[R, V]`.
    func logits(_ states: Variable, on tape: Tape) -> Tensor {
        tape.linear(
            project.map { $0(states, on: tape) } ?? states, weight: weight, bias: bias
        ).value
    }
}

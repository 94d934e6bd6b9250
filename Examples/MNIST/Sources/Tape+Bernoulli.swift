import CKernels
import Tensors

extension Tape {
    /// log p(x | l) of each row for independent pixels: Σ_i x_i log σ(l_i) + (1 − x_i) log(1 − σ(l_i)), nats, `[B]`, for
    /// logits and x `[B, pixels]`.
    func bernoulliLogLikelihood(of x: Tensor, logits: Variable) -> Variable {
        let (rows, columns) = (Int64(x.rows), Int64(x.columns))
        precondition(x.count == logits.value.count, "\(x.shape) under \(logits.shape)")
        let y = arena.tensor(Shape(x.rows))
        ck_bernoulli_log_likelihood(
            y.pointer, logits.value.pointer, x.pointer, rows, columns)
        return record(y) { [unowned self] dy in
            guard let target = accumulator(for: logits) else { return }
            ck_bernoulli_backward(
                target.tensor.pointer, logits.value.pointer, x.pointer, dy.pointer, rows, columns,
                target.flag)
        }
    }
}

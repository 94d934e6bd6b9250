import CKernels

/// A function applied to each element.
public enum Activation: String, Sendable, Codable, CaseIterable {
    /// The identity.
    case none
    /// tanh x.
    case tanh
    /// max(x, 0).
    case relu
    /// x Φ(x), with the exact normal distribution function.
    case gelu
    /// 1 / (1 + e⁻ˣ).
    case sigmoid
}

extension Tape {
    /// y = f(x), element by element.
    public func activation(_ function: Activation, _ x: Variable) -> Variable {
        guard function != .none else { return x }
        let count = Int64(x.value.count)
        let y = arena.tensor(x.shape)
        switch function {
        case .none: break
        case .tanh: ck_tanh(y.pointer, x.value.pointer, count)
        case .relu: ck_relu(y.pointer, x.value.pointer, count)
        case .gelu: ck_gelu(y.pointer, x.value.pointer, count)
        case .sigmoid: ck_sigmoid(y.pointer, x.value.pointer, count)
        }
        return record(y) { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            let target = dx.tensor.pointer
            switch function {
            case .none: break
            case .tanh: ck_tanh_backward(target, y.pointer, dy.pointer, count, dx.flag)
            case .relu: ck_relu_backward(target, y.pointer, dy.pointer, count, dx.flag)
            case .gelu: ck_gelu_backward(target, x.value.pointer, dy.pointer, count, dx.flag)
            case .sigmoid: ck_sigmoid_backward(target, y.pointer, dy.pointer, count, dx.flag)
            }
        }
    }

    /// y = a + b, for equal shapes.
    public func add(_ a: Variable, _ b: Variable) -> Variable {
        let y = arena.tensor(a.shape)
        ck_sum_of_two(y.pointer, a.value.pointer, b.value.pointer, Int64(y.count))
        return record(y) { [unowned self] dy in
            accumulate(dy, into: b)
            handOver(dy, to: a)
        }
    }

    /// a + b in the storage of b: for the result of an operation whose pullback does not look at it, a linear map's or
    /// dropout's, that nobody else reads.
    public func add(_ a: Variable, consuming b: Variable) -> Variable {
        b.value.add(a.value)
        return record(b.value, operation: "add") { [unowned self] dy in
            accumulate(dy, into: b)
            handOver(dy, to: a)
        }
    }

    /// y = scale · x.
    public func scale(_ x: Variable, by scale: Float) -> Variable {
        let y = arena.tensor(x.shape)
        y.assign(scale, times: x.value)
        return record(y) { [unowned self] dy in accumulate(dy, into: x, scale: scale) }
    }

    /// The sum of all elements, a scalar.
    public func sum(_ x: Variable) -> Variable {
        let y = arena.tensor(Shape())
        y[0] = Float(x.value.sum())
        return record(y) { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            if !dx.accumulate {
                dx.tensor.fill(dy[0])
            } else {
                let spread = arena.tensor(x.shape)
                spread.fill(dy[0])
                dx.tensor.add(spread)
            }
        }
    }

    /// The mean of all elements, a scalar.
    public func mean(_ x: Variable) -> Variable {
        scale(sum(x), by: 1 / Float(max(1, x.value.count)))
    }

    /// Inverted dropout: each element is kept with probability 1 − rate and then scaled by 1/(1 −
    /// rate), or x itself when the tape does not train or the rate is 0 (Srivastava et al.
    ///
    /// 2014).
    public func dropout(_ x: Variable, rate: Float, using random: RandomStream) -> Variable {
        guard isTraining, rate > 0 else { return x }
        let y = arena.tensor(x.shape)
        random.dropout(x.value, rate: rate, into: y)
        return record(y) { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            random.dropout(dy, rate: rate, into: dx.tensor, accumulate: dx.accumulate)
        }
    }
}

import Tensors

/// One direction of a gated recurrent unit (Cho et al. 2014, arXiv 1406.1078), with PyTorch's gates and names:
///
///     r = σ(W_ir x + b_ir + W_hr h + b_hr)        z = σ(W_iz x + b_iz + W_hz h + b_hz)
///     n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn))        h′ = (1 − z) ⊙ n + z ⊙ h
///
/// Weights stack the gates r, z, n: `weight_ih` `[3H, in]`, `weight_hh` `[3H, H]`, biases `[3H]`; all start uniform in
/// ±1/√H. A condition c that is constant in time can join the input: its product C c, `[B, 3H]`, is made once a
/// sequence and added to W_i x at every step, which is the same as feeding [x; c] and costs T times less.
public struct GRU {
    let weightIH: Parameter
    let weightHH: Parameter
    let biasIH: Parameter
    let biasHH: Parameter
    let isReversed: Bool

    /// A layer from `inputSize` to `hiddenSize`; `suffix` is PyTorch's, such as `_l0` or `_l0_reverse`.
    public init(
        _ inputSize: Int, _ hiddenSize: Int, isReversed: Bool = false, suffix: String = "_l0",
        in scope: ParameterScope
    ) throws {
        let uniform = Initializer.uniform(bound: 1 / Float(hiddenSize).squareRoot())
        let gates = 3 * hiddenSize
        weightIH = try scope.parameter("weight_ih" + suffix, Shape(gates, inputSize), uniform)
        weightHH = try scope.parameter("weight_hh" + suffix, Shape(gates, hiddenSize), uniform)
        biasIH = try scope.parameter("bias_ih" + suffix, Shape(gates), uniform)
        biasHH = try scope.parameter("bias_hh" + suffix, Shape(gates), uniform)
        self.isReversed = isReversed
    }

    /// H.
    public var hiddenSize: Int { weightHH.shape[1] }

    /// The states of a whole packed sequence.
    ///
    /// - Parameters:
    ///   - x: the inputs, `[N, in]`.
    ///   - condition: C c for each sequence, `[B, 3H]`, or none.
    ///   - initial: the first state of each sequence, `[B, H]`, or none for zeros (forward direction only).
    ///   - rows: which row of x each token reads, where tokens share inputs and nothing is recorded: the products of a
    ///     row are then made once.
    /// - Returns: the state after each token, `[N, H]`.
    public func callAsFunction(
        _ x: Variable, packing: Packing, condition: Variable? = nil, initial: Variable? = nil,
        rows: [Int32]? = nil, on tape: Tape
    ) -> Variable {
        precondition(!(isReversed && initial != nil), "a reversed layer starts from zero")
        precondition(rows == nil || !tape.isRecording, "shared inputs take no gradient")
        if !tape.isRecording {
            let h = tape.arena.tensor(Shape(packing.tokenCount, hiddenSize))
            states(
                of: x.value, packing: packing, condition: condition?.value,
                initial: initial?.value, rows: rows, into: Matrix(h), on: tape)
            return Variable(constant: h)
        }
        let run = GRURun(
            layer: self, packing: packing, x: x, condition: condition, initial: initial)
        return run.forward(on: tape)
    }

    /// One step from the states `[R, H]` on inputs `[R, in]`: the new states.
    ///
    /// For decoding; not recorded.
    public func step(
        _ x: Tensor, state: Tensor, condition: Tensor?, into next: Tensor, on tape: Tape
    ) {
        let gi = tape.arena.tensor(Shape(x.rows, 3 * hiddenSize))
        tape.multiply(Matrix(x), by: weightIH, into: Matrix(gi))
        step(products: gi, rows: nil, state: state, condition: condition, into: next, on: tape)
    }

    /// The same with W_i x given: sequence r reads row `rows[r]` of the products `[…, 3H]`, or its own.
    func step(
        products: Tensor, rows: UnsafePointer<Int32>?, state: Tensor, condition: Tensor?,
        into next: Tensor, on tape: Tape
    ) {
        let gh = tape.arena.tensor(Shape(state.rows, 3 * hiddenSize))
        tape.multiply(Matrix(state), by: weightHH, into: Matrix(gh))
        GRUStep.states(
            layer: self, h: Matrix(next), gi: products, index: rows, gh: gh, condition: condition,
            previous: Matrix(state))
    }
}

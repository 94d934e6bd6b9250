import CKernels
import Tensors

/// One direction of a long short-term memory, with PyTorch's gates and names.
///
/// Hochreiter and Schmidhuber 1997, with forget gates (Gers et al. 2000):
///
///     i, f, o = σ(W x + b + U h + d)        g = tanh(W x + b + U h + d)
///     c′ = f ⊙ c + i ⊙ g        h′ = o ⊙ tanh c′
///
/// Weights stack the gates i, f, g, o: `weight_ih` `[4H, in]`, `weight_hh` `[4H, H]`, biases `[4H]`; all start uniform in
/// ±1/√H. A condition that is constant in time joins the input as in ``GRU``: its product, `[B, 4H]`, is made once a
/// sequence.
public struct LSTM {
    /// h and c of sequences side by side, each `[B, H]`.
    public struct State {
        /// The hidden state.
        public var h: Variable
        /// The cell.
        public var c: Variable

        /// A state.
        public init(h: Variable, c: Variable) {
            self.h = h
            self.c = c
        }
    }

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
        let gates = 4 * hiddenSize
        weightIH = try scope.parameter("weight_ih" + suffix, Shape(gates, inputSize), uniform)
        weightHH = try scope.parameter("weight_hh" + suffix, Shape(gates, hiddenSize), uniform)
        biasIH = try scope.parameter("bias_ih" + suffix, Shape(gates), uniform)
        biasHH = try scope.parameter("bias_hh" + suffix, Shape(gates), uniform)
        self.isReversed = isReversed
    }

    /// H.
    public var hiddenSize: Int { weightHH.shape[1] }

    /// The hidden states of a whole packed sequence.
    ///
    /// - Parameters:
    ///   - x: the inputs, `[N, in]`.
    ///   - condition: the product of the condition with its weights for each sequence, `[B, 4H]`, or none.
    ///   - initial: the first state of each sequence, or none for zeros (forward direction only).
    /// - Returns: h after each token, `[N, H]`.
    public func callAsFunction(
        _ x: Variable, packing: Packing, condition: Variable? = nil, initial: State? = nil,
        on tape: Tape
    ) -> Variable {
        precondition(!(isReversed && initial != nil), "a reversed layer starts from zero")
        let run = LSTMRun(
            layer: self, packing: packing, x: x, condition: condition, initial: initial)
        return run.forward(on: tape)
    }

    /// One step from the states h and c `[R, H]` on inputs `[R, in]`: the new states.
    ///
    /// For decoding; not recorded.
    public func step(
        _ x: Tensor, h: Tensor, c: Tensor, condition: Tensor?, into next: (h: Tensor, c: Tensor),
        on tape: Tape
    ) {
        let gi = tape.arena.tensor(Shape(x.rows, 4 * hiddenSize))
        let gh = tape.arena.tensor(gi.shape)
        tape.multiply(Matrix(x), by: weightIH, into: Matrix(gi))
        tape.multiply(Matrix(h), by: weightHH, into: Matrix(gh))
        advance(
            h: next.h, c: next.c, gates: tape.arena.tensor(gi.shape), gi: gi, gh: gh,
            condition: condition, previous: c, previousRows: x.rows)
    }

    /// The fused cell on the rows of `h`.
    func advance(
        h: Tensor, c: Tensor, gates: Tensor, gi: Tensor, gh: Tensor, condition: Tensor?,
        previous: Tensor, previousRows: Int
    ) {
        ck_lstm_forward(
            h.pointer, c.pointer, gates.pointer, gi.pointer, condition?.pointer, gh.pointer,
            biasIH.value.pointer, biasHH.value.pointer, previous.pointer, Int64(h.rows),
            Int64(previousRows), Int64(hiddenSize))
    }
}

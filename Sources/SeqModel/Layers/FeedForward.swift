import CKernels
import Tensors

/// The part of a Transformer layer that sees one token at a time.
public struct FeedForward {
    /// The function between the two maps.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// down(gelu(up x)).
        case gelu
        /// down(silu(a) ⊙ b) with (a, b) = up x (Shazeer 2020, arXiv 2002.05202).
        case swiglu
    }

    let kind: Kind
    /// `[F, H]`, or `[2F, H]` for `swiglu`.
    let up: Linear
    /// `[H, F]`.
    let down: Linear

    /// From `width` numbers through `hiddenSize` and back.
    public init(_ kind: Kind, width: Int, hiddenSize: Int, in scope: ParameterScope) throws {
        self.kind = kind
        up = try Linear(
            width, kind == .swiglu ? 2 * hiddenSize : hiddenSize,
            activation: kind == .gelu ? .gelu : .none, in: scope.scope("up"))
        down = try Linear(hiddenSize, width, in: scope.scope("down"))
    }

    /// x `[N, H]` → `[N, H]`.
    public func callAsFunction(_ x: Variable, on tape: Tape) -> Variable {
        let inner = up(x, on: tape)
        return down(kind == .swiglu ? tape.swiglu(inner) : inner, on: tape)
    }
}

extension Tape {
    /// silu(a) ⊙ b for rows (a, b), with silu a = a·σ(a): `[N, 2F]` → `[N, F]`.
    func swiglu(_ x: Variable) -> Variable {
        let y = arena.tensor(Shape(x.value.rows, x.value.columns / 2))
        let (rows, width) = (Int64(y.rows), Int64(y.columns))
        ck_swiglu(y.pointer, x.value.pointer, rows, width)
        return record(y, operation: "swiglu") { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            ck_swiglu_backward(
                dx.tensor.pointer, x.value.pointer, dy.pointer, rows, width, dx.flag)
        }
    }
}

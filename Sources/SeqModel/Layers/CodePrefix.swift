import CKernels
import Tensors

/// The code embeddings of a sequence as steps before its first token.
///
///     x_d = W e_d + u_d,   d = 0 ..< D
///
/// `slot`, u `[D, H]`, tells the latents apart, whatever their embeddings are.
struct CodePrefix {
    /// W, `[H, E]`.
    let project: Linear
    /// u, `[D, H]`.
    let slot: Parameter

    /// A prefix of states of `width` numbers.
    init(_ codes: DecoderCondition.Sizes, width: Int, in scope: ParameterScope) throws {
        project = try Linear(codes.code, width, bias: false, in: scope.scope("project"))
        // About the size of W e for embeddings of unit size.
        slot = try scope.parameter(
            "slot", Shape(codes.codeCount, width), .normal(standardDeviation: 0.5))
    }

    /// D.
    var count: Int { slot.shape[0] }

    /// Code embeddings `[B, D·E]` → `[D·B, H]`, the first D time steps of B packed sequences.
    func callAsFunction(_ codes: Variable, on tape: Tape) -> Variable {
        let size = project.weight.shape[1]
        let rows = codes.reshaped(Shape(codes.value.count / size, size))
        precondition(rows.value.rows % count == 0, "\(rows.shape) for \(count) latents")
        return tape.timeMajor(tape.addRepeated(slot, to: project(rows, on: tape)), count: count)
    }
}

extension Packing {
    /// The layout of the same sequences with `count` steps before each: those steps' rows, then the rows that were.
    func preceded(by count: Int) -> Packing {
        count == 0 ? self : Packing(lengths: lengths.map { Int($0) + count })
    }
}

extension Tape {
    /// Row b·count + t of x becomes row t·B + b: sequences of equal length, from one after the other to packed.
    func timeMajor(_ x: Variable, count: Int) -> Variable {
        let (rows, width) = (x.value.rows / count, x.value.columns)
        let (height, columns, stride) = (Int64(rows), Int64(width), Int64(count * width))
        let y = arena.tensor(x.shape)
        for time in 0..<count {
            ck_copy_columns(
                y.pointer + time * rows * width, columns, x.value.pointer + time * width, stride,
                height, columns, 0)
        }
        return record(y) { [unowned self] dy in
            guard let dx = accumulator(for: x) else { return }
            for time in 0..<count {
                ck_copy_columns(
                    dx.tensor.pointer + time * width, stride, dy.pointer + time * rows * width,
                    columns, height, columns, dx.flag)
            }
        }
    }
}

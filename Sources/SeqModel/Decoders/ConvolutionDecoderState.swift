import CKernels
import Tensors

/// What the convolutions of sequences being decoded still look back at.
final class ConvolutionDecoderState: DecoderState {
    private struct Block {
        /// The inner states of the last steps, `[R, span·inner]`; that of step t at place t mod span.
        var history: Tensor
        /// C c, `[R, inner]`.
        var condition: Tensor
        let span: Int
        let taps: [Tensor]
    }

    private let decoder: ConvolutionDecoder
    private let scratch: Tape
    private let rows: DecoderRows
    private let weights: Arena
    private var blocks: [Block]
    private var time = 0

    init(_ decoder: ConvolutionDecoder, condition: DecoderCondition, on tape: Tape) {
        self.decoder = decoder
        scratch = tape.companion()
        weights = tape.arena.companion()
        let rows = DecoderRows(count: condition.vector.value.rows, beside: tape.arena)
        self.rows = rows
        blocks = [ConvolutionDecoder.Block](decoder.blocks).map { [scratch, weights] block in
            let span = block.convolution.delays.last ?? 0
            let product = block.condition(condition.vector, on: scratch).value
            return Block(
                history: rows.storage.zeros(Shape(rows.count, span * decoder.config.innerSize)),
                condition: rows.kept(product), span: span,
                taps: block.convolution.products(in: weights))
        }
    }

    func step(_ tokens: [Int32]) -> Tensor {
        scratch.reset()
        var x = decoder.input(rows.checked(tokens, on: scratch), count: rows.count, on: scratch)
        for (block, state) in zip(decoder.blocks, blocks) {
            let u = block.inner(x, condition: Variable(constant: state.condition), on: scratch)
            let y = convolve(u.value, block.convolution, state)
            x = scratch.add(x, block.outer(Variable(constant: y), on: scratch))
        }
        time += 1
        return decoder.output.logits(decoder.norm(x, on: scratch), on: scratch)
    }

    /// The convolution at this step; u joins the history.
    private func convolve(_ u: Tensor, _ layer: CausalConvolution, _ state: Block) -> Tensor {
        let (count, width) = (Int64(u.rows), u.columns)
        let y = scratch.arena.tensor(Shape(u.rows, layer.weight.shape[0]))
        ck_set_rows(y.pointer, layer.bias.value.pointer, count, Int64(y.columns))
        for (delay, tap) in zip(layer.delays, state.taps) where delay <= time {
            let place = delay == 0 ? 0 : (time - delay) % state.span * width
            let input =
                delay == 0
                ? Matrix(u) : Matrix(state.history, columns: place..<place + width)
            Matrix(y).assign(input, times: Matrix(tap), accumulate: true)
        }
        if state.span > 0 {
            ck_copy_columns(
                state.history.pointer + time % state.span * width, Int64(state.history.columns),
                u.pointer, Int64(width), count, Int64(width), 0)
        }
        return y
    }

    func select(_ chosen: [Int]) {
        rows.select(chosen) { selected in
            for index in blocks.indices {
                blocks[index].history = selected(blocks[index].history)
                blocks[index].condition = selected(blocks[index].condition)
            }
        }
    }
}

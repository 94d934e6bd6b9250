import CKernels
import Configuration
import SeqModel
import Tensors

/// Each latent is predicted from those before it: p(z) = Π_d softmax(W_d h_d + b_d)[z_d], h = stack(s, e_z₁, …, e_z_D₋₁).
///
/// s is a learned start, e a table for each latent. Trained with the model or afterwards.
public struct AutoregressivePrior: ConditionalPrior {
    /// The sizes of the stack.
    public struct Config: PriorConfig, Equatable {
        /// The name in configurations.
        public static let type = "autoregressive"
        /// One line for lists.
        public static let summary = "each latent given those before it, by a GRU or a Transformer"
        /// An expectation over the posterior remains.
        public static let hasClosedDivergence = false
        /// What the stack is made of.
        public var layer = CausalStackKind.gru
        /// H.
        public var hiddenSize = 256
        /// Layers in the stack.
        public var layerCount = 1
        /// Dropout inside the stack and on its output.
        public var dropout: Float = 0.2

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public var problems: [String] {
            layer.problems(width: hiddenSize) + Check.range("layer_count", layerCount, 1...64)
                + Check.rate("dropout", dropout)
        }

        /// The prior of a grid, with its parameters made in `scope`.
        public func makePrior(_ grid: CodeGrid, in scope: ParameterScope) throws -> any Prior {
            try AutoregressivePrior(self, grid, in: scope)
        }
    }

    /// The shape of the codes.
    public let grid: CodeGrid
    private let config: Config
    /// s, `[H]`.
    private let start: Parameter
    /// e, `[D, K, H]`.
    private let table: Parameter
    private let stack: any CausalStack
    private let head: LatentMap

    /// The prior of a grid, with its parameters made in `scope`.
    public init(_ config: Config, _ grid: CodeGrid, in scope: ParameterScope) throws {
        self.grid = grid
        self.config = config
        let width = config.hiddenSize
        start = try scope.parameter("start", Shape(width), .normal(standardDeviation: 1))
        table = try scope.parameter(
            "embedding", Shape(grid.latentCount, grid.categoryCount, width),
            .normal(standardDeviation: 1))
        stack = try config.layer.makeStack(
            width: width, layerCount: config.layerCount, dropout: config.dropout,
            in: scope.scope("stack"))
        head = try LatentMap(
            grid.latentCount, from: width, to: grid.categoryCount, in: scope.scope("head"))
    }

    /// log p(z_d | z₍<d₎) of one-hot or relaxed latents `[B, D, K]`.
    public func conditionals(
        of latents: Variable, using random: RandomStream, on tape: Tape
    ) -> Variable {
        let (batch, count) = (latents.shape[0], grid.latentCount)
        let packing = Packing(lengths: [Int](repeating: count, count: batch))
        let states = stack(
            shifted(tape.groupedLinear(latents, weight: table), on: tape), packing: packing,
            using: random, on: tape)
        let order = tape.arena.int32(batch * count)
        for example in 0..<batch {
            for latent in 0..<count {
                order[example * count + latent] = Int32(
                    packing.row(sequence: example, time: latent))
            }
        }
        guard let index = order.baseAddress else { preconditionFailure("an empty batch") }
        let sorted = tape.gatherRows(
            tape.dropout(states, rate: config.dropout, using: random.stream("output")),
            UnsafePointer(index), count: order.count)
        let logits = head(sorted.reshaped(Shape(batch, count, config.hiddenSize)), on: tape)
        return tape.rowDot(latents, tape.logSoftmax(logits)).reshaped(Shape(batch, count))
    }

    /// Embedded latents `[B, D, H]`, each moved one step on behind the start, time step after time step: `[D·B, H]`.
    private func shifted(_ embedded: Variable, on tape: Tape) -> Variable {
        let (batch, count, width) = (embedded.shape[0], grid.latentCount, config.hiddenSize)
        let x = tape.arena.tensor(Shape(count * batch, width))
        ck_set_rows(x.pointer, start.value.pointer, Int64(batch), Int64(width))
        for latent in 1..<max(1, count) {
            ck_copy_columns(
                x.pointer + latent * batch * width, Int64(width),
                embedded.value.pointer + (latent - 1) * width, Int64(count * width),
                Int64(batch), Int64(width), 0)
        }
        return tape.record(x) { [unowned tape, start] dx in
            let first = start.accumulator()
            ck_column_sum(
                first.tensor.pointer, dx.pointer, Int64(batch), Int64(width), first.flag)
            let gradient = tape.arena.zeros(embedded.shape)
            for latent in 1..<max(1, count) {
                ck_copy_columns(
                    gradient.pointer + (latent - 1) * width, Int64(count * width),
                    dx.pointer + latent * batch * width, Int64(width), Int64(batch),
                    Int64(width), 0)
            }
            tape.accumulate(gradient, into: embedded)
        }
    }

    /// Latent after latent: argmax(logits/temperature + Gumbel noise).
    public func sample(
        rowCount: Int, temperature: Float, random: (Int) -> RandomStream
    ) -> Codes {
        var codes = Codes(
            latentCount: grid.latentCount, categoryCount: grid.categoryCount, rowCount: rowCount)
        for first in stride(from: 0, to: rowCount, by: Self.sampleRows) {
            sample(
                first..<min(rowCount, first + Self.sampleRows), temperature: temperature,
                random: random, into: &codes)
        }
        return codes
    }

    /// Rows drawn side by side.
    private static let sampleRows = 256

    private func sample(
        _ rows: Range<Int>, temperature: Float, random: (Int) -> RandomStream,
        into codes: inout Codes
    ) {
        let arena = Arena()
        let state = stack.makeState(rowCount: rows.count)
        var streams = rows.map(random)
        let categories = grid.categoryCount
        let (x, noise) = (
            arena.tensor(Shape(rows.count, config.hiddenSize)), arena.tensor(Shape(categories))
        )
        ck_set_rows(
            x.pointer, start.value.pointer, Int64(rows.count), Int64(config.hiddenSize))
        let logits = arena.tensor(Shape(rows.count, categories))
        for latent in 0..<grid.latentCount {
            head.apply(latent, to: state.step(x), into: logits)
            logits.assign(1 / temperature, times: logits)
            for (place, row) in rows.enumerated() {
                streams[place].gumbel(into: noise)
                var code: Int32 = 0
                ck_argmax_sum(
                    &code, logits.pointer + place * categories, noise.pointer, 1,
                    Int64(categories))
                codes[row, latent] = code
                (x.pointer + place * config.hiddenSize).update(
                    from: table.value.pointer
                        + (latent * categories + Int(code)) * config.hiddenSize,
                    count: config.hiddenSize)
            }
        }
    }
}

extension Tape {
    /// y[r] = ⟨a[r], b[r]⟩ for equal shapes, `[rows]`.
    func rowDot(_ a: Variable, _ b: Variable) -> Variable {
        let (rows, columns) = (Int64(a.value.rows), Int64(a.value.columns))
        let y = arena.tensor(Shape(a.value.rows))
        ck_row_dot(y.pointer, a.value.pointer, b.value.pointer, rows, columns, 0)
        return record(y) { [unowned self] dy in
            for (one, other) in [(a, b), (b, a)] {
                guard let target = accumulator(for: one) else { continue }
                ck_scale_rows(
                    target.tensor.pointer, dy.pointer, other.value.pointer, rows, columns,
                    target.flag)
            }
        }
    }
}

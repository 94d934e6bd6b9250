import SeqModel
import Tensors

/// Vector quantisation, in S stages.
///
///     x_d = W_d f_d + b_d,      r₁ = x_d,      z_s = argmin_k |r_s − e_sk|²,      r_s₊₁ = r_s − e_{s,z_s}
///     y_d = x_d + sg(Σ_s e_{s,z_s} − x_d),      embedding_d = V_d y_d + c_d
///     loss = −mean log p(x | z) + β mean_b Σ_d,s |r_s − sg(e)|²  [+ mean_b Σ_d,s |sg(r_s) − e|²]
///
/// sg stops gradients; the last term is there where the gradient moves the vectors (``CodebookConfig/update``). One stage:
/// van den Oord, Vinyals and Kavukcuoglu 2017, arXiv 1711.00937; several: Zeghidour et al. 2021, arXiv 2107.03312.
/// The posterior is no explicit distribution: there is no KL to weigh and no estimator to choose.
public struct VectorQuantizer: DiscreteBottleneck {
    /// D·S and K.
    public let grid: CodeGrid
    /// Uniform: learn one afterwards.
    public var prior: any Prior { UniformPrior(grid) }

    let books: [Codebook]
    private let config: CodebookConfig
    private let latentCount: Int
    private let head: LatentMap
    private let embedding: LatentMap

    init(
        _ config: CodebookConfig, stageCount: Int, _ sizes: BottleneckSizes,
        in scope: ParameterScope
    ) throws {
        self.config = config
        latentCount = sizes.latentCount
        grid = CodeGrid(
            latentCount: sizes.latentCount * stageCount, categoryCount: sizes.categoryCount)
        head = try LatentMap(
            sizes.latentCount, from: sizes.featureSize, to: config.size,
            in: scope.scope("posterior"))
        embedding = try LatentMap(
            sizes.latentCount, from: config.size, to: sizes.embeddingSize,
            in: scope.scope("embedding"))
        books = try (0..<stageCount).map {
            try Codebook(
                config, latentCount: sizes.latentCount, vectorCount: sizes.categoryCount,
                in: scope.scope("codebook").scope($0))
        }
    }

    /// What one stage made of its residuals.
    private struct Stage {
        let codes: [Int32]
        /// r_s − e, `[B, D, n]`: what is left.
        let rest: Tensor
    }

    /// Σ_s e of x `[B, D, n]`, and the stages; `visit` sees the residuals of each before and after it is assigned.
    private func quantise(
        _ x: Tensor, in arena: Arena, before: (Codebook, Int, Tensor) -> Void = { _, _, _ in },
        after: (Codebook, Int, Tensor, [Int32]) -> Void = { _, _, _, _ in }
    ) -> (sum: Tensor, stages: [Stage]) {
        let sum = arena.zeros(x.shape)
        var (residual, stages) = (x, [Stage]())
        for (number, book) in books.enumerated() {
            before(book, number, residual)
            let codes = book.nearest(to: residual)
            let rest = arena.tensor(x.shape)
            for (row, code) in codes.enumerated() {
                let vector = book.vector(ofRow: row, code: code)
                for i in 0..<book.size {
                    let place = row * book.size + i
                    sum.pointer[place] += vector[i]
                    rest.pointer[place] = residual.pointer[place] - vector[i]
                }
            }
            after(book, number, residual, codes)
            stages.append(Stage(codes: codes, rest: rest))
            residual = rest
        }
        return (sum, stages)
    }

    /// All mass on the nearest vectors.
    public func posterior(_ features: Variable, on tape: Tape) -> CategoricalGrid {
        let x = head(features, on: tape).value
        let (_, stages) = quantise(x, in: tape.arena)
        var codes = Codes(
            latentCount: grid.latentCount, categoryCount: grid.categoryCount,
            rowCount: x.shape[0])
        for (number, stage) in stages.enumerated() {
            for (row, code) in stage.codes.enumerated() {
                codes.values[row * books.count + number] = code
            }
        }
        return CategoricalGrid(certain: codes, on: tape)
    }

    /// The embeddings of codes.
    public func embed(_ codes: Codes, in arena: Arena) -> Tensor {
        let sum = arena.zeros(Shape(codes.rowCount, latentCount, config.size))
        for row in 0..<codes.rowCount * latentCount {
            for (number, book) in books.enumerated() {
                let vector = book.vector(
                    ofRow: row, code: codes.values[row * books.count + number])
                for i in 0..<config.size { sum.pointer[row * config.size + i] += vector[i] }
            }
        }
        let tape = Tape(arena: arena, isRecording: false)
        return embedding(Variable(constant: sum), on: tape).joined.value
    }

    /// The loss above.
    public func bound(
        features: Variable, objective: Objective, at step: Int, using random: RandomStream,
        on tape: Tape, state: ObjectiveState?, likelihood: EmbeddingFunction
    ) -> Bound {
        let x = head(features, on: tape)
        let random = random.stream("codebook")
        let (sum, stages) = quantise(x.value, in: tape.arena) { book, number, residual in
            guard tape.isTraining else { return }
            book.start(with: residual, using: random.stream("start").stream(number))
        } after: { book, number, residual, codes in
            guard tape.isTraining else { return }
            book.update(with: residual, codes: codes, using: random.stream("dead").stream(number))
        }
        let y = tape.record(sum, operation: "straightThrough") { [unowned tape] dy in
            tape.accumulate(dy, into: x)
        }
        let logLikelihood = likelihood(embedding(y, on: tape).joined, tape)
        var terms = [("commitment", commitment(x, stages, on: tape))]
        if config.update == .gradient { terms.append(("codebook", codebookLoss(stages, on: tape))) }
        return .quantised(logLikelihood: logLikelihood, terms: terms, on: tape)
    }

    /// β mean_b Σ |r_s − sg(e)|².
    private func commitment(_ x: Variable, _ stages: [Stage], on tape: Tape) -> Variable {
        let batch = Float(x.shape[0])
        let loss = tape.arena.tensor(Shape())
        loss[0] =
            config.commitment / batch * Float(stages.reduce(0) { $0 + $1.rest.sumOfSquares() })
        return tape.record(loss) { [unowned tape] dy in
            for stage in stages {
                tape.accumulate(
                    stage.rest, into: x, scale: 2 * config.commitment / batch * dy[0])
            }
        }
    }

    /// mean_b Σ |sg(r_s) − e|².
    private func codebookLoss(_ stages: [Stage], on tape: Tape) -> Variable {
        let batch = Float((stages.first?.rest.rows ?? latentCount) / latentCount)
        let loss = tape.arena.tensor(Shape())
        loss[0] = Float(stages.reduce(0) { $0 + $1.rest.sumOfSquares() }) / batch
        return tape.record(loss) { dy in
            for (book, stage) in zip(books, stages) {
                let target = book.vectors.accumulator()
                if !target.accumulate { target.tensor.fill(0) }
                for (row, code) in stage.codes.enumerated() {
                    let offset = book.vector(ofRow: row, code: code) - book.vectors.value.pointer
                    let gradient = target.tensor.pointer + offset
                    for i in 0..<book.size {
                        gradient[i] -= 2 / batch * dy[0] * stage.rest.pointer[row * book.size + i]
                    }
                }
            }
        }
    }
}

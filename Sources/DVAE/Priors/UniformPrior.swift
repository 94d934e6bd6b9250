import Tensors

/// Every code is equally probable: p(z) = K⁻ᴰ, so KL(q ‖ p) = D ln K − H(q).
public struct UniformPrior: Prior, Sendable {
    /// The uniform prior has no settings.
    public struct Config: PriorConfig, Equatable {
        /// The name in configurations.
        public static let type = "uniform"
        /// One line for lists.
        public static let summary = "every code equally probable: the default"
        /// D ln K − H(q).
        public static let hasClosedDivergence = true

        /// The defaults.
        public init() {}

        /// Nothing can be wrong.
        public var problems: [String] { [] }

        /// The uniform prior of a grid.
        public func makePrior(_ grid: CodeGrid, in scope: ParameterScope) -> any Prior {
            UniformPrior(grid)
        }
    }

    /// The shape of the codes.
    public let grid: CodeGrid

    /// The uniform prior of a grid.
    public init(_ grid: CodeGrid) { self.grid = grid }

    /// The uniform prior of D latents with K categories.
    public init(latentCount: Int, categoryCount: Int) {
        self.init(CodeGrid(latentCount: latentCount, categoryCount: categoryCount))
    }

    /// D.
    public var latentCount: Int { grid.latentCount }
    /// K.
    public var categoryCount: Int { grid.categoryCount }

    /// ln K − H(q_d).
    public func klDivergence(from posterior: CategoricalGrid, on tape: Tape) -> Variable {
        posterior.klDivergenceToUniform(on: tape)
    }

    /// Uniform codes at every temperature.
    public func sample(
        rowCount: Int, temperature: Float, random: (Int) -> RandomStream
    ) -> Codes {
        var codes = Codes(
            latentCount: latentCount, categoryCount: categoryCount, rowCount: rowCount)
        for row in 0..<rowCount {
            var stream = random(row)
            for latent in 0..<latentCount {
                codes[row, latent] = Int32.random(in: 0..<Int32(categoryCount), using: &stream)
            }
        }
        return codes
    }

    /// −D ln K.
    public func logProbability(of codes: Codes) -> [Float] {
        [Float](
            repeating: -Float(latentCount) * LogTable.log(categoryCount), count: codes.rowCount)
    }

    /// −D ln K, a constant.
    public func logProbability(of codes: Codes, on tape: Tape) -> Variable {
        let result = tape.arena.tensor(Shape(codes.rowCount))
        result.fill(-Float(latentCount) * LogTable.log(categoryCount))
        return Variable(constant: result)
    }
}

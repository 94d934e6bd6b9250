import RealModule
import SeqModel
import Tensors

/// Finite scalar quantisation: each latent is a few bounded numbers, each rounded to one of L levels.
///
///     u = ((L−1)(1+10⁻³)/2) tanh x − o,      i = round(u) + ⌊L/2⌋,      y = 2 i/(L−1) − 1
///
/// o is ½ for even L and 0 for odd, so that levels lie evenly about 0, and the margin lets tanh reach the outermost ones.
/// (The paper also shifts x for even L so that 0 is a level; for two levels no slope is left there then.) Backwards, round is
/// the identity. No codebook, no further loss, nothing to collapse. The code of a latent counts its levels with the first
/// number as the fastest digit: K = Π L.
///
/// Mentzer, Minnen, Agustsson and Tschannen 2023, arXiv 2309.15505.
public struct FiniteScalarQuantizer: DiscreteBottleneck {
    /// The levels of each number of a latent.
    public struct Config: BottleneckConfig, Equatable {
        /// The name in configurations.
        public static let type = "fsq"
        /// One line for lists.
        public static let summary = "rounded bounded numbers: no codebook, no bound on log p(x)"
        /// L of each number; their product is K.
        public var levels = [8, 4]

        /// The defaults.
        public init() {}

        /// The levels must make K codes.
        public func problems(latentCount: Int, categoryCount: Int) -> [String] {
            guard 1...32 ~= levels.count, levels.allSatisfy({ 2...256 ~= $0 }) else {
                return ["levels: got \(levels), want 1 … 32 numbers of 2 … 256"]
            }
            var product = 1
            for level in levels where product <= 1 << 20 { product *= level }
            guard product != categoryCount else { return [] }
            return [
                "levels: got \(levels), whose product is \(product), want one of "
                    + "category_count = \(categoryCount)"
            ]
        }

        /// The bottleneck, with its parameters made in `scope`.
        public func makeBottleneck(
            _ sizes: BottleneckSizes, prior: any PriorConfig, in scope: ParameterScope
        ) throws -> any Bottleneck {
            try FiniteScalarQuantizer(self, sizes, in: scope)
        }
    }

    /// D and K.
    public let grid: CodeGrid
    /// Uniform: learn one afterwards.
    public var prior: any Prior { UniformPrior(grid) }

    let levels: [Level]
    private let head: LatentMap
    private let embedding: LatentMap

    /// One rounded number.
    struct Level {
        let count: Int
        /// Half the range of u, and o.
        let half: Float
        let offset: Float

        init(_ count: Int) {
            self.count = count
            half = Float(Double(count - 1) * (1 + 1e-3) / 2)
            offset = count % 2 == 0 ? 0.5 : 0
        }

        /// i.
        func index(_ x: Float) -> Int {
            let u = half * Float.tanh(x) - offset
            // A NaN is no level; the loss will show it.
            guard u == u else { return 0 }
            return min(max(Int(u.rounded()) + count / 2, 0), count - 1)
        }

        /// y.
        func value(_ index: Int) -> Float {
            Float(2 * index - (count - 1)) / Float(count - 1)
        }

        /// ∂y/∂x where round is the identity.
        func slope(_ x: Float) -> Float {
            let t = Float.tanh(x)
            return 2 * half / Float(count - 1) * (1 - t * t)
        }
    }

    init(_ config: Config, _ sizes: BottleneckSizes, in scope: ParameterScope) throws {
        grid = CodeGrid(latentCount: sizes.latentCount, categoryCount: sizes.categoryCount)
        levels = config.levels.map(Level.init)
        head = try LatentMap(
            sizes.latentCount, from: sizes.featureSize, to: levels.count,
            in: scope.scope("posterior"))
        embedding = try LatentMap(
            sizes.latentCount, from: levels.count, to: sizes.embeddingSize,
            in: scope.scope("embedding"))
    }

    /// The code of n numbers.
    func code(of x: UnsafePointer<Float>) -> Int32 {
        var (code, digit) = (0, 1)
        for (i, level) in levels.enumerated() {
            code += digit * level.index(x[i])
            digit *= level.count
        }
        return Int32(code)
    }

    /// The n rounded numbers of a code.
    func values(of code: Int32) -> [Float] {
        var rest = Int(code)
        return levels.map { level in
            defer { rest /= level.count }
            return level.value(rest % level.count)
        }
    }

    /// All mass on the code of the rounded numbers.
    public func posterior(_ features: Variable, on tape: Tape) -> CategoricalGrid {
        let x = head(features, on: tape).value
        var codes = Codes(
            latentCount: grid.latentCount, categoryCount: grid.categoryCount,
            rowCount: x.shape[0])
        for row in codes.values.indices {
            codes.values[row] = code(of: x.pointer + row * levels.count)
        }
        return CategoricalGrid(certain: codes, on: tape)
    }

    /// The embeddings of codes.
    public func embed(_ codes: Codes, in arena: Arena) -> Tensor {
        let y = arena.tensor(Shape(codes.rowCount, grid.latentCount, levels.count))
        for (row, code) in codes.values.enumerated() {
            (y.pointer + row * levels.count).update(from: values(of: code), count: levels.count)
        }
        let tape = Tape(arena: arena, isRecording: false)
        return embedding(Variable(constant: y), on: tape).joined.value
    }

    /// y from x, `[B, D, n]`, straight through the rounding.
    func round(_ x: Variable, on tape: Tape) -> Variable {
        let y = tape.arena.tensor(x.shape)
        for place in 0..<y.count {
            let level = levels[place % levels.count]
            y.pointer[place] = level.value(level.index(x.value.pointer[place]))
        }
        return tape.record(y) { [unowned tape] dy in
            let dx = tape.arena.tensor(x.shape)
            for place in 0..<dx.count {
                dx.pointer[place] =
                    dy.pointer[place] * levels[place % levels.count].slope(x.value.pointer[place])
            }
            tape.accumulate(dx, into: x)
        }
    }

    /// −mean log p(x | z).
    public func bound(
        features: Variable, objective: Objective, at step: Int, using random: RandomStream,
        on tape: Tape, state: ObjectiveState?, likelihood: EmbeddingFunction
    ) -> Bound {
        let y = round(head(features, on: tape), on: tape)
        return .quantised(
            logLikelihood: likelihood(embedding(y, on: tape).joined, tape), terms: [], on: tape)
    }
}

import Configuration
import SeqModel
import Tensors

extension VectorQuantizer {
    /// One nearest vector per latent.
    public struct Config: BottleneckConfig, Equatable {
        /// The name in configurations.
        public static let type = "vq"
        /// One line for lists.
        public static let summary = "the nearest of K learned vectors: no bound on log p(x)"
        /// How the vectors are learned.
        public var codebook = CodebookConfig()

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public func problems(latentCount: Int, categoryCount: Int) -> [String] {
            codebook.problems.map { "codebook." + $0 }
        }

        /// The bottleneck, with its parameters made in `scope`.
        public func makeBottleneck(
            _ sizes: BottleneckSizes, prior: any PriorConfig, in scope: ParameterScope
        ) throws -> any Bottleneck {
            try VectorQuantizer(codebook, stageCount: 1, sizes, in: scope)
        }
    }

    /// Several vectors per latent, each the nearest to what those before it left.
    public struct ResidualConfig: BottleneckConfig, Equatable {
        /// The name in configurations.
        public static let type = "residual_vq"
        /// One line for lists.
        public static let summary = "sums of nearest vectors, stage by stage: no bound on log p(x)"
        /// S: each latent has S codes.
        public var stages = 2
        /// How the vectors are learned.
        public var codebook = CodebookConfig()

        /// The defaults.
        public init() {}

        /// What is wrong with the values.
        public func problems(latentCount: Int, categoryCount: Int) -> [String] {
            Check.range("stages", stages, 1...64) + codebook.problems.map { "codebook." + $0 }
        }

        /// S codes per latent: code d·S + s is that of stage s of latent d.
        public func grid(latentCount: Int, categoryCount: Int) -> CodeGrid? {
            CodeGrid(latentCount: latentCount * stages, categoryCount: categoryCount)
        }

        /// The bottleneck, with its parameters made in `scope`.
        public func makeBottleneck(
            _ sizes: BottleneckSizes, prior: any PriorConfig, in scope: ParameterScope
        ) throws -> any Bottleneck {
            try VectorQuantizer(codebook, stageCount: stages, sizes, in: scope)
        }
    }
}

import Configuration
import Tensors

/// The sizes a bottleneck is built for.
public struct BottleneckSizes: Sendable, Equatable {
    /// D, the feature vectors of an example.
    public var latentCount: Int
    /// K, the categories of a latent.
    public var categoryCount: Int
    /// F, the width of a feature vector.
    public var featureSize: Int
    /// E, the width of an embedding.
    public var embeddingSize: Int
    /// How many of the D latents, the first ones, are told their codes (``BottleneckConfig/tellsLatents``).
    public var toldCount: Int

    /// D vectors of F numbers in, D embeddings of E numbers out, K categories.
    public init(
        latentCount: Int, categoryCount: Int, featureSize: Int, embeddingSize: Int,
        toldCount: Int = 0
    ) {
        self.latentCount = latentCount
        self.categoryCount = categoryCount
        self.featureSize = featureSize
        self.embeddingSize = embeddingSize
        self.toldCount = toldCount
    }
}

/// The configuration of a bottleneck, which builds it.
public protocol BottleneckConfig: RegisteredComponent {
    /// Whether a prior can be trained together with it; afterwards one always can, if there are codes.
    static var trainsPrior: Bool { get }

    /// Whether some latents can be told their codes instead of inferring them.
    static var tellsLatents: Bool { get }

    /// What is wrong with the values for D latents of K categories: `key: got …, want …`, a line each.
    func problems(latentCount: Int, categoryCount: Int) -> [String]

    /// The shape of the codes; nil where latents are continuous.
    func grid(latentCount: Int, categoryCount: Int) -> CodeGrid?

    /// The bottleneck, with its parameters made in `scope`.
    func makeBottleneck(
        _ sizes: BottleneckSizes, prior: any PriorConfig, in scope: ParameterScope
    ) throws -> any Bottleneck
}

extension BottleneckConfig {
    /// Only a posterior that is a distribution pulls its prior along.
    public static var trainsPrior: Bool { false }

    /// Only a posterior over codes can be certain of one.
    public static var tellsLatents: Bool { false }

    /// One code per latent.
    public func grid(latentCount: Int, categoryCount: Int) -> CodeGrid? {
        CodeGrid(latentCount: latentCount, categoryCount: categoryCount)
    }
}

/// The bottlenecks a configuration can choose.
public enum BottleneckKind: ComponentKind {
    /// The component as a registered value.
    public static func registered(
        _ component: any BottleneckConfig
    ) -> any RegisteredComponent { component }
}

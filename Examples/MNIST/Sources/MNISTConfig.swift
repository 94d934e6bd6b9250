import Configuration
import DVAE
import Files
import SeqModel

/// Everything that decides the numbers of a run; `config.json` of its folder.
struct MNISTConfig: Codable, Sendable {
    /// `seed` or `reinmax`: what the model sees of a pixel.
    var `protocol` = PixelReading.reinmax
    /// D.
    var latentCount = 4
    /// K.
    var categoryCount = 8
    /// The gradient estimator.
    var estimator: Choice<EstimatorKind> = {
        var reinMax = ReinMax()
        reinMax.temperature = Ramp(1.3)
        return Choice(reinMax)
    }()
    /// The weight of KL in what is climbed, over the steps; the bounds that are told have it at 1.
    ///
    /// More than 1 in the first epochs keeps posteriors soft while the decoder still knows little, which noisy estimators
    /// need: a posterior that is certain has no gradient left to change its mind.
    var klWeight = Ramp(1)
    /// The rule of the updates.
    var optimizer = Choice<OptimizerKind>(Adam.Config())
    /// The learning rate, the same all the way.
    var rate: Float = 5e-4
    /// Images of an update.
    var batchSize = 100
    /// Passes over the training images.
    var epochCount = 160
    /// Decides first weights, order, binarisation and draws.
    var seed: UInt64 = 1

    /// What is wrong with the values: `key: got …, want …`, a line each.
    var problems: [String] {
        let grid =
            Check.positive("latent_count", latentCount, atMost: 1024)
            + Check.range("category_count", categoryCount, 2...1024)
        return grid
            + (grid.isEmpty
                ? estimator.component.problems(
                    latentCount: latentCount, categoryCount: categoryCount
                ).map { "estimator." + $0 } : [])
            + klWeight.problems("kl_weight", 0...1000)
            + optimizer.component.problems.map { "optimizer." + $0 }
            + Check.range("rate", rate, 1e-8...1)
            + Check.positive("batch_size", batchSize, atMost: 10_000)
            + Check.positive("epoch_count", epochCount, atMost: 100_000)
    }
}

extension MNISTConfig {
    /// The estimator and where it differs from its defaults, on one line: `reinmax(temperature=1.3)`.
    var estimatorText: String {
        guard let tree = try? ConfigurationTree.encode(estimator), let members = tree.object else {
            return estimator.type
        }
        let defaults = try? ConfigurationTree.encode(
            Choice<EstimatorKind>(EstimatorKind.builtIn.entry(estimator.type).makeDefault()))
        let settings = members.filter { $0.value != defaults?[$0.key] }.map { member in
            // A ramp that does not move is a number.
            let start = member.value["start"]
            let value = start != nil && start == member.value["end"] ? start : member.value
            let bytes = value.flatMap { try? StrictJSON.bytes(of: $0) } ?? []
            return "\(member.key)=" + String(decoding: bytes, as: UTF8.self)
        }
        return settings.isEmpty
            ? estimator.type : "\(estimator.type)(\(settings.joined(separator: ", ")))"
    }
}

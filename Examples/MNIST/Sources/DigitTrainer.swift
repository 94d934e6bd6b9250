import DVAE
import SeqModel
import Tensors

/// Trains a model epoch by epoch; every number is a function of the configuration and the images.
final class DigitTrainer {
    let config: MNISTConfig
    let model: DigitModel
    private let train: Digits
    private let test: Digits
    /// What the estimator's baseline has learned; a run that is cut short begins anew, so nothing of it is saved.
    private let memory: EstimatorMemory?
    private let parameters: [Parameter]
    private let optimizer: any Optimizer
    private let tape = Tape(arena: Arena(), isRecording: true)
    private let evaluationTape = Tape(arena: Arena(), isRecording: false)
    private var epoch = 0
    private var step = 0

    init(_ config: MNISTConfig, train: Digits, test: Digits) throws {
        self.config = config
        self.train = train
        self.test = test
        model = try DigitModel(
            latentCount: config.latentCount, categoryCount: config.categoryCount,
            source: .seed(config.seed))
        let store = ParameterStore(.seed(config.seed))
        memory = try (config.estimator.component as? any RememberingEstimator)?.makeMemory(
            latentCount: config.latentCount, categoryCount: config.categoryCount,
            in: store.root.scope("estimator"))
        parameters = model.parameters + store.parameters
        optimizer = config.optimizer.component.makeOptimizer(parameters)
    }

    /// One pass over the training images in an order of its own, then the test images.
    ///
    /// Images that do not fill a batch at the end of the pass make a smaller one.
    func runEpoch() throws -> EpochRecord {
        epoch += 1
        let random = RandomStream(seed: config.seed, "train", step: epoch)
        var order = random.stream("order")
        let indices = (0..<train.count).shuffled(using: &order)
        var record = EpochRecord()
        record.epoch = epoch
        for start in stride(from: 0, to: indices.count, by: config.batchSize) {
            let batch = indices[start..<min(start + config.batchSize, indices.count)]
            let bound = try update(batch, using: random.stream(start))
            record.train.reconstruction += bound.reconstruction / Double(train.count)
            record.train.kl += bound.kl / Double(train.count)
        }
        record.test = try evaluate(
            test, using: RandomStream(seed: config.seed, "test", step: epoch))
        return record
    }

    /// One step up the bound's gradient.
    private func update(_ indices: some Collection<Int>, using random: RandomStream) throws
        -> DigitBound
    {
        tape.reset()
        for parameter in parameters { parameter.clearGradient() }
        let images = config.protocol.batch(
            train, indices, using: random.stream("pixels"), in: tape.arena)
        let bound = DigitBound(
            model, images, estimator: config.estimator.component, remembering: memory,
            klWeight: config.klWeight.value(at: step), at: step,
            using: random.stream("estimator"), on: tape)
        guard bound.objective.value[0].isFinite else {
            throw MNISTError.nonFinite(epoch: epoch, step: step)
        }
        tape.backward(from: bound.objective, scale: -1 / Float(indices.count))
        optimizer.update(rate: config.rate, gradientScale: 1)
        step += 1
        return bound
    }

    /// The bound of images by one draw each of the codes, whatever the estimator makes of them in training.
    func evaluate(_ digits: Digits, using random: RandomStream) throws -> EpochRecord.Bound {
        var sum = EpochRecord.Bound()
        for start in stride(from: 0, to: digits.count, by: 500) {
            evaluationTape.reset()
            let random = random.stream(start)
            let images = config.protocol.batch(
                digits, start..<min(start + 500, digits.count), using: random.stream("pixels"),
                in: evaluationTape.arena)
            let bound = DigitBound(
                model, images, estimator: Reinforce(), at: step, using: random.stream("draw"),
                on: evaluationTape)
            sum.reconstruction += bound.reconstruction / Double(digits.count)
            sum.kl += bound.kl / Double(digits.count)
        }
        guard sum.elbo.isFinite else { throw MNISTError.nonFinite(epoch: epoch, step: step) }
        return sum
    }
}

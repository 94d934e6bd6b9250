import DVAE
import Tensors

/// The evidence lower bound of a batch, summed over its images, nats.
///
///     ELBO = E_q[log p(x | z)] − KL(q ‖ uniform),      KL = D ln K − H(q)
struct DigitBound {
    /// E_q[log p(x | z)] − klWeight · KL, summed over the images, on the tape; the bound where the weight is 1.
    let objective: Variable
    /// Σ log p(x | z).
    let reconstruction: Double
    /// Σ KL.
    let kl: Double

    /// The bound with the gradient of an estimator, which may remember earlier steps.
    init(
        _ model: DigitModel, _ images: Tensor, estimator: any GradientEstimator,
        remembering memory: EstimatorMemory? = nil, klWeight: Float = 1, at step: Int,
        using random: RandomStream, on tape: Tape
    ) {
        let posterior = model.posterior(of: images, on: tape)
        let f = model.likelihood(of: images)
        let expectation =
            (estimator as? any RememberingEstimator)?.expectation(
                of: f, under: posterior, at: step, using: random, on: tape, remembering: memory)
            ?? estimator.expectation(of: f, under: posterior, at: step, using: random, on: tape)
        let reconstruction = tape.sum(expectation)
        let kl = tape.sum(posterior.klDivergenceToUniform(on: tape))
        objective = tape.add(reconstruction, tape.scale(kl, by: -klWeight))
        self.reconstruction = Double(reconstruction.value[0])
        self.kl = Double(kl.value[0])
    }
}

import DVAE
import Tensors

/// The evidence lower bound of a batch, summed over its images, nats.
///
///     ELBO = E_q[log p(x | z)] − KL(q ‖ uniform),      KL = D ln K − H(q)
struct DigitBound {
    /// The sum over the images, on the tape.
    let elbo: Variable
    /// Σ log p(x | z).
    let reconstruction: Double
    /// Σ KL.
    let kl: Double

    /// The bound with the gradient of an estimator.
    init(
        _ model: DigitModel, _ images: Tensor, estimator: any GradientEstimator, at step: Int,
        using random: RandomStream, on tape: Tape
    ) {
        let posterior = model.posterior(of: images, on: tape)
        let reconstruction = tape.sum(
            estimator.expectation(
                of: model.likelihood(of: images), under: posterior, at: step, using: random,
                on: tape))
        let kl = tape.sum(posterior.klDivergenceToUniform(on: tape))
        elbo = tape.add(reconstruction, tape.scale(kl, by: -1))
        self.reconstruction = Double(reconstruction.value[0])
        self.kl = Double(kl.value[0])
    }
}

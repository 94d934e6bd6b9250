import CKernels
import DVAE
import RealModule
import SeqModel
import Tensors

/// The polynomial of Liu et al. 2023 (arXiv 2304.08612): find logits of D binary latents that minimise
///
///     E_q[ 1/D Σ_d |z_d1 − 0.45|^p ]
///
/// Its optimum puts every latent at 0. An estimator with a wrong fixed point stalls before it.
struct PolynomialProgram {
    /// p.
    let exponent: Double
    /// D; the paper's is 128.
    var latentCount = 128
    /// Draws of each step.
    var batchSize = 64
    /// Adam steps at a rate of 10⁻³.
    var stepCount = 8000

    /// How the gradient is found.
    enum Method {
        /// Of the expectation itself, ⟨π, h⟩ for h_k the value of category k.
        case exact
        case estimator(any GradientEstimator)
    }

    private static let target = 0.45

    /// E_q of the loss where every latent is 0: the optimum.
    var optimum: Double { Double.pow(Self.target, exponent) }

    /// Trains and returns E_q of the loss at the end.
    func run(_ method: Method, seed: UInt64) throws -> Double {
        let store = ParameterStore(.seed(seed))
        let logits = try store.root.parameter(
            "logits", Shape(latentCount, 2), .uniform(bound: 0.01))
        let optimizer = Adam.Config().makeOptimizer(store.parameters)
        let tape = Tape(arena: Arena(), isRecording: true)
        for step in 0..<stepCount {
            tape.reset()
            logits.clearGradient()
            let loss: Variable
            switch method {
            case .exact:
                let posterior = CategoricalGrid(
                    logits: spread(logits, rows: 1, on: tape), on: tape)
                loss = exactLoss(tape.softmax(posterior.logits), on: tape)
            case .estimator(let estimator):
                let posterior = CategoricalGrid(
                    logits: spread(logits, rows: batchSize, on: tape), on: tape)
                loss = estimator.expectation(
                    of: self.loss, under: posterior, at: step,
                    using: RandomStream(seed: seed, "polynomial", step: step), on: tape)
            }
            tape.backward(from: loss, scale: 1 / Float(loss.value.count))
            optimizer.update(rate: 1e-3, gradientScale: 1)
        }
        let still = Tape(arena: Arena(), isRecording: false)
        let probabilities = still.softmax(spread(logits, rows: 1, on: still))
        return Double(exactLoss(probabilities, on: still).value[0])
    }

    /// 1/D Σ_d |z_d1 − 0.45|^p of each example.
    private func loss(_ latents: Variable, _ tape: Tape) -> Variable {
        let (batch, latentCount) = (latents.shape[0], latentCount)
        let y = tape.arena.tensor(Shape(batch))
        let slopes = tape.arena.zeros(latents.shape)
        for example in 0..<batch {
            var sum = 0.0
            for latent in 0..<latentCount {
                let place = 2 * (example * latentCount + latent)
                let (value, slope) = term(Double(latents.value.pointer[place]))
                sum += value
                slopes.pointer[place] = Float(slope / Double(latentCount))
            }
            y.pointer[example] = Float(sum / Double(latentCount))
        }
        return tape.record(y) { [unowned tape] dy in
            guard let target = tape.accumulator(for: latents) else { return }
            ck_scale_rows(
                target.tensor.pointer, dy.pointer, slopes.pointer, Int64(batch),
                Int64(2 * latentCount), target.flag)
        }
    }

    /// |z − 0.45|^p and its slope; the two values of a one-hot latent are worth no power function.
    private func term(_ z: Double) -> (value: Double, slope: Double) {
        if z == 0 { return (atZero.value, atZero.slope) }
        if z == 1 { return (atOne.value, atOne.slope) }
        return Self.term(z, exponent)
    }

    private let atZero: (value: Double, slope: Double)
    private let atOne: (value: Double, slope: Double)

    private static func term(_ z: Double, _ p: Double) -> (value: Double, slope: Double) {
        let distance = z - target
        return (
            Double.pow(abs(distance), p),
            (distance < 0 ? -p : p) * Double.pow(abs(distance), p - 1)
        )
    }

    init(exponent: Double) {
        self.exponent = exponent
        atZero = Self.term(0, exponent)
        atOne = Self.term(1, exponent)
    }

    /// 1/D Σ_d ⟨π_d, h⟩, a scalar.
    private func exactLoss(_ probabilities: Variable, on tape: Tape) -> Variable {
        let y = tape.arena.tensor(Shape())
        let values = [Float(atOne.value), Float(atZero.value)].map { $0 / Float(latentCount) }
        y[0] = (0..<probabilities.value.count).reduce(0) {
            $0 + values[$1 % 2] * probabilities.value.pointer[$1]
        }
        return tape.record(y) { [unowned tape] dy in
            let slopes = tape.arena.tensor(probabilities.shape)
            for index in 0..<slopes.count { slopes.pointer[index] = dy[0] * values[index % 2] }
            tape.accumulate(slopes, into: probabilities)
        }
    }

    /// The same logits for every draw, `[rows, D, 2]`.
    private func spread(_ logits: Parameter, rows: Int, on tape: Tape) -> Variable {
        let y = tape.arena.tensor(Shape(rows, latentCount, 2))
        let columns = Int64(logits.shape.count)
        ck_set_rows(y.pointer, logits.value.pointer, Int64(rows), columns)
        return tape.record(y) { dy in
            let target = logits.accumulator()
            ck_column_sum(target.tensor.pointer, dy.pointer, Int64(rows), columns, target.flag)
        }
    }
}

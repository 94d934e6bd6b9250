import DVAE
import Tensors

/// How an estimator's gradient of E_q[log p(x | z)] with respect to the logits stands to the exact one, on a trained model
/// and some images.
struct DigitProbe {
    /// cos(mean gradient, exact gradient), freed of the noise left in the mean.
    let cosine: Double
    /// |mean − exact| / |exact|, freed of the noise in the same way.
    let relativeBias: Double
    /// √Σ variance of one draw / |mean|.
    let relativeNoise: Double

    /// Images, their posterior's logits, and the exact gradient.
    struct Ground {
        let model: DigitModel
        let images: Tensor
        let logits: Tensor
        let exact: [Double]
        private let arena = Arena()

        /// Sums over all codes of the model's grid.
        init(_ model: DigitModel, _ digits: Digits, _ indices: Range<Int>) {
            let tape = Tape(arena: arena, isRecording: false)
            let images = PixelReading.reinmax.batch(
                digits, indices, using: RandomStream(seed: 0, "unused"), in: arena)
            let posterior = model.posterior(of: images, on: tape)
            self.model = model
            self.images = images
            logits = posterior.logits.value
            exact = CodeTable(model, images, on: tape).exactGradient(posterior)
        }
    }

    /// Draws `drawCount` gradients, `chunk` of them at a time.
    ///
    /// The squared length of the mean of two independent halves A and B is ⟨A, B⟩ but for noise of mean 0, where ⟨A, A⟩
    /// would add the variance that is left.
    init(
        _ estimator: any GradientEstimator, on ground: Ground, drawCount: Int, chunk: Int = 64,
        using random: RandomStream
    ) {
        let (images, cells) = (ground.images.rows, ground.exact.count)
        let grid = Shape(images * chunk, ground.model.latentCount, ground.model.categoryCount)
        let tape = Tape(arena: Arena(), isRecording: true)
        var halves = [[Double]](repeating: [Double](repeating: 0, count: cells), count: 2)
        var squares = 0.0
        let chunkCount = max(2, (drawCount / chunk + 1) / 2 * 2)
        for index in 0..<chunkCount {
            tape.reset()
            let pixels = tape.arena.tensor(Shape(images * chunk, Digits.pixelCount))
            let logits = tape.arena.tensor(grid)
            for turn in 0..<chunk {
                (pixels.pointer + turn * ground.images.count).update(
                    from: ground.images.pointer, count: ground.images.count)
                (logits.pointer + turn * cells).update(from: ground.logits.pointer, count: cells)
            }
            let posterior = CategoricalGrid(logits: tape.leaf(logits), on: tape)
            let value = estimator.expectation(
                of: ground.model.likelihood(of: pixels), under: posterior, at: 0,
                using: random.stream(index), on: tape)
            tape.backward(from: value)
            guard let gradient = tape.gradient(of: posterior.logits) else { continue }
            for place in 0..<gradient.count {
                let g = Double(gradient.pointer[place])
                halves[index % 2][place % cells] += g / Double(chunk * chunkCount / 2)
                squares += g * g / Double(chunk * chunkCount)
            }
        }
        let exact = ground.exact
        let meanSquare = max(Self.dot(halves[0], halves[1]), .leastNormalMagnitude)
        let exactSquare = Self.dot(exact, exact)
        let product = (Self.dot(halves[0], exact) + Self.dot(halves[1], exact)) / 2
        cosine = product / (meanSquare * exactSquare).squareRoot()
        relativeBias =
            (max(0, meanSquare - 2 * product + exactSquare) / exactSquare).squareRoot()
        relativeNoise = (max(0, squares - meanSquare) / meanSquare).squareRoot()
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

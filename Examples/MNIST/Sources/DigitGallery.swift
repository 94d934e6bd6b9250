import DVAE
import Tensors

/// What a trained model makes of images and codes.
struct DigitGallery {
    let model: DigitModel
    let reading: PixelReading

    /// Images above what the model gives back for one draw of their codes.
    func reconstructions(
        of digits: Digits, _ indices: [Int], using random: RandomStream
    ) -> GreyImage {
        let tape = Tape(arena: Arena(), isRecording: false)
        let images = reading.batch(
            digits, indices, using: random.stream("pixels"), in: tape.arena)
        let codes = model.posterior(of: images, on: tape)
            .sample(using: random.stream("draw"), on: tape)
        return GreyImage(digits: [Self.rows(images), intensities(of: codes, on: tape)])
    }

    /// One row a latent: all its categories in turn, the others as they are in `code`.
    func traversals(of code: Codes) -> GreyImage {
        precondition(code.rowCount == 1, "a traversal starts at one code")
        let tape = Tape(arena: Arena(), isRecording: false)
        let rows = (0..<model.latentCount).map { latent in
            var codes = code.rows([Int](repeating: 0, count: model.categoryCount))
            for category in 0..<model.categoryCount {
                codes[category, latent] = Int32(category)
            }
            return intensities(of: codes, on: tape)
        }
        return GreyImage(digits: rows)
    }

    /// σ(l) of each pixel, 784 a code.
    private func intensities(of codes: Codes, on tape: Tape) -> [[Float]] {
        let latents = Variable(constant: codes.oneHot(in: tape.arena))
        return Self.rows(
            tape.activation(.sigmoid, model.pixelLogits(latents, on: tape)).value)
    }

    private static func rows(_ images: Tensor) -> [[Float]] {
        (0..<images.rows).map { images.rows($0..<$0 + 1).array }
    }
}

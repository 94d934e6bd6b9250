import DVAE
import SeqModel
import Tensors

/// The multilayer perceptrons of both protocols around D latents of K categories.
///
///     x → 512 → 256 → logits [D, K]      one-hot latents [D·K] → 256 → 512 → logits of 784 pixels
///
/// with ReLU between. The decoder reads the one-hot latents as they are: its first layer is the codebook.
struct DigitModel {
    /// D.
    let latentCount: Int
    /// K.
    let categoryCount: Int
    /// Every learned tensor, in the order of files.
    let parameters: [Parameter]

    private let encoder: [Linear]
    private let decoder: [Linear]

    /// A model with fresh parameters or those of a file, as `source` says.
    init(latentCount: Int, categoryCount: Int, source: ParameterStore.Source) throws {
        self.latentCount = latentCount
        self.categoryCount = categoryCount
        let store = ParameterStore(source)
        func stack(_ sizes: [Int], in scope: ParameterScope) throws -> [Linear] {
            try zip(sizes, sizes.dropFirst()).enumerated().map { index, size in
                try Linear(
                    size.0, size.1, activation: index + 2 < sizes.count ? .relu : .none,
                    in: scope.scope(index))
            }
        }
        let cells = latentCount * categoryCount
        let pixels = Digits.pixelCount
        encoder = try stack([pixels, 512, 256, cells], in: store.root.scope("encoder"))
        decoder = try stack([cells, 256, 512, pixels], in: store.root.scope("decoder"))
        parameters = store.parameters
    }

    /// q(z | x) of each image, `[B, 784]`.
    func posterior(of images: Tensor, on tape: Tape) -> CategoricalGrid {
        let logits = encoder.reduce(Variable(constant: images)) { $1($0, on: tape) }
        return CategoricalGrid(
            logits: logits.reshaped(Shape(images.rows, latentCount, categoryCount)), on: tape)
    }

    /// The logits of the pixels for one-hot or relaxed latents `[B, D, K]`, `[B, 784]`.
    func pixelLogits(_ latents: Variable, on tape: Tape) -> Variable {
        let flat = latents.reshaped(Shape(latents.shape[0], latentCount * categoryCount))
        return decoder.reduce(flat) { $1($0, on: tape) }
    }

    /// f(z) = log p(x | z) of each image, `[B]`.
    func likelihood(of images: Tensor) -> LatentFunction {
        { latents, tape in
            tape.bernoulliLogLikelihood(of: images, logits: pixelLogits(latents, on: tape))
        }
    }
}

import Tensors

/// What the model sees of a pixel.
enum PixelReading: String, Codable, CaseIterable, Sendable {
    /// Black or white, drawn anew at every reading with the grey value as the probability of white: a likelihood
    /// (the protocol of Jeffares and Liu 2025, arXiv 2505.10344).
    case seed
    /// The grey value of [0, 1] itself as the target of a cross entropy, which is no likelihood (the protocol of Liu,
    /// Dong, Liu, Yu and Gao 2023, arXiv 2304.08612).
    case reinmax

    /// A batch of images, `[B, 784]`.
    func batch(
        _ digits: Digits, _ indices: some Collection<Int>, using random: RandomStream,
        in arena: Arena
    ) -> Tensor {
        let size = Digits.pixelCount
        let batch = arena.tensor(Shape(indices.count, size))
        digits.pixels.withUnsafeBufferPointer { pixels in
            for (row, index) in indices.enumerated() {
                for pixel in 0..<size {
                    batch.pointer[row * size + pixel] = Self.grey[Int(pixels[index * size + pixel])]
                }
            }
        }
        guard self == .seed else { return batch }
        var random = random
        let noise = arena.tensor(batch.shape)
        random.uniform(into: noise)
        for index in 0..<batch.count {
            batch.pointer[index] = noise.pointer[index] < batch.pointer[index] ? 1 : 0
        }
        return batch
    }

    /// byte/255.
    private static let grey = (0...255).map { Float($0) / 255 }
}

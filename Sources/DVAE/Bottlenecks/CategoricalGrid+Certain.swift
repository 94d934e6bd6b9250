import Tensors

extension CategoricalGrid {
    /// The distribution with all its mass on one code per latent: what a quantiser makes of an example.
    ///
    /// KL to the uniform prior is D ln K, the entropy 0, and every draw the code itself.
    init(certain codes: Codes, on tape: Tape) {
        // e^−10⁴ is 0, and no Gumbel noise reaches so far.
        let logits = tape.arena.tensor(
            Shape(codes.rowCount, codes.latentCount, codes.categoryCount))
        logits.fill(-10_000)
        for (place, code) in codes.values.enumerated() {
            logits.pointer[place * codes.categoryCount + Int(code)] = 0
        }
        self.init(logits: Variable(constant: logits), on: tape)
    }
}

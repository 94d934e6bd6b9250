import TextCodec

extension ModelConfig {
    /// The latents in a few words: `D=32 K=32, 160 bits per sentence`.
    var latentSummary: String {
        guard let grid else { return "D=\(latentCount) continuous latents" }
        let shape = "D=\(grid.latentCount) K=\(grid.categoryCount)"
        let kind = bottleneck.type == "categorical" ? "" : " by \(bottleneck.type)"
        return "\(shape)\(kind), \(Figures.fixed(bitsPerSentence, 0)) bits per sentence"
    }
}

import Training

extension EvaluationReport {
    /// The figures for people.
    var table: Table {
        func optional(_ value: Double?, _ text: (Double) -> String) -> String {
            value.map(text) ?? "–"
        }
        var table = Table()
        table.rightAligned = [1]
        table.add("sentences", Figures.grouped(sentences))
        table.add("tokens", Figures.grouped(tokens))
        table.add("loss", Figures.fixed(lossNatsPerToken, 3), "nats per token, own codes")
        table.add("token accuracy", Figures.fixed(tokenAccuracy, 3), "teacher-forced")
        table.add(
            "exact match", optional(exactMatch) { Figures.percent($0) }, "of greedy decodings")
        table.add("BLEU", optional(bleu) { Figures.fixed(100 * $0, 1) }, "of greedy decodings")
        table.add(
            "shuffle gap", optional(shuffleGapNatsPerToken) { Figures.fixed($0, 3) },
            "nats per token, another sentence's codes against its own")
        table.add("ELBO", Figures.fixed(elboNats, 2), "nats per sentence")
        table.add("reconstruction", Figures.fixed(reconstructionNats, 2), "nats per sentence")
        table.add("KL", Figures.fixed(klNats, 2), "nats per sentence")
        table.add(
            "information", Figures.fixed(mutualInformationNats, 2),
            "nats per sentence, sum over latents")
        table.add("capacity", Figures.fixed(bitsPerSentence, 1), "bits per sentence")
        table.add("active latents", "\(activeLatents)", "of \(latents)")
        table.add("code perplexity", Figures.fixed(codePerplexity, 1), "of \(categories)")
        table.add("dead codes", Figures.grouped(deadCodes), "of \(latents * categories)")
        table.add("verdict", verdict.rawValue)
        return table
    }
}

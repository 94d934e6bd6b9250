import Foundation
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
        table.add("tokens", Figures.grouped(tokens), "end marks included")
        table.add("loss", Figures.fixed(lossNatsPerToken, 3), "nats per token, own codes")
        table.add("token accuracy", Figures.fixed(tokenAccuracy, 3), "teacher-forced")
        table.add(
            "exact match", optional(exactMatch) { Figures.percent($0) }, "of greedy decodings")
        table.add("BLEU", optional(bleu) { Figures.fixed(100 * $0, 1) }, "white-space words")
        table.add(
            "BLEU, Unicode words", optional(bleuUnicodeWords) { Figures.fixed(100 * $0, 1) },
            "words by UAX #29")
        table.add(
            "edit similarity", optional(editSimilarity) { Figures.fixed($0, 3) },
            "of greedy decodings, by characters")
        table.add(
            "shuffle gap", optional(shuffleGapNatsPerToken) { Figures.fixed($0, 3) },
            "nats per token, another sentence's codes against its own")
        table.add("ELBO", Figures.fixed(elboNats, 2), "nats per sentence")
        table.add("reconstruction", Figures.fixed(reconstructionNats, 2), "nats per sentence")
        table.add("KL", Figures.fixed(klNats, 2), "nats per sentence")
        if let importanceBoundNats, let importanceSamples {
            table.add(
                "importance bound", Figures.fixed(importanceBoundNats, 2),
                "nats per sentence, \(Figures.count(importanceSamples, "sample"))")
        }
        if let logLikelihoodNats {
            table.add(
                "log p(x)", Figures.fixed(logLikelihoodNats, 2), "nats per sentence, all codes")
        }
        table.add(
            "perplexity", Figures.fixed(perplexityPerWord, 2),
            "per word, \(Figures.grouped(words)) words and end marks, by the best bound")
        table.add("bits per character", Figures.fixed(bitsPerCharacter, 3), "ends included")
        table.add("bits per byte", Figures.fixed(bitsPerByte, 3), "ends included")
        table.add(
            "information", Figures.fixed(mutualInformationNats, 2),
            "nats per sentence, sum over latents; \(Figures.fixed(mutualInformationCorrectedNats, 2)) corrected"
        )
        if let jointInformationNats, let jointInformationSentences {
            table.add(
                "of whole codes", Figures.fixed(jointInformationNats, 2),
                "nats over \(Figures.count(jointInformationSentences, "sentence")), at most "
                    + Figures.fixed(log(Double(jointInformationSentences)), 2))
        }
        table.add(
            "aggregate KL", Figures.fixed(aggregateKlNats, 2),
            "nats from uniform, sum over latents")
        table.add("capacity", Figures.fixed(bitsPerSentence, 1), "bits per sentence")
        table.add("active latents", "\(activeLatents)", "of \(latents)")
        table.add("code perplexity", Figures.fixed(codePerplexity, 1), "of \(categories)")
        table.add("distinct codes", Figures.grouped(distinctCodes), "of so many sentences")
        table.add("dead codes", Figures.grouped(deadCodes), "of \(latents * categories)")
        for agreement in codeAgreement ?? [] {
            table.add(
                "codes kept", optional(agreement.equalCodes) { Figures.percent($0) },
                "when edited: \(agreement.edit.rawValue.replacing("_", with: " ")), "
                    + Figures.count(agreement.texts, "text"))
        }
        table.add("verdict", verdict.rawValue)
        return table
    }
}

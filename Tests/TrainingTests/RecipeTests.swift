import Configuration
import DVAE
import SeqModel
import Testing

@testable import Training

@Suite struct RecipeTests {
    /// Every recipe fits every preset, at both kinds of levels.
    @Test(arguments: Recipe.builtIn.map(\.name))
    func fitsEveryPreset(recipe: String) throws {
        for preset in Preset.builtIn {
            let plain = try ExperimentConfig.resolve(preset: preset.name)
            let config = try ExperimentConfig.resolve(preset: preset.name, recipe: recipe)
            #expect((config == plain) == (recipe == "standard"), "\(preset.name)")
            _ = try ExperimentConfig.resolve(
                preset: preset.name, recipe: recipe, level: .character)
        }
    }

    @Test func stepsScaleTheRamps() throws {
        let config = try ExperimentConfig.resolve(
            preset: "tiny", recipe: "cyclical", sets: ["training.steps=1000"])
        #expect(
            config.objective.klWeight
                == Ramp(from: 0, to: 0.5, steps: 800, cycles: 4, ratio: 0.5))
        let pretrained = try ExperimentConfig.resolve(
            preset: "tiny", recipe: "pretrain", sets: ["training.steps=1000"])
        #expect(pretrained.training.pretrainingSteps == 250)
        #expect(pretrained.training.steps == 1000)
    }

    @Test func assignmentsStandAbove() throws {
        let config = try ExperimentConfig.resolve(
            recipe: "target-kl", sets: ["objective.target_kl.bits_per_code=3"])
        #expect(config.objective.targetKL.bitsPerCode == 3)
        #expect(config.objective.freeBits == 0)
    }

    @Test func unknownNamesAreRefused() {
        let message = experimentMessage { try ExperimentConfig.resolve(recipe: "cyclic") }
        #expect(message?.contains(#"unknown recipe "cyclic" (did you mean "cyclical"?)"#) == true)
    }

    @Test func pretrainingMustEnd() {
        let message = experimentMessage {
            try ExperimentConfig.resolve(
                sets: ["training.steps=10", "training.pretraining_steps=10"])
        }
        #expect(message?.contains("training.pretraining_steps: got 10, want 0 … 9") == true)
    }

    /// A verdict names flags that exist.
    @Test func adviceNamesKnownRecipes() {
        var report = EvaluationReport()
        (report.latents, report.categories, report.activeLatents) = (8, 8, 8)
        report.klNats = 8
        report.shuffleGapNatsPerToken = 0.01
        var advice = Verdict(of: report).advice
        report.shuffleGapNatsPerToken = 2
        report.activeLatents = 2
        advice += Verdict(of: report).advice
        report.activeLatents = 8
        report.codePerplexity = 1.1
        advice += Verdict(of: report).advice
        let words = advice.joined(separator: " ").split { " ;:,".contains($0) }
        let named = words.indices.dropLast().filter { words[$0].hasSuffix("--recipe") }
            .map { String(words[$0 + 1]) }
        #expect(named.count >= 5)
        #expect(
            named.allSatisfy { name in Recipe.builtIn.contains { $0.name == name } }, "\(named)")
    }

    /// Wrong codes mislead a decoder that learns little from the right ones; a gap alone is no health.
    @Test(arguments: [(0.03, Verdict.Health.collapsed), (0.06, .healthy)])
    func codesThatHoldNothingAreCollapsed(klOfALatent: Double, wanted: Verdict.Health) {
        var report = EvaluationReport()
        (report.latents, report.categories, report.activeLatents) = (16, 16, 12)
        (report.shuffleGapNatsPerToken, report.codePerplexity) = (0.4, 12)
        report.klNats = klOfALatent * 16
        #expect(Verdict(of: report).health == wanted)
    }
}

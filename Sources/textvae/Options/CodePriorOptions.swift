import ArgumentParser
import TextCodec

/// Where new codes come from.
struct CodePriorOptions: ParsableArguments {
    @Option(
        help: "Where codes come from: model (the default), uniform, factorised or autoregressive.",
        completion: .words(of: PriorChoice.self), transform: keyword)
    var prior = PriorChoice.model

    @Option(
        help: ArgumentHelp(
            "Of the codes: below 1 likelier ones, above 1 more varied ones.",
            valueName: "temperature"))
    var codeTemperature: Float = 1

    func validate() throws {
        guard codeTemperature.isFinite, 0.01...100 ~= codeTemperature else {
            throw ValidationError("--code-temperature: got \(codeTemperature), want 0.01 … 100.")
        }
    }
}

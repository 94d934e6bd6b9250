import ArgumentParser
import DVAE
import Files
import SeqModel
import TextCodec
import Tokenize

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a model is, and what its codes of a text do.",
        discussion: """
            EXAMPLES:
              textvae inspect --model model
              textvae inspect --model model "The nurse buys a kite."
              textvae inspect --model model "The nurse buys a kite." --latent 3

            With --latent the code of that latent (1 … D) takes each of its K values in turn, all others staying: one \
            line a value, the text's own marked with *.
            """)

    @OptionGroup var options: ModelOptions

    @Argument(help: "Texts to encode.")
    var texts: [String] = []

    @Option(help: ArgumentHelp("The latent to vary, 1 … D.", valueName: "d"))
    var latent: Int?

    func validate() throws {
        if latent != nil, texts.isEmpty {
            throw ValidationError("--latent varies a code of a text: give one.")
        }
    }

    func run() throws {
        let codec = try options.load()
        if latent != nil, !codec.hasCodes { throw TextCodecError.noCodes }
        if let latent, latent < 1 || latent > codec.latentCount {
            throw UserError.usage("--latent: got \(latent), the model has 1 … \(codec.latentCount)")
        }
        try OutputOptions.print { sink in
            guard !texts.isEmpty else { return try sink.write(Self.card(of: codec)) }
            for text in texts {
                let codes = try codes(of: text, codec)
                try sink.writeLine(codes[0].map(String.init).joined(separator: " "))
                if let latent { try sweep(codes, latent: latent - 1, codec, to: sink) }
            }
        }
    }

    private func codes(of text: String, _ codec: Codec) throws -> Codes {
        var reader = SequenceReader(codec, truncates: false)
        let record = Record(bytes: Array(text.utf8), place: Place(source: "text", line: 1), id: nil)
        return try codec.encode(sequences: reader.sequences(of: [record]))
    }

    private func sweep(
        _ codes: Codes, latent: Int, _ codec: Codec, to sink: FileSink
    ) throws {
        var variants = codes.rows(Array(repeating: 0, count: codec.categoryCount))
        for category in 0..<codec.categoryCount { variants[category, latent] = Int32(category) }
        let texts = try codec.decode(variants)
        var table = Table()
        table.rightAligned = [1]
        for (category, text) in texts.enumerated() {
            let isOwn = codes[0, latent] == Int32(category)
            table.add(
                isOwn ? "*" : " ", "\(category)", text.split(separator: "\n").joined(separator: " ")
            )
        }
        try sink.write(table.text)
    }

    private static func card(of codec: Codec) -> String {
        let config = codec.model.config
        let spec = codec.tokenizer.spec
        var table = Table()
        if let grid = config.grid {
            table.add(
                "grid", "D=\(grid.latentCount) latents, K=\(grid.categoryCount) categories each")
            table.add("capacity", "\(Figures.fixed(config.bitsPerSentence, 1)) bits per sentence")
        } else {
            table.add("latents", "D=\(config.latentCount), continuous: no codes")
        }
        table.add("bottleneck", config.bottleneck.type)
        table.add("prior", prior(of: codec.model))
        table.add("parameters", Figures.grouped(codec.model.parameterCount))
        table.add("encoder", "\(config.encoder.type)")
        table.add("decoder", "\(config.decoder.type)")
        table.add("longest text", "\(Figures.count(config.maximumLength, "token"))")
        table.add("tokenizer", tokenizer(spec))
        table.add("vocabulary", "\(Figures.count(codec.tokenizer.vocabularySize, "token"))")
        return table.text
    }

    private static func prior(of model: TextModel) -> String {
        guard let learned = model.learnedPrior else {
            return model.config.grid == nil ? "standard normal" : model.config.prior.type
        }
        return "autoregressive (\(learned.config.layer.rawValue)), learned afterwards"
    }

    private static func tokenizer(_ spec: TokenizerSpec) -> String {
        var parts = [spec.level.rawValue]
        if spec.level == .word { parts.append("profile \(spec.profile.rawValue)") }
        if spec.normalization != .none { parts.append(spec.normalization.rawValue) }
        if spec.caseFolding { parts.append("case folded") }
        if let locale = spec.locale { parts.append("locale \(locale)") }
        return parts.joined(separator: ", ")
    }
}

import Configuration
import Files

/// What drawn texts are worth, by a scorer that has nothing to do with the model they come from.
///
/// Words are white-space-separated fields. Both scorers are ``NGramModel`` of one order over one vocabulary, that of the
/// training and the held-out texts, so that figures of different models compare.
public struct SampleReport: Codable, Sendable, Equatable {
    /// Samples judged.
    public var samples = 0
    /// Their words, end marks included.
    public var sampleWords = 0
    /// The held-out texts' words, end marks included.
    public var heldOutWords = 0
    /// The n of the scorers.
    public var order = 0
    /// V of the scorers.
    public var vocabulary = 0
    /// Perplexity of the samples for a scorer of the training texts: low when they read like them.
    public var forwardPerplexity: Double?
    /// Perplexity of the held-out texts for a scorer of the samples: low when the samples cover them (Zhao, Kim, Zhang, Rush
    /// and LeCun 2018, arXiv 1706.04223).
    public var reversePerplexity: Double?
    /// Perplexity of the held-out texts for a scorer of the training texts: what neither can beat honestly.
    public var heldOutPerplexity: Double?
    /// BLEU-4 of the samples against each other, 0 … 1: the lower, the more diverse.
    public var selfBleu = 0.0
    /// The same for as many held-out texts: what diversity real text has.
    public var heldOutSelfBleu = 0.0
    /// Shares of the samples' n-grams that are the first of their kind, n = 1 … 4.
    public var distinct: [Double] = []
    /// The share of samples that are texts of the training corpus, byte for byte.
    public var copiedShare = 0.0
    /// The share of samples that are different from all samples before them.
    public var distinctSamples = 0.0

    /// Judges samples; all texts are records without their line feeds.
    ///
    /// - Parameter order: of the scorers, 3 … 5.
    public init(samples: [[UInt8]], training: [[UInt8]], heldOut: [[UInt8]], order: Int = 4) {
        var words = NGramVocabulary()
        words.add(training)
        words.add(heldOut)
        func sentences(_ texts: [[UInt8]]) -> [[Int32]] { texts.map(words.sentence) }
        let (drawn, known, unseen) = (sentences(samples), sentences(training), sentences(heldOut))
        self.samples = samples.count
        self.order = order
        vocabulary = words.size
        sampleWords = drawn.reduce(0) { $0 + $1.count - 1 }
        heldOutWords = unseen.reduce(0) { $0 + $1.count - 1 }
        let ofTraining = NGramModel(known, order: order, vocabularySize: words.size)
        forwardPerplexity = ofTraining.perplexity(of: drawn)
        heldOutPerplexity = ofTraining.perplexity(of: unseen)
        reversePerplexity = NGramModel(drawn, order: order, vocabularySize: words.size)
            .perplexity(of: unseen)
        func inner(_ sentences: some Sequence<[Int32]>) -> [[Int32]] {
            sentences.map { Array($0.dropFirst().dropLast()) }
        }
        let diversity = SampleDiversity(inner(drawn))
        selfBleu = diversity.selfBLEU
        distinct = diversity.distinct
        heldOutSelfBleu = SampleDiversity(inner(unseen.prefix(samples.count))).selfBLEU
        let originals = Set(training)
        copiedShare =
            Double(samples.count { originals.contains($0) }) / Double(max(1, samples.count))
        distinctSamples = Double(Set(samples).count) / Double(max(1, samples.count))
    }

    /// One JSON object on one line: keys in snake case, null for what there were no texts for.
    public func json() throws -> String {
        let tree = try ConfigurationTree.encode(self)
        return String(decoding: try StrictJSON.bytes(of: tree, nonFinite: .null), as: UTF8.self)
    }
}

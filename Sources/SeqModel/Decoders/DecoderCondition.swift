import Tensors

/// What a decoder knows of the sequences it is to write.
public struct DecoderCondition {
    /// One vector per sequence, `[B, C]`.
    public let vector: Variable
    /// The embeddings of its codes, `[B, D·E]`.
    public let codes: Variable

    /// ln of the steps that each sequence has by its codes, end mark included, `[B]`; nil where codes do not tell it.
    public let logLength: Tensor?

    /// A condition on all of them.
    public init(vector: Variable, codes: Variable, logLength: Tensor? = nil) {
        self.vector = vector
        self.codes = codes
        self.logLength = logLength
    }

    /// ln of the steps, for a decoder that was built for codes that tell it.
    var logLengths: Tensor {
        guard let logLength else { preconditionFailure("a condition that does not tell lengths") }
        return logLength
    }

    /// The sizes a decoder is built for.
    public struct Sizes: Sendable, Equatable {
        /// C.
        public let vector: Int
        /// D.
        public let codeCount: Int
        /// E.
        public let code: Int
        /// How many codes, the first ones, tell the length of the sequence.
        ///
        /// The others then tell equal parts of it in order. 0: no such order is known.
        public let lengthCodeCount: Int

        /// Vectors of C numbers, and D codes of E numbers.
        public init(vector: Int, codeCount: Int, code: Int, lengthCodeCount: Int = 0) {
            precondition(
                lengthCodeCount == 0 || lengthCodeCount < codeCount,
                "\(lengthCodeCount) of \(codeCount) codes for the length")
            self.vector = vector
            self.codeCount = codeCount
            self.code = code
            self.lengthCodeCount = lengthCodeCount
        }
    }
}

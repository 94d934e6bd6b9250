import Tensors

/// What a decoder knows of the sequences it is to write.
public struct DecoderCondition {
    /// One vector per sequence, `[B, C]`.
    public let vector: Variable
    /// The embeddings of its codes, `[B, D·E]`.
    public let codes: Variable

    /// A condition on both.
    public init(vector: Variable, codes: Variable) {
        self.vector = vector
        self.codes = codes
    }

    /// The sizes a decoder is built for.
    public struct Sizes: Sendable, Equatable {
        /// C.
        public let vector: Int
        /// D.
        public let codeCount: Int
        /// E.
        public let code: Int

        /// Vectors of C numbers, and D codes of E numbers.
        public init(vector: Int, codeCount: Int, code: Int) {
            self.vector = vector
            self.codeCount = codeCount
            self.code = code
        }
    }
}

import Tokenize

/// Cuts text for measures that must not depend on the model's own tokens.
struct TextPieces {
    private let graphemes: Segmenter.Worker
    private let words: Segmenter.Worker

    init() throws {
        graphemes = try Segmenter(.grapheme).makeWorker()
        words = try Segmenter(.word).makeWorker()
    }

    /// White-space-separated fields: the same for every level of tokens.
    static func fields(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.split { $0 == 0x20 || 0x09...0x0D ~= $0 }
    }

    /// Segments between word boundaries that are not white space.
    func words(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        pieces(of: bytes, words).filter { piece in
            !piece.allSatisfy { $0 == 0x20 || 0x09...0x0D ~= $0 }
        }
    }

    /// Extended grapheme clusters.
    func graphemes(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] { pieces(of: bytes, graphemes) }

    private func pieces(of bytes: [UInt8], _ worker: Segmenter.Worker) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        bytes.withUnsafeBufferPointer { text in
            worker.forEachSegment(in: text) { range, _ in pieces.append(bytes[range]) }
        }
        return pieces
    }
}

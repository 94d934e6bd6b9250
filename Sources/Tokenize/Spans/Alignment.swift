import CICU

/// A normalized text and where each stretch of it comes from.
///
/// The text falls into stretches that are normalized independently of what stands around them. A
/// stretch that did not change maps byte by byte; one that did maps as a whole, since nothing more is
/// true of it: both letters that NFKC makes of "ﬁ" come from all of "ﬁ".
struct Alignment {
    /// A stretch: its ends, and whether the bytes are the same on both sides.
    struct Stretch: Equatable {
        var normalizedEnd: Int
        var originalEnd: Int
        var isUnchanged: Bool
    }

    /// The text after normalization.
    private(set) var normalized: [UInt8] = []
    /// All stretches in order; neighbours that did not change are one.
    private(set) var stretches: [Stretch] = []

    /// Walks over the text stretch by stretch.
    init(_ original: ByteSlice, _ spec: TokenizerSpec, _ normalizer: Normalizer) {
        guard spec.normalizes else {
            normalized = Array(original)
            append(original.count, original.count, isUnchanged: true)
            return
        }
        var start = 0
        while start < original.count {
            let end = Self.stretchEnd(original, from: start, spec)
            let stretch = ByteSlice(rebasing: original[start..<end])
            let rewritten = normalizer.normalize(stretch)
            let isUnchanged = rewritten.elementsEqual(stretch)
            normalized += rewritten
            append(normalized.count, end, isUnchanged: isUnchanged)
            start = end
        }
        // Should stretches ever depend on each other, all that can be said is "from all of it".
        let whole = normalizer.normalize(original)
        if !whole.elementsEqual(normalized) {
            normalized = Array(whole)
            stretches = [
                Stretch(
                    normalizedEnd: whole.count, originalEnd: original.count, isUnchanged: false)
            ]
        }
    }

    private mutating func append(_ normalizedEnd: Int, _ originalEnd: Int, isUnchanged: Bool) {
        if isUnchanged, let last = stretches.indices.last, stretches[last].isUnchanged {
            stretches[last].normalizedEnd = normalizedEnd
            stretches[last].originalEnd = originalEnd
        } else {
            stretches.append(
                Stretch(
                    normalizedEnd: normalizedEnd, originalEnd: originalEnd,
                    isUnchanged: isUnchanged))
        }
    }

    /// The next place after `start` that normalization does not reach across.
    private static func stretchEnd(
        _ bytes: ByteSlice, from start: Int, _ spec: TokenizerSpec
    ) -> Int {
        var end = start
        repeat {
            end += bytes.scalarLength(at: end).length
        } while end < bytes.count && !hasBoundary(bytes, before: end, spec)
        return end
    }

    private static func hasBoundary(
        _ bytes: ByteSlice, before offset: Int, _ spec: TokenizerSpec
    ) -> Bool {
        guard let scalar = bytes.scalarLength(at: offset).value, scalar >= 0x80 else {
            return true
        }
        return cicu_has_boundary_before(spec.normalization.number, scalar) != 0
    }
}

extension Alignment {
    /// Finds where stretches of normalized text come from; they must come in order.
    struct Cursor {
        private let stretches: [Stretch]
        private var index = 0

        init(_ alignment: Alignment) { stretches = alignment.stretches }

        /// The bytes of the original that a non-empty range of the normalized text comes from.
        mutating func original(of range: Range<Int>) -> Range<Int> {
            while index < stretches.count, stretches[index].normalizedEnd <= range.lowerBound {
                index += 1
            }
            let lower = original(range.lowerBound, in: index, roundsUp: false)
            var last = index
            while last < stretches.count, stretches[last].normalizedEnd < range.upperBound {
                last += 1
            }
            return lower..<max(lower, original(range.upperBound, in: last, roundsUp: true))
        }

        private func original(_ offset: Int, in index: Int, roundsUp: Bool) -> Int {
            let before = index > 0 ? stretches[index - 1] : nil
            guard index < stretches.count else { return before?.originalEnd ?? 0 }
            let start = before?.originalEnd ?? 0
            if stretches[index].isUnchanged {
                return start + offset - (before?.normalizedEnd ?? 0)
            }
            return roundsUp ? stretches[index].originalEnd : start
        }
    }
}

extension NormalizationForm {
    /// The number the C interface knows the form by.
    var number: Int32 {
        switch self {
        case .none: 0
        case .nfc: 1
        case .nfd: 2
        case .nfkc: 3
        case .nfkd: 4
        case .nfkcCasefold: 5
        }
    }
}

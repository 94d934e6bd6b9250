/// Cuts the token ids of a record into windows of a fixed length, which may overlap.
///
///     let windows = try TokenWindows(length: 512, stride: 64)
///     windows.ranges(count: tokenIDs.count)  // 0..<512, 448..<960, …
///
/// Each window begins `length - stride` ids after the one before it, and the last is the first that
/// reaches the end: nothing is left out, and no window lies within another. A record without ids has
/// one window without ids.
public struct TokenWindows: Hashable, Sendable {
    /// Where short windows are filled up.
    public enum Padding: String, Sendable, CaseIterable {
        /// Before the ids.
        case left
        /// After the ids.
        case right
        /// Nowhere.
        case none
    }

    /// Most ids of a window.
    public let length: Int
    /// How many ids at the end of a window begin the next one too.
    public let stride: Int
    /// Where short windows are filled up.
    public let padding: Padding

    /// - Throws: `TokenizeError.invalidSpec` unless 0 ≤ stride < length.
    public init(length: Int, stride: Int = 0, padding: Padding = .none) throws {
        guard length > 0 else {
            throw TokenizeError.invalidSpec(
                key: "window length", reason: "got \(length), want 1 or more")
        }
        guard 0..<length ~= stride else {
            throw TokenizeError.invalidSpec(
                key: "window stride",
                reason: "got \(stride), want 0 … \(length - 1), less than the length")
        }
        self.length = length
        self.stride = stride
        self.padding = padding
    }

    /// Where the windows of so many ids stand, in order.
    public func ranges(count: Int) -> [Range<Int>] {
        var ranges = [0..<min(length, count)]
        while let last = ranges.last, last.upperBound < count {
            let start = last.upperBound - stride
            ranges.append(start..<min(start + length, count))
        }
        return ranges
    }

    /// The items of a window, filled up to the length where padding asks for it.
    public func padded<Item>(_ window: some Collection<Item>, with filler: Item) -> [Item] {
        let missing = repeatElement(filler, count: max(0, length - window.count))
        switch padding {
        case .left: return missing + Array(window)
        case .right: return Array(window) + missing
        case .none: return Array(window)
        }
    }
}

extension Tokenizer {
    /// What windows are filled up with: `<eos>`, which stands for no bytes, so that a window decodes
    /// to its text with padding or without.
    public var padding: Int32 { eos }
}

/// Range checks of configuration values, phrased for the user who typed them.
public enum Check {
    /// A size or count that must be at least 1.
    public static func positive(_ key: String, _ value: Int, atMost limit: Int = 1 << 20)
        -> [String]
    {
        value >= 1 && value <= limit ? [] : ["\(key): got \(value), want 1 … \(limit)"]
    }

    /// A probability below 1.
    public static func rate(_ key: String, _ value: Float) -> [String] {
        value >= 0 && value < 1 ? [] : ["\(key): got \(value), want at least 0 and less than 1"]
    }

    /// A number that must lie in a range.
    public static func range<Value: Comparable>(
        _ key: String, _ value: Value, _ range: ClosedRange<Value>
    ) -> [String] {
        range.contains(value)
            ? [] : ["\(key): got \(value), want \(range.lowerBound) … \(range.upperBound)"]
    }
}

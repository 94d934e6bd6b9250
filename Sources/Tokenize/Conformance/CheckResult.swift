/// How a check of many cases went.
public struct CheckResult: Hashable, Sendable {
    /// What was checked.
    public let name: String
    /// Cases looked at.
    public internal(set) var cases = 0
    /// Cases that failed.
    public internal(set) var failures = 0
    /// The first few that did.
    public internal(set) var firstFailures: [String] = []

    init(_ name: String) { self.name = name }

    /// Counts a case.
    mutating func note(_ holds: Bool, _ description: @autoclosure () -> String) {
        cases += 1
        if holds { return }
        failures += 1
        if firstFailures.count < 5 { firstFailures.append(description()) }
    }
}

import Testing

/// Expects max |aᵢ − bᵢ| ≤ relative · ‖b‖₂; says where the worst difference is otherwise.
public func expectClose(
    _ actual: [Float], _ expected: [Double], relative: Double = 1e-5, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(
        actual.map { Double($0) }, expected, relative: relative, what,
        sourceLocation: sourceLocation)
}

/// As above, for two lists of the same precision.
public func expectClose(
    _ actual: [Double], _ expected: [Double], relative: Double = 1e-5, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record(
            "\(what): got \(actual.count) values, want \(expected.count)",
            sourceLocation: sourceLocation)
        return
    }
    // A gradient that is exactly zero leaves differences of about 10⁻¹⁰ in its oracle.
    let norm = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let bound = max(relative * norm, 1e-8)
    var (worst, place) = (0.0, 0)
    for (index, (got, want)) in zip(actual, expected).enumerated() {
        let difference = abs(got - want)
        // A NaN is worse than anything.
        if difference > worst || difference.isNaN {
            (worst, place) = (difference, index)
            if difference.isNaN { break }
        }
    }
    guard !(worst <= bound) else { return }
    Issue.record(
        """
        \(what): worst at index \(place) of \(actual.count): got \(actual[place]), want \
        \(expected[place]), difference \(worst) over the bound \(bound) (norm \(norm))
        """, sourceLocation: sourceLocation)
}

/// Expects the same bits; says where the first difference is otherwise.
public func expectSameBits(
    _ actual: [Float], _ expected: [Float], _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.count == expected.count else {
        Issue.record(
            "\(what): got \(actual.count) values, want \(expected.count)",
            sourceLocation: sourceLocation)
        return
    }
    for (index, (got, want)) in zip(actual, expected).enumerated()
    where got.bitPattern != want.bitPattern {
        Issue.record(
            "\(what): first differing bits at index \(index): got \(got), want \(want)",
            sourceLocation: sourceLocation)
        return
    }
}

/// Σ (observed − expected)²/expected over the cells with an expectation.
public func chiSquare(observed: [Int], probabilities: [Double]) -> Double {
    let total = Double(observed.reduce(0, +))
    return zip(observed, probabilities).reduce(0) { sum, cell in
        let expected = total * cell.1
        guard expected > 0 else { return cell.0 == 0 ? sum : .infinity }
        return sum + (Double(cell.0) - expected) * (Double(cell.0) - expected) / expected
    }
}

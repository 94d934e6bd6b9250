import Testing

/// ∂f/∂x by central differences in double precision: (f(x + h) − f(x − h)) / 2h with h = 10⁻⁵.
///
/// The error is about 10⁻¹⁰, far below what single precision can show.
public func centralDifference(of f: ([Double]) -> Double, at x: [Double]) -> [Double] {
    let step = 1e-5
    var x = x
    return x.indices.map { index in
        let centre = x[index]
        x[index] = centre + step
        let above = f(x)
        x[index] = centre - step
        let below = f(x)
        x[index] = centre
        return (above - below) / (2 * step)
    }
}

/// Checks values and gradients found in single precision against a plain function in double precision.
///
/// - Parameters:
///   - naive: the function, from all its inputs to all its outputs.
///   - inputs: where to compare; exactly representable in single precision (``sampleValues(_:seed:scale:)``).
///   - relative: the greatest error as a share of the norm of each output or gradient.
///   - run: given the outputs' upstream gradients, the outputs and the gradient of every input; nil for an input
///     whose gradient is not under test.
public func expectGradients(
    of naive: ([[Double]]) -> [Double], at inputs: [[Double]], relative: Double = 1e-5,
    _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    run: (_ upstream: [Float]) -> (value: [Float], gradients: [[Float]?])
) {
    let expected = naive(inputs)
    let upstream = sampleValues(expected.count, seed: 977)
    let (value, gradients) = run(upstream.map { Float($0) })
    expectClose(
        value, expected, relative: relative, "\(what) value", sourceLocation: sourceLocation)
    for (index, gradient) in gradients.enumerated() {
        guard let gradient else { continue }
        let exact = centralDifference(
            of: { moved in
                var all = inputs
                all[index] = moved
                return zip(naive(all), upstream).reduce(0) { $0 + $1.0 * $1.1 }
            }, at: inputs[index])
        expectClose(
            gradient, exact, relative: relative, "\(what) gradient of input \(index)",
            sourceLocation: sourceLocation)
    }
}

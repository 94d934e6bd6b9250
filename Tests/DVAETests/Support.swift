import Configuration
import Foundation
import RealModule
import Tensors
import Testing

@testable import DVAE

/// D latents of K categories.
struct GridSize: Sendable, CustomTestStringConvertible {
    let latents: Int
    let categories: Int
    var cells: Int { latents * categories }
    var testDescription: String { "D=\(latents) K=\(categories)" }

    init(_ latents: Int, _ categories: Int) {
        self.latents = latents
        self.categories = categories
    }

    /// Every code of the grid.
    var codes: [[Int32]] {
        ExactEnumeration.assignments(latentCount: latents, categoryCount: categories)
    }

    /// The one-hot form of a code, D·K numbers.
    func oneHot(_ code: [Int32]) -> [Double] {
        var z = [Double](repeating: 0, count: cells)
        for (latent, k) in code.enumerated() { z[latent * categories + Int(k)] = 1 }
        return z
    }

    /// The softmax of each latent's logits.
    func probabilities(_ logits: [Double]) -> [Double] {
        (0..<latents).flatMap { softmax(Array(logits[row($0)])) }
    }

    /// q(code) under these probabilities.
    func probability(of code: [Int32], _ probabilities: [Double]) -> Double {
        code.enumerated().reduce(1) { $0 * probabilities[$1.offset * categories + Int($1.element)] }
    }

    /// The cells of a latent.
    func row(_ latent: Int) -> Range<Int> { latent * categories..<(latent + 1) * categories }

    /// Σ_z q(z) body(z): an expectation by enumeration.
    func mean(_ probabilities: [Double], _ body: ([Int32]) -> [Double]) -> [Double] {
        var sum: [Double] = []
        for code in codes {
            let weighted = scaled(body(code), by: probability(of: code, probabilities))
            sum = sum.isEmpty ? weighted : added(sum, weighted)
        }
        return sum
    }

    /// ∂E_q[f]/∂θ_dk = π_dk (E[f | z_d = k] − E[f]), by enumeration.
    func exactGradient(_ logits: [Double], of f: ([Int32]) -> Double) -> [Double] {
        let probabilities = probabilities(logits)
        var total = 0.0
        var joint = [Double](repeating: 0, count: cells)
        for code in codes {
            let term = probability(of: code, probabilities) * f(code)
            total += term
            for (latent, k) in code.enumerated() { joint[latent * categories + Int(k)] += term }
        }
        return zip(joint, probabilities).map { $0 - $1 * total }
    }
}

extension GridSize {
    /// E[log 1/S Σⱼ wⱼ] + KL(q ‖ uniform) with log w = f − log q − D ln K, and its gradient by the product rule, without
    /// any baseline: Σ_{z₁…z_S} q(z₁)…q(z_S) [L Σⱼ sⱼ − Σⱼ w̃ⱼ sⱼ], s = ∂log q/∂θ.
    func multiSampleBound(
        _ logits: [Double], draws: Int, of f: ([Int32]) -> Double
    ) -> (value: Double, gradient: [Double]) {
        let pi = probabilities(logits)
        let each = codes.map { code in
            let q = probability(of: code, pi)
            let score = zip(oneHot(code), pi).map { $0 - $1 }
            return (
                q: q, score: score,
                w: exp(f(code) - log(q) - Double(latents) * log(Double(categories)))
            )
        }
        var value = 0.0
        var gradient = [Double](repeating: 0, count: cells)
        for tuple in GridSize(draws, each.count).codes {
            let drawn = tuple.map { each[Int($0)] }
            let total = drawn.reduce(0) { $0 + $1.w }
            let q = drawn.reduce(1) { $0 * $1.q }
            let bound = log(total / Double(draws))
            value += q * bound
            for draw in drawn {
                let weight = q * (bound - draw.w / total)
                for cell in gradient.indices { gradient[cell] += weight * draw.score[cell] }
            }
        }
        for latent in 0..<latents {
            let entropy = -pi[row(latent)].reduce(0) { $0 + $1 * log($1) }
            value += log(Double(categories)) - entropy
            for cell in row(latent) { gradient[cell] += pi[cell] * (log(pi[cell]) + entropy) }
        }
        return (value, gradient)
    }
}

func softmax(_ logits: [Double], temperature: Double = 1) -> [Double] {
    let largest = logits.max() ?? 0
    let weights = logits.map { exp(($0 - largest) / temperature) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }
func added(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }
func scaled(_ a: [Double], by scale: Double) -> [Double] { a.map { $0 * scale } }
func doubles(_ x: [Float]) -> [Double] { x.map(Double.init) }

/// The largest |a − b|; infinite when a NaN or a difference of length stands in the way.
func distance(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1)) }
}

/// |a − b| / |b|.
func relativeError(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return norm(added(a, scaled(b, by: -1))) / norm(b)
}

/// ∂f/∂x by central differences.
func centralDifferences(_ x: [Double], step: Double = 1e-5, of f: ([Double]) -> Double) -> [Double]
{
    x.indices.map { i in
        var (up, down) = (x, x)
        up[i] += step
        down[i] -= step
        return (f(up) - f(down)) / (2 * step)
    }
}

/// Fixed standard normal numbers.
func normals(_ count: Int, _ name: String, seed: UInt64 = 1) -> [Double] {
    var random = RandomStream(seed: seed, name)
    let arena = Arena()
    let tensor = arena.tensor(Shape(count))
    random.normal(into: tensor)
    return doubles(tensor.array)
}

/// Fixed standard Gumbel noise.
func gumbels(_ count: Int, _ name: String, seed: UInt64 = 1) -> [Double] {
    var random = RandomStream(seed: seed, name)
    let arena = Arena()
    let tensor = arena.tensor(Shape(count))
    random.gumbel(into: tensor)
    return doubles(tensor.array)
}

/// f(z) = a·z + zᵀBz + Σ t_ijk z_i z_j z_k up to a degree, with random coefficients for every pair and triple of
/// cells, those of different latents included.
struct Polynomial: Sendable {
    let cells: Int
    let linear: [Double]
    let quadratic: [Double]
    let cubic: [Double]

    init(cells: Int, degree: Int, seed: UInt64) {
        self.cells = cells
        linear = normals(cells, "linear", seed: seed)
        quadratic = degree < 2 ? [] : normals(cells * cells, "quadratic", seed: seed)
        cubic = degree < 3 ? [] : normals(cells * cells * cells, "cubic", seed: seed)
    }

    func callAsFunction(_ z: [Double]) -> Double {
        var sum = dot(linear, z)
        for i in 0..<cells where z[i] != 0 {
            for j in 0..<cells where z[j] != 0 && !quadratic.isEmpty {
                sum += quadratic[i * cells + j] * z[i] * z[j]
                for k in 0..<cells where !cubic.isEmpty {
                    sum += cubic[(i * cells + j) * cells + k] * z[i] * z[j] * z[k]
                }
            }
        }
        return sum
    }

    func gradient(_ z: [Double]) -> [Double] {
        var g = linear
        for i in 0..<cells {
            for j in 0..<cells where !quadratic.isEmpty {
                g[i] += (quadratic[i * cells + j] + quadratic[j * cells + i]) * z[j]
                for k in 0..<cells where !cubic.isEmpty && z[j] * z[k] != 0 {
                    g[i] +=
                        (cubic[(i * cells + j) * cells + k] + cubic[(j * cells + i) * cells + k]
                            + cubic[(j * cells + k) * cells + i]) * z[j] * z[k]
                }
            }
        }
        return g
    }

    /// The same function of a batch on a tape.
    var latentFunction: LatentFunction {
        { latents, tape in
            let batch = latents.shape[0]
            func z(_ example: Int) -> [Double] {
                (0..<cells).map { Double(latents.value.pointer[example * cells + $0]) }
            }
            let y = tape.arena.tensor(Shape(batch))
            for example in 0..<batch { y.pointer[example] = Float(self(z(example))) }
            return tape.record(y) { [unowned tape] dy in
                guard latents.isDifferentiable else { return }
                let g = tape.arena.tensor(latents.shape)
                for example in 0..<batch {
                    for (cell, slope) in gradient(z(example)).enumerated() {
                        g.pointer[example * cells + cell] = dy.pointer[example] * Float(slope)
                    }
                }
                tape.accumulate(g, into: latents)
            }
        }
    }
}

extension Tape {
    /// A recording tape over a fresh arena.
    static func recording() -> Tape { Tape(arena: Arena(), isRecording: true) }

    /// Rows of numbers as a leaf.
    func leaf(_ rows: [Double], _ shape: Shape) -> Variable { leaf(tensor(rows, shape)) }

    /// A posterior with the same logits for each of `batch` examples.
    func posterior(_ logits: [Double], _ grid: GridSize, batch: Int) -> CategoricalGrid {
        let all = arena.tensor(Shape(batch, grid.latents, grid.categories))
        let row = logits.map(Float.init)
        for example in 0..<batch {
            (all.pointer + example * grid.cells).update(from: row, count: grid.cells)
        }
        return CategoricalGrid(logits: leaf(all), on: self)
    }

    /// A tensor with these elements.
    func tensor(_ values: [Double], _ shape: Shape) -> Tensor {
        let result = arena.tensor(shape)
        precondition(values.count == result.count)
        for (index, value) in values.enumerated() { result.pointer[index] = Float(value) }
        return result
    }

    /// Σ_i weights[i] · x[i].
    func weightedSum(_ x: Variable, _ weights: [Double]) -> Variable {
        let y = arena.tensor(Shape())
        y[0] = Float(dot(doubles(x.value.array), weights))
        return record(y) { [unowned self] dy in
            accumulate(tensor(scaled(weights, by: Double(dy[0])), x.shape), into: x)
        }
    }
}

/// What an estimator asked f about, apart from questions on tapes that do not record.
final class Capture {
    var latents: [[Float]] = []

    /// f, with its latents written down whenever its tape is like `tape`.
    func wrap(_ f: @escaping LatentFunction, like tape: Tape) -> LatentFunction {
        { [unowned tape] latents, given in
            if given.isRecording == tape.isRecording { self.latents.append(latents.value.array) }
            return f(latents, given)
        }
    }
}

/// An estimator as registered, at one of the temperatures it allows.
struct Variant: Sendable, CustomTestStringConvertible {
    let type: String
    let temperature: Double?
    let estimator: any GradientEstimator
    var setting = ""

    var testDescription: String { (temperature.map { "\(type) τ=\($0)" } ?? type) + setting }
    /// Whether its mean gradient is that of ``target(of:logits:grid:)``.
    var isUnbiased: Bool { Swift.type(of: estimator).isUnbiased || estimator is Vimco }

    /// Every registered estimator with its defaults, and REINFORCE with each baseline of its own making.
    static let defaults =
        EstimatorKind.builtIn.entries.map {
            Variant(type: $0.type, temperature: nil, estimator: $0.makeDefault())
        }
        + [(Baseline.batch, " b=batch"), (.mode, " b=mode")].map { baseline, setting in
            var estimator = Reinforce()
            estimator.baseline = baseline
            return Variant(
                type: Reinforce.type, temperature: nil, estimator: estimator, setting: setting)
        }

    /// Every registered estimator; one with a temperature at each of several it finds no problem with.
    static func all() throws -> [Variant] {
        try defaults.flatMap { variant -> [Variant] in
            guard try variant.keys["temperature"] != nil else { return [variant] }
            return try [0.1, 0.5, 1, 1.5, 3].compactMap { temperature -> Variant? in
                let changed = try variant.setting("temperature", to: "\(temperature)")
                return changed.problems(latentCount: 2, categoryCount: 3).isEmpty
                    ? Variant(
                        type: variant.type, temperature: temperature, estimator: changed) : nil
            }
        }
    }

    /// The estimator as it is written in configurations.
    private var keys: [String: Any] {
        get throws {
            let data = try JSONEncoder().encode(Choice<EstimatorKind>(estimator))
            return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        }
    }

    /// The estimator with a key changed to a value in JSON.
    func setting(_ key: String, to json: String) throws -> any GradientEstimator {
        var keys = try keys
        keys[key] = try JSONSerialization.jsonObject(
            with: Data(json.utf8), options: .fragmentsAllowed)
        return try JSONDecoder().decode(
            Choice<EstimatorKind>.self, from: JSONSerialization.data(withJSONObject: keys)
        ).component
    }

    /// What the estimator estimates, and its exact gradient: E_q[f], or the bound of its own.
    func target(
        of f: ([Int32]) -> Double, logits: [Double], grid: GridSize
    ) -> (value: Double, gradient: [Double]) {
        if let vimco = estimator as? Vimco {
            return grid.multiSampleBound(logits, draws: vimco.sampleCount, of: f)
        }
        return (
            grid.mean(grid.probabilities(logits)) { [f($0)] }[0],
            grid.exactGradient(logits, of: f)
        )
    }

    /// Every registered pathwise estimator, so at several temperatures.
    static func pathwise() throws -> [Variant] {
        try all().filter { $0.estimator is any PathwiseEstimator }
    }
}

/// Numbers behind a pointer, as rules take and leave them.
final class Buffer<Scalar> {
    let pointer: UnsafeMutablePointer<Scalar>
    let count: Int

    init(_ values: [Scalar]) {
        count = values.count
        pointer = .allocate(capacity: max(1, count))
        for (index, value) in values.enumerated() { (pointer + index).initialize(to: value) }
    }

    deinit { pointer.deallocate() }

    /// What `body` makes of the numbers.
    func read<Result>(_ body: (UnsafePointer<Scalar>) -> Result) -> Result {
        withExtendedLifetime(self) { body(pointer) }
    }

    /// The numbers after `body` has worked on them.
    func after(_ body: (UnsafeMutablePointer<Scalar>) -> Void) -> [Scalar] {
        withExtendedLifetime(self) {
            body(pointer)
            return (0..<count).map { pointer[$0] }
        }
    }
}

/// `start` plus the estimate of ∂f/∂θ for one latent by an estimator's own rule, in double precision.
func rowGradient(
    _ estimator: some PathwiseEstimator, logits: [Double], noise: [Double]? = nil, drawn: Int,
    g: [Double], temperature: Double, start: [Double]? = nil
) -> [Double] {
    rowGradient(
        estimator, logits: logits, probabilities: softmax(logits),
        noise: noise ?? logits.map { _ in 0 }, drawn: drawn, g: g, temperature: temperature,
        start: start ?? logits.map { _ in 0 })
}

/// As above, in the precision of the arguments.
func rowGradient<Scalar: Real & BinaryFloatingPoint>(
    _ estimator: some PathwiseEstimator, logits: [Scalar], probabilities: [Scalar],
    noise: [Scalar], drawn: Int, g: [Scalar], temperature: Scalar, start: [Scalar]
) -> [Scalar] {
    let count = logits.count
    let space = Buffer(start)
    return Buffer(logits + probabilities + noise + g).read { (inputs: UnsafePointer<Scalar>) in
        let (probabilities, noise, g) = (
            inputs.advanced(by: count), inputs.advanced(by: 2 * count),
            inputs.advanced(by: 3 * count)
        )
        return Buffer(start).after { (out: UnsafeMutablePointer<Scalar>) in
            withExtendedLifetime(space) {
                let row = LatentRow(
                    logits: inputs, probabilities: probabilities, noise: noise, drawn: drawn,
                    categoryCount: count, space: space.pointer)
                estimator.addGradient(of: row, g: g, temperature: temperature, to: out)
            }
        }
    }
}

/// The probability of a chi-square statistic at least this large (Wilson and Hilferty 1931).
func chiSquareTail(_ statistic: Double, degreesOfFreedom: Int) -> Double {
    let n = Double(degreesOfFreedom)
    let variance = 2.0 / (9.0 * n)
    let root: Double = Foundation.pow(statistic / n, 1.0 / 3.0)
    let deviation: Double = root - 1.0 + variance
    let scale: Double = (2.0 * variance).squareRoot()
    return 0.5 * erfc(deviation / scale)
}

/// Σ (observed − expected)² / expected.
func chiSquare(_ counts: [Int], _ probabilities: [Double]) -> Double {
    let total = Double(counts.reduce(0, +))
    var sum = 0.0
    for (count, probability) in zip(counts, probabilities) {
        let expected = total * probability
        let difference = Double(count) - expected
        sum += difference * difference / expected
    }
    return sum
}

/// An estimator from JSON, by the built-in registry.
func decodeEstimator(_ json: String) throws -> any GradientEstimator {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Choice<EstimatorKind>.self, from: Data(json.utf8)).component
}

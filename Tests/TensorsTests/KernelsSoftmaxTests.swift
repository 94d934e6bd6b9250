import CKernels
import Testing

@Suite struct KernelsSoftmaxTests {
    static let rowCount = 4
    static let sizes = awkwardSizes.filter { $0 > 0 }

    @Test(arguments: sizes) func forward(columns: Int) {
        let x = values(Self.rowCount * columns, seed: 1, scale: 5)
        let shape = (Int64(Self.rowCount), Int64(columns))
        var y = [Float](repeating: .nan, count: x.count)
        var expected = doubles(x)
        ck_softmax(&y, x, shape.0, shape.1)
        ck_reference_softmax(&expected, doubles(x), shape.0, shape.1)
        #expect(distance(y, expected) < 1e-6)
        ck_log_softmax(&y, x, shape.0, shape.1)
        ck_reference_log_softmax(&expected, doubles(x), shape.0, shape.1)
        #expect(distance(y, expected) < 1e-6)
    }

    @Test(arguments: sizes, [Int32(0), 1]) func backward(columns: Int, accumulate: Int32) {
        let x = values(Self.rowCount * columns, seed: 1, scale: 2)
        let dy = values(x.count, seed: 2)
        let start = values(x.count, seed: 3)
        let kept = doubles(start).map { accumulate == 1 ? $0 : 0 }
        let shape = (Int64(Self.rowCount), Int64(columns))
        var y = x
        var dx = start
        var expected = doubles(x)
        ck_softmax(&y, x, shape.0, shape.1)
        ck_softmax_backward(&dx, y, dy, shape.0, shape.1, accumulate)
        ck_reference_softmax_backward(&expected, doubles(y), doubles(dy), shape.0, shape.1)
        #expect(distance(dx, zip(kept, expected).map { $0 + $1 }) < 1e-6)
        ck_log_softmax(&y, x, shape.0, shape.1)
        dx = start
        ck_log_softmax_backward(&dx, y, dy, shape.0, shape.1, accumulate)
        ck_reference_log_softmax_backward(&expected, doubles(y), doubles(dy), shape.0, shape.1)
        #expect(distance(dx, zip(kept, expected).map { $0 + $1 }) < 2e-5)
    }

    @Test func gradientsAreDerivatives() {
        let columns = 19
        let x = values(columns, seed: 1, scale: 2)
        let dy = values(columns, seed: 2)
        var y = x
        var dx = x
        ck_softmax(&y, x, 1, Int64(columns))
        ck_softmax_backward(&dx, y, dy, 1, Int64(columns), 0)
        let softmax = centralDifferences(doubles(x)) { x in
            var y = x
            ck_reference_softmax(&y, x, 1, Int64(columns))
            return dot(y, doubles(dy))
        }
        #expect(distance(dx, softmax) < 1e-6)
        ck_log_softmax(&y, x, 1, Int64(columns))
        ck_log_softmax_backward(&dx, y, dy, 1, Int64(columns), 0)
        let logSoftmax = centralDifferences(doubles(x)) { x in
            var y = x
            ck_reference_log_softmax(&y, x, 1, Int64(columns))
            return dot(y, doubles(dy))
        }
        #expect(distance(dx, logSoftmax) < 1e-6)
    }

    @Test(arguments: sizes + [10_000]) func crossEntropy(columns: Int) {
        let rowCount = 5
        let x = values(rowCount * columns, seed: 1, scale: 6)
        let target = indices(rowCount, below: columns, seed: 2)
        let gradient = values(rowCount, seed: 3)
        let shape = (Int64(rowCount), Int64(columns))
        var logits = x
        var likelihood = [Float](repeating: .nan, count: rowCount)
        var best = [Int32](repeating: -1, count: rowCount)
        var expectedLogits = doubles(x)
        var expected = [Double](repeating: 0, count: rowCount)
        var expectedBest = best
        ck_cross_entropy(&logits, &likelihood, &best, target, nil, shape.0, shape.1)
        #expect(logits == x)
        ck_cross_entropy(&logits, &likelihood, &best, target, gradient, shape.0, shape.1)
        ck_reference_cross_entropy(
            &expectedLogits, &expected, &expectedBest, target, doubles(gradient), shape.0, shape.1)
        #expect(distance(likelihood, expected) < 1e-6)
        #expect(distance(logits, expectedLogits) < 1e-6)
        #expect(best == expectedBest)
    }

    @Test func crossEntropyGradientIsTheDerivative() {
        let columns = 21
        let x = values(columns, seed: 1, scale: 2)
        var logits = x
        var likelihood: Float = 0
        var best: Int32 = 0
        ck_cross_entropy(&logits, &likelihood, &best, [4], [-1.5], 1, Int64(columns))
        let expected = centralDifferences(doubles(x)) { x in
            var x = x
            var likelihood = 0.0
            var best: Int32 = 0
            ck_reference_cross_entropy(&x, &likelihood, &best, [4], nil, 1, Int64(columns))
            return -1.5 * likelihood
        }
        #expect(distance(logits, expected) < 1e-6)
    }

    @Test(arguments: [Float(80), 1e4, denormal, 3e38, .greatestFiniteMagnitude])
    func extremesStayFinite(size: Float) {
        let columns = 37
        let x = (0..<columns).map { $0 % 3 == 0 ? size : $0 % 3 == 1 ? -size : 0 }
        var y = x
        ck_softmax(&y, x, 1, Int64(columns))
        #expect(allFinite(y) && abs(y.reduce(0, +) - 1) < 1e-5)
        for target in [Int32(0), 1, 2] {
            var logits = x
            var likelihood: Float = 0
            var best: Int32 = 0
            ck_cross_entropy(&logits, &likelihood, &best, [target], [1], 1, Int64(columns))
            #expect(likelihood.isFinite && allFinite(logits) && best == 0)
        }
        var sum: Float = 0
        let targets = [Float](repeating: 0.25, count: columns)
        if size < 1e30 {
            ck_bernoulli_log_likelihood(&sum, x, targets, 1, Int64(columns))
            #expect(sum.isFinite)
        }
        ck_bernoulli_backward(&y, x, targets, [1], 1, Int64(columns), 0)
        #expect(allFinite(y))
    }

    @Test(arguments: sizes, [Int32(0), 1]) func bernoulli(columns: Int, accumulate: Int32) {
        let rowCount = 3
        let logits = values(rowCount * columns, seed: 1, scale: 8)
        let target = values(logits.count, seed: 2).map { ($0 + 1) / 2 }
        let gradient = values(rowCount, seed: 3)
        let start = values(logits.count, seed: 4)
        let shape = (Int64(rowCount), Int64(columns))
        var out = [Float](repeating: .nan, count: rowCount)
        var expected = doubles(out)
        ck_bernoulli_log_likelihood(&out, logits, target, shape.0, shape.1)
        ck_reference_bernoulli_log_likelihood(
            &expected, doubles(logits), doubles(target), shape.0, shape.1)
        #expect(distance(out, expected) < 2e-6)
        var dlogits = start
        var expectedGradient = doubles(logits)
        ck_bernoulli_backward(&dlogits, logits, target, gradient, shape.0, shape.1, accumulate)
        ck_reference_bernoulli_backward(
            &expectedGradient, doubles(logits), doubles(target), doubles(gradient), shape.0, shape.1
        )
        let kept = doubles(start).map { accumulate == 1 ? $0 : 0 }
        #expect(distance(dlogits, zip(kept, expectedGradient).map { $0 + $1 }) < 1e-6)
    }
}

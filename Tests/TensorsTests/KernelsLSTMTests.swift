import CKernels
import Testing

@Suite struct KernelsLSTMTests {
    /// One time step and what the kernel makes of it.
    struct Step {
        let rowCount: Int
        let previousRows: Int
        let width: Int
        var gi: [Float]
        var gc: [Float]
        var gh: [Float]
        var inputBias: [Float]
        var hiddenBias: [Float]
        var previous: [Float]

        init(rowCount: Int, previousRows: Int, width: Int, scale: Float = 2) {
            self.rowCount = rowCount
            self.previousRows = previousRows
            self.width = width
            gi = values(rowCount * 4 * width, seed: 1, scale: scale)
            gc = values(rowCount * 4 * width, seed: 2, scale: scale)
            gh = values(previousRows * 4 * width, seed: 3, scale: scale)
            inputBias = values(4 * width, seed: 4)
            hiddenBias = values(4 * width, seed: 5)
            previous = values(previousRows * width, seed: 6)
        }

        private var shape: (Int64, Int64, Int64) {
            (Int64(rowCount), Int64(previousRows), Int64(width))
        }

        /// h, c, gates.
        func forward(conditioned: Bool = true) -> [[Float]] {
            var h = [Float](repeating: .nan, count: rowCount * width)
            var c = h
            var gates = [Float](repeating: .nan, count: rowCount * 4 * width)
            gc.withUnsafeBufferPointer { gc in
                ck_lstm_forward(
                    &h, &c, &gates, gi, conditioned ? gc.baseAddress : nil, gh, inputBias,
                    hiddenBias, previous, shape.0, shape.1, shape.2)
            }
            return [h, c, gates]
        }

        func reference(
            gi: [Double]? = nil, gh: [Double]? = nil, previous: [Double]? = nil,
            conditioned: Bool = true
        ) -> [[Double]] {
            var h = [Double](repeating: .nan, count: rowCount * width)
            var c = h
            var gates = [Double](repeating: .nan, count: rowCount * 4 * width)
            let zeros = [Double](repeating: 0, count: gc.count)
            ck_reference_lstm_forward(
                &h, &c, &gates, gi ?? doubles(self.gi), conditioned ? doubles(gc) : zeros,
                gh ?? doubles(self.gh), doubles(inputBias), doubles(hiddenBias),
                previous ?? doubles(self.previous), shape.0, shape.1, shape.2)
            return [h, c, gates]
        }

        /// dgates, and dc once it is the gradient of c_prev.
        func backward(_ dh: [Float], _ dc: [Float], _ result: [[Float]]) -> [[Float]] {
            var dgates = [Float](repeating: .nan, count: result[2].count)
            var dc = dc
            ck_lstm_backward(
                &dgates, &dc, dh, result[2], result[1], previous, shape.0, shape.1, shape.2)
            return [dgates, dc]
        }
    }

    @Test(arguments: awkwardSizes, [true, false]) func matchesReference(
        width: Int, conditioned: Bool
    ) {
        for previousRows in [0, 2, 3] {
            let step = Step(rowCount: 3, previousRows: previousRows, width: width)
            let result = step.forward(conditioned: conditioned)
            let expected = step.reference(conditioned: conditioned)
            for (a, b) in zip(result, expected) { #expect(distance(a, b) < 2e-6) }
            let dh = values(3 * width, seed: 7)
            let dc = values(3 * width, seed: 8)
            let gradients = step.backward(dh, dc, result)
            var dgates = [Double](repeating: .nan, count: 12 * width)
            var flowing = doubles(dc)
            ck_reference_lstm_backward(
                &dgates, &flowing, doubles(dh), doubles(result[2]), doubles(result[1]),
                doubles(step.previous), 3, Int64(previousRows), Int64(width))
            for (a, b) in zip(gradients, [dgates, flowing]) { #expect(distance(a, b) < 2e-6) }
        }
    }

    @Test func gradientsAreDerivatives() {
        let step = Step(rowCount: 3, previousRows: 2, width: 5)
        let dh = values(15, seed: 7)
        let dc = values(15, seed: 8)
        let gradients = step.backward(dh, dc, step.forward())
        func loss(_ result: [[Double]]) -> Double {
            dot(result[0], doubles(dh)) + dot(result[1], doubles(dc))
        }
        let dgi = centralDifferences(doubles(step.gi)) { loss(step.reference(gi: $0)) }
        let dgh = centralDifferences(doubles(step.gh)) { loss(step.reference(gh: $0)) }
        let dprevious = centralDifferences(doubles(step.previous)) {
            loss(step.reference(previous: $0))
        }
        #expect(distance(gradients[0], dgi) < 2e-6)
        #expect(distance(Array(gradients[0].prefix(dgh.count)), dgh) < 2e-6)
        #expect(distance(Array(gradients[1].prefix(10)), dprevious) < 2e-6)
    }

    @Test(arguments: [Float(80), 1e4, denormal]) func extremesStayFinite(scale: Float) {
        let step = Step(rowCount: 2, previousRows: 2, width: 21, scale: scale)
        let result = step.forward()
        let gradients = step.backward(values(42, seed: 7), values(42, seed: 8), result)
        #expect(allFinite(Array((result + gradients).joined())))
    }

    @Test func sameBitsOnAnyThreadsAndInAnyBatch() {
        let step = Step(rowCount: 40, previousRows: 33, width: 331)
        let (dh, dc) = (values(40 * 331, seed: 7), values(40 * 331, seed: 8))
        #expect(
            sameBitsForAnyThreadCount {
                let result = step.forward()
                return result + step.backward(dh, dc, result)
            })
        var single = Step(rowCount: 1, previousRows: 1, width: 331)
        single.gi = rows(17..<18, of: step.gi, columns: 1324)
        single.gc = rows(17..<18, of: step.gc, columns: 1324)
        single.gh = rows(17..<18, of: step.gh, columns: 1324)
        single.previous = rows(17..<18, of: step.previous, columns: 331)
        #expect(
            bits(single.forward()[0]) == bits(rows(17..<18, of: step.forward()[0], columns: 331)))
    }
}

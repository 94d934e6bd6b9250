import CKernels
import Testing

@Suite struct KernelsGRUTests {
    /// Inputs of one step and what the kernel makes of them.
    struct Step {
        let rowCount: Int
        let previousRows: Int
        let width: Int
        var gi: [Float]
        var gc: [Float]?
        var gh: [Float]
        var inputBias: [Float]
        var hiddenBias: [Float]
        var previous: [Float]

        init(
            rowCount: Int, previousRows: Int, width: Int, conditioned: Bool = true,
            scale: Float = 2
        ) {
            self.rowCount = rowCount
            self.previousRows = previousRows
            self.width = width
            gi = values(rowCount * 3 * width, seed: 1, scale: scale)
            gc = conditioned ? values(rowCount * 3 * width, seed: 2, scale: scale) : nil
            gh = values(previousRows * 3 * width, seed: 3, scale: scale)
            inputBias = values(3 * width, seed: 4)
            hiddenBias = values(3 * width, seed: 5)
            previous = values(previousRows * width, seed: 6)
        }

        /// h, gates, hidden_n.
        func forward() -> [[Float]] {
            var h = [Float](repeating: .nan, count: rowCount * width)
            var gates = [Float](repeating: .nan, count: rowCount * 3 * width)
            var hidden = h
            let shape = (Int64(rowCount), Int64(previousRows), Int64(width))
            if let gc {
                ck_gru_forward(
                    &h, &gates, &hidden, gi, gc, gh, inputBias, hiddenBias, previous, shape.0,
                    shape.1, shape.2)
            } else {
                ck_gru_forward(
                    &h, &gates, &hidden, gi, nil, gh, inputBias, hiddenBias, previous, shape.0,
                    shape.1, shape.2)
            }
            return [h, gates, hidden]
        }

        func reference(
            gi: [Double]? = nil, gh: [Double]? = nil, previous: [Double]? = nil
        ) -> [[Double]] {
            var h = [Double](repeating: .nan, count: rowCount * width)
            var gates = [Double](repeating: .nan, count: rowCount * 3 * width)
            var hidden = h
            let condition = gc.map(doubles) ?? [Double](repeating: 0, count: self.gi.count)
            ck_reference_gru_forward(
                &h, &gates, &hidden, gi ?? doubles(self.gi), condition, gh ?? doubles(self.gh),
                doubles(inputBias), doubles(hiddenBias), previous ?? doubles(self.previous),
                Int64(rowCount), Int64(previousRows), Int64(width))
            return [h, gates, hidden]
        }

        /// dgi, dgh, dh_prev.
        func backward(_ dh: [Float], gates: [Float], hidden: [Float]) -> [[Float]] {
            var dgi = [Float](repeating: .nan, count: gates.count)
            var dgh = dgi
            var direct = [Float](repeating: .nan, count: previous.count)
            ck_gru_backward(
                &dgi, &dgh, &direct, dh, gates, hidden, previous, Int64(rowCount),
                Int64(previousRows), Int64(width))
            return [dgi, dgh, direct]
        }
    }

    @Test(arguments: awkwardSizes, [true, false]) func matchesReference(
        width: Int, conditioned: Bool
    ) {
        for previousRows in [0, 2, 3] {
            let step = Step(
                rowCount: 3, previousRows: previousRows, width: width, conditioned: conditioned)
            let result = step.forward()
            let expected = step.reference()
            for (a, b) in zip(result, expected) { #expect(distance(a, b) < 1e-6) }

            let dh = values(3 * width, seed: 7)
            let gradients = step.backward(dh, gates: result[1], hidden: result[2])
            var dgi = [Double](repeating: .nan, count: 9 * width)
            var dgh = dgi
            var direct = doubles(step.previous)
            ck_reference_gru_backward(
                &dgi, &dgh, &direct, doubles(dh), doubles(result[1]), doubles(result[2]),
                doubles(step.previous), 3, Int64(previousRows), Int64(width))
            for (a, b) in zip(gradients, [dgi, dgh, direct]) { #expect(distance(a, b) < 1e-6) }
        }
    }

    @Test func gradientsAreDerivatives() {
        let step = Step(rowCount: 3, previousRows: 2, width: 5)
        let result = step.forward()
        let dh = values(15, seed: 7)
        let gradients = step.backward(dh, gates: result[1], hidden: result[2])
        let dgi = centralDifferences(doubles(step.gi)) {
            dot(step.reference(gi: $0)[0], doubles(dh))
        }
        let dgh = centralDifferences(doubles(step.gh)) {
            dot(step.reference(gh: $0)[0], doubles(dh))
        }
        let direct = centralDifferences(doubles(step.previous)) {
            dot(step.reference(previous: $0)[0], doubles(dh))
        }
        #expect(distance(gradients[0], dgi) < 2e-6)
        #expect(distance(Array(gradients[1].prefix(dgh.count)), dgh) < 2e-6)
        #expect(distance(gradients[2], direct) < 2e-6)
    }

    @Test(arguments: [Float(80), 1e4, denormal]) func extremesStayFinite(scale: Float) {
        let step = Step(rowCount: 2, previousRows: 2, width: 21, scale: scale)
        let result = step.forward()
        let gradients = step.backward(values(42, seed: 7), gates: result[1], hidden: result[2])
        #expect(allFinite(Array((result + gradients).joined())))
    }

    @Test func sameBitsOnAnyThreadsAndInAnyBatch() {
        let step = Step(rowCount: 40, previousRows: 33, width: 331)
        let dh = values(40 * 331, seed: 7)
        #expect(
            sameBitsForAnyThreadCount {
                let result = step.forward()
                return result + step.backward(dh, gates: result[1], hidden: result[2])
            })
        var single = Step(rowCount: 1, previousRows: 1, width: 331)
        single.gi = rows(17..<18, of: step.gi, columns: 993)
        single.gc = step.gc.map { rows(17..<18, of: $0, columns: 993) }
        single.gh = rows(17..<18, of: step.gh, columns: 993)
        single.previous = rows(17..<18, of: step.previous, columns: 331)
        #expect(
            bits(single.forward()[0]) == bits(rows(17..<18, of: step.forward()[0], columns: 331)))
    }
}

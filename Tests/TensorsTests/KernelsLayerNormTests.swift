import CKernels
import Testing

@Suite struct KernelsLayerNormTests {
    @Test(arguments: awkwardSizes.filter { $0 > 1 }, [Int32(0), 1])
    func matchesReference(columns: Int, accumulate: Int32) {
        let rowCount = 6
        let shape = (Int64(rowCount), Int64(columns))
        let x = values(rowCount * columns, seed: 1, scale: 3).map { $0 + 1 }
        let gain = values(columns, seed: 2)
        let bias = values(columns, seed: 3)
        var y = x
        var mean = [Float](repeating: .nan, count: rowCount)
        var rstd = mean
        var expectedY = doubles(x)
        var expectedMean = doubles(mean)
        var expectedRstd = expectedMean
        ck_layer_norm(&y, &mean, &rstd, x, gain, bias, shape.0, shape.1, 1e-5)
        ck_reference_layer_norm(
            &expectedY, &expectedMean, &expectedRstd, doubles(x), doubles(gain), doubles(bias),
            shape.0, shape.1, 1e-5)
        #expect(distance(y, expectedY) < 2e-6)
        #expect(distance(mean, expectedMean) < 1e-6)
        #expect(distance(rstd, expectedRstd) < 2e-6)

        let dy = values(x.count, seed: 4)
        let startX = values(x.count, seed: 5)
        let startColumns = values(columns, seed: 6)
        var dx = startX
        var dgain = startColumns
        var dbias = startColumns
        ck_layer_norm_backward(
            &dx, &dgain, &dbias, x, mean, rstd, gain, dy, shape.0, shape.1, accumulate, accumulate)
        var expectedX = doubles(x)
        var expectedGain = doubles(gain)
        var expectedBias = expectedGain
        ck_reference_layer_norm_backward(
            &expectedX, &expectedGain, &expectedBias, doubles(x), doubles(mean), doubles(rstd),
            doubles(gain), doubles(dy), shape.0, shape.1)
        let kept = accumulate == 1 ? 1.0 : 0
        #expect(distance(dx, zip(startX, expectedX).map { kept * Double($0) + $1 }) < 5e-6)
        #expect(
            distance(dgain, zip(startColumns, expectedGain).map { kept * Double($0) + $1 }) < 5e-6)
        #expect(
            distance(dbias, zip(startColumns, expectedBias).map { kept * Double($0) + $1 }) < 5e-6)
    }

    @Test func gradientsAreDerivatives() {
        let rowCount = 3
        let columns = 21
        let shape = (Int64(rowCount), Int64(columns))
        let x = values(rowCount * columns, seed: 1, scale: 2)
        let gain = values(columns, seed: 2)
        let bias = values(columns, seed: 3)
        let dy = values(x.count, seed: 4)
        func loss(_ x: [Double], _ gain: [Double], _ bias: [Double]) -> Double {
            var y = x
            var mean = [Double](repeating: 0, count: rowCount)
            var rstd = mean
            ck_reference_layer_norm(&y, &mean, &rstd, x, gain, bias, shape.0, shape.1, 1e-5)
            return dot(y, doubles(dy))
        }
        var y = x
        var mean = [Float](repeating: 0, count: rowCount)
        var rstd = mean
        ck_layer_norm(&y, &mean, &rstd, x, gain, bias, shape.0, shape.1, 1e-5)
        var dx = x
        var dgain = gain
        var dbias = bias
        ck_layer_norm_backward(
            &dx, &dgain, &dbias, x, mean, rstd, gain, dy, shape.0, shape.1, 0, 0)
        let (x64, gain64, bias64) = (doubles(x), doubles(gain), doubles(bias))
        #expect(distance(dx, centralDifferences(x64) { loss($0, gain64, bias64) }) < 5e-6)
        #expect(distance(dgain, centralDifferences(gain64) { loss(x64, $0, bias64) }) < 5e-6)
        #expect(distance(dbias, centralDifferences(bias64) { loss(x64, gain64, $0) }) < 5e-6)
    }

    @Test(arguments: [Float(0), 80, 1e4, denormal]) func constantRowsAndExtremesStayFinite(
        size: Float
    ) {
        let columns = 33
        for x in [
            [Float](repeating: size, count: columns),
            (0..<columns).map { $0 % 2 == 0 ? size : -size },
        ] {
            let ones = [Float](repeating: 1, count: columns)
            var y = x
            var dx = x
            var dgain = x
            var dbias = x
            var mean: Float = 0
            var rstd: Float = 0
            ck_layer_norm(&y, &mean, &rstd, x, ones, ones, 1, Int64(columns), 1e-5)
            ck_layer_norm_backward(
                &dx, &dgain, &dbias, x, [mean], [rstd], ones, ones, 1, Int64(columns), 0, 0)
            #expect(allFinite((y + dx + dgain + dbias + [mean, rstd])))
        }
    }
}

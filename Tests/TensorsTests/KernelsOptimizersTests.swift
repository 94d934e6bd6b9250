import CKernels
import Testing

@Suite struct KernelsOptimizersTests {
    @Test(arguments: awkwardSizes) func adam(n: Int) {
        var w = values(n, seed: 1)
        var m = values(n, seed: 2)
        var v = values(n, seed: 3).map { $0 * $0 }
        let g = values(n, seed: 4)
        var expectedW = doubles(w)
        var expectedM = doubles(m)
        var expectedV = doubles(v)
        ck_adam(
            &w, &m, &v, g, Int64(n), 0.01, 0.9, 0.999, 1e-8, 0.271, 0.003, 0.1, 0.02, 0.5)
        ck_reference_adam(
            &expectedW, &expectedM, &expectedV, doubles(g), Int64(n), 0.01, Double(Float(0.9)),
            Double(Float(0.999)), 1e-8, 0.271, 0.003, 0.1, 0.02, 0.5)
        #expect(distance(w, expectedW) < 1e-6)
        #expect(distance(m, expectedM) < 1e-6)
        #expect(distance(v, expectedV) < 1e-6)
    }

    @Test(arguments: awkwardSizes) func sgd(n: Int) {
        var w = values(n, seed: 1)
        var m = values(n, seed: 2)
        let g = values(n, seed: 4)
        var expectedW = doubles(w)
        var expectedM = doubles(m)
        ck_sgd(&w, &m, g, Int64(n), 0.1, 0.9, 0.01, 0.5)
        ck_reference_sgd(&expectedW, &expectedM, doubles(g), Int64(n), 0.1, 0.9, 0.01, 0.5)
        #expect(distance(w, expectedW) < 1e-6)
        #expect(distance(m, expectedM) < 1e-6)
    }

    @Test func adamAtRestStaysFinite() {
        var w: [Float] = [1, 2, 3]
        var m: [Float] = [0, 0, 0]
        var v: [Float] = [0, 0, 0]
        ck_adam(&w, &m, &v, [0, 1e-30, 1e4], 3, 0.1, 0.9, 0.999, 1e-8, 0.1, 0.001, 0, 0, 1)
        #expect(w[0] == 1 && allFinite(w))
    }
}

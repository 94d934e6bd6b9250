import CKernels
import Testing

/// The same bits on any number of threads, and for a row wherever it stands.
@Suite struct KernelsBitsTests {
    static let sizes = [1, 7, 16, 17, 65, 1000, 10_000]

    /// Kernels that work row by row, as functions from rows and columns of x to rows of y.
    static let rowKernels: [(String, @Sendable ([Float], Int, Int) -> [Float])] = [
        ("softmax", { x, r, c in run(x) { ck_softmax($0, x, Int64(r), Int64(c)) } }),
        ("log_softmax", { x, r, c in run(x) { ck_log_softmax($0, x, Int64(r), Int64(c)) } }),
        (
            "softmax_backward",
            { x, r, c in
                run(x) { ck_softmax_backward($0, x, x, Int64(r), Int64(c), 0) }
            }
        ),
        (
            "log_softmax_backward",
            { x, r, c in
                run(x) { ck_log_softmax_backward($0, x, x, Int64(r), Int64(c), 0) }
            }
        ),
        (
            "layer_norm",
            { x, r, c in
                let gain = values(c, seed: 8)
                var mean = [Float](repeating: 0, count: r)
                var rstd = mean
                return run(x) {
                    ck_layer_norm($0, &mean, &rstd, x, gain, gain, Int64(r), Int64(c), 1e-5)
                }
            }
        ),
        (
            "layer_norm_backward",
            { x, r, c in
                let gain = values(c, seed: 8)
                let mean = [Float](repeating: 0.1, count: r)
                var dgain = gain
                var dbias = gain
                return run(x) {
                    ck_layer_norm_backward(
                        $0, &dgain, &dbias, x, mean, mean, gain, x, Int64(r), Int64(c), 0, 0)
                }
            }
        ),
        (
            "row_sum",
            { x, r, c in
                run([Float](repeating: 0, count: r)) { ck_row_sum($0, x, Int64(r), Int64(c), 0) }
            }
        ),
        (
            "row_dot",
            { x, r, c in
                run([Float](repeating: 0, count: r)) { ck_row_dot($0, x, x, Int64(r), Int64(c), 0) }
            }
        ),
        (
            "bernoulli",
            { x, r, c in
                run([Float](repeating: 0, count: r)) {
                    ck_bernoulli_log_likelihood($0, x, x, Int64(r), Int64(c))
                }
            }
        ),
        (
            "cross_entropy",
            { x, r, c in
                let target = [Int32](repeating: Int32(c / 2), count: r)
                let gradient = [Float](repeating: 0.3, count: r)
                var best = target
                return run(x + [Float](repeating: 0, count: r)) {
                    ck_cross_entropy(
                        $0, $0 + x.count, &best, target, gradient, Int64(r), Int64(c))
                }
            }
        ),
        ("tanh", { x, _, _ in run(x) { ck_tanh($0, x, Int64(x.count)) } }),
        ("sigmoid", { x, _, _ in run(x) { ck_sigmoid($0, x, Int64(x.count)) } }),
        ("gelu", { x, _, _ in run(x) { ck_gelu($0, x, Int64(x.count)) } }),
        ("gelu_backward", { x, _, _ in run(x) { ck_gelu_backward($0, x, x, Int64(x.count), 0) } }),
        ("log", { x, _, _ in run(x) { ck_log($0, x, Int64(x.count)) } }),
    ]

    static func run(_ start: [Float], _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        var y = start
        body(&y)
        return y
    }

    @Test(arguments: rowKernels.indices, sizes) func rowsDoNotFeelTheirPlace(
        kernel: Int, columns: Int
    ) {
        let compute = Self.rowKernels[kernel].1
        let row = values(columns, seed: 1, scale: 4)
        let alone = compute(row, 1, columns)
        let place = alone.count >= columns ? columns : 1
        for (before, after) in [(0, 1), (1, 0), (3, 4), (8, 24)] {
            let x =
                values(before * columns, seed: 2, scale: 4) + row
                + values(after * columns, seed: 3, scale: 4)
            let all = compute(x, before + 1 + after, columns)
            let found = all[before * place..<(before + 1) * place]
            #expect(
                bits(Array(found)) == bits(Array(alone.prefix(place))),
                "\(Self.rowKernels[kernel].0)")
        }
    }

    @Test(arguments: rowKernels.indices) func rowKernelsOnAnyThreads(kernel: Int) {
        let x = values(97 * 1003, seed: 4, scale: 4)
        #expect(
            sameBitsForAnyThreadCount { [Self.rowKernels[kernel].1(x, 97, 1003)] },
            "\(Self.rowKernels[kernel].0)")
    }

    @Test func reductionsOnAnyThreads() {
        let (r, c) = (301, 515)
        let x = values(r * c, seed: 4)
        let index = indices(r, below: 13, seed: 5)
        #expect(
            sameBitsForAnyThreadCount {
                var gain = values(c, seed: 6)
                var bias = gain
                let stats = [Float](repeating: 0.5, count: r)
                _ = Self.run(x) {
                    ck_layer_norm_backward(
                        $0, &gain, &bias, x, stats, stats, x, x, Int64(r), Int64(c), 0, 1)
                }
                return [
                    gain, bias,
                    Self.run(gain) { ck_column_sum($0, x, Int64(r), Int64(c), 1) },
                    Self.run(values(13 * c, seed: 7)) {
                        ck_scatter_add_rows($0, x, index, Int64(r), Int64(c))
                    },
                    Self.run(x) { ck_transpose($0, x, Int64(r), Int64(c)) },
                    [
                        Float(
                            bitPattern: UInt32(
                                truncatingIfNeeded: ck_sum(x, Int64(x.count)).bitPattern)),
                        Float(
                            bitPattern: UInt32(
                                truncatingIfNeeded: ck_sum_of_squares(x, Int64(x.count)).bitPattern)
                        ),
                    ],
                ]
            })
    }

    @Test func streamsAndOptimizersOnAnyThreads() {
        let n = 150_007
        let g = values(n, seed: 1)
        #expect(
            sameBitsForAnyThreadCount {
                var m = g
                var v = g.map(abs)
                let w = Self.run(values(n, seed: 2)) {
                    ck_adam($0, &m, &v, g, Int64(n), 0.1, 0.9, 0.999, 1e-8, 0.1, 0.1, 0.1, 0.1, 0.9)
                }
                return [
                    w, m, v,
                    Self.run(g) { ck_philox_uniform($0, Int64(n), 1, 2, 3) },
                    Self.run(g) { ck_philox_gumbel($0, Int64(n), 1, 2, 3) },
                    Self.run(g) { ck_philox_normal($0, Int64(n), 1, 2, 3) },
                    Self.run(g) { ck_dropout($0, g, Int64(n), 0.4, 1, 2, 1) },
                    Self.run(g) { ck_axpy($0, 0.3, g, Int64(n)) },
                ]
            })
    }
}

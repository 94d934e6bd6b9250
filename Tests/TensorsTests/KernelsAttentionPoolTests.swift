import CKernels
import Testing

@Suite struct KernelsAttentionPoolTests {
    /// A packed batch: sentences sorted by decreasing length, tokens time-major.
    struct Packed {
        let length: [Int32]
        let offset: [Int32]
        let queries: Int
        let width: Int
        var states: [Float]
        var scores: [Float]
        var tokens: Int { length.reduce(0) { $0 + Int($1) } }

        init(length: [Int32], queries: Int, width: Int, scale: Float = 2) {
            self.length = length
            self.queries = queries
            self.width = width
            var offset: [Int32] = []
            var next: Int32 = 0
            for t in 0..<(length.first ?? 0) {
                offset.append(next)
                next += Int32(length.filter { $0 > t }.count)
            }
            self.offset = offset
            states = values(Int(next) * width, seed: 1, scale: scale)
            scores = values(Int(next) * queries, seed: 2, scale: scale)
        }

        /// pooled, weights.
        func forward() -> [[Float]] {
            var pooled = [Float](repeating: .nan, count: length.count * queries * width)
            var weights = [Float](repeating: .nan, count: tokens * queries)
            ck_attention_pool(
                &pooled, &weights, states, scores, offset, length, Int64(length.count),
                Int64(queries), Int64(width))
            return [pooled, weights]
        }

        func reference(_ states: [Double], _ scores: [Double]) -> [[Double]] {
            var pooled = [Double](repeating: .nan, count: length.count * queries * width)
            var weights = [Double](repeating: .nan, count: tokens * queries)
            ck_reference_attention_pool(
                &pooled, &weights, states, scores, offset, length, Int64(length.count),
                Int64(queries), Int64(width))
            return [pooled, weights]
        }

        /// dstates (added to `start` when given), dscores.
        func backward(_ dpooled: [Float], weights: [Float], start: [Float]? = nil) -> [[Float]] {
            var dstates = start ?? [Float](repeating: .nan, count: states.count)
            var dscores = [Float](repeating: .nan, count: scores.count)
            ck_attention_pool_backward(
                &dstates, &dscores, states, weights, dpooled, offset, length, Int64(length.count),
                Int64(queries), Int64(width), start == nil ? 0 : 1)
            return [dstates, dscores]
        }
    }

    @Test(arguments: [1, 3, 16, 17], [1, 7, 16, 65, 200])
    func matchesReference(queries: Int, width: Int) {
        let batch = Packed(length: [9, 9, 5, 4, 1, 1, 0], queries: queries, width: width)
        let result = batch.forward()
        let expected = batch.reference(doubles(batch.states), doubles(batch.scores))
        for (a, b) in zip(result, expected) { #expect(distance(a, b) < 1e-6) }

        let dpooled = values(result[0].count, seed: 3)
        let start = values(batch.states.count, seed: 4)
        var dstates = doubles(batch.states)
        var dscores = doubles(batch.scores)
        ck_reference_attention_pool_backward(
            &dstates, &dscores, doubles(batch.states), doubles(result[1]), doubles(dpooled),
            batch.offset, batch.length, 7, Int64(queries), Int64(width))
        let gradients = batch.backward(dpooled, weights: result[1])
        #expect(distance(gradients[0], dstates) < 2e-6)
        #expect(distance(gradients[1], dscores) < 1e-5)
        let added = batch.backward(dpooled, weights: result[1], start: start)
        #expect(distance(added[0], zip(doubles(start), dstates).map { $0 + $1 }) < 2e-6)
        #expect(bits(added[1]) == bits(gradients[1]))
    }

    @Test func gradientsAreDerivatives() {
        let batch = Packed(length: [4, 3, 1], queries: 3, width: 5)
        let weights = batch.forward()[1]
        let dpooled = values(45, seed: 3)
        let gradients = batch.backward(dpooled, weights: weights)
        let states = centralDifferences(doubles(batch.states)) {
            dot(batch.reference($0, doubles(batch.scores))[0], doubles(dpooled))
        }
        let scores = centralDifferences(doubles(batch.scores)) {
            dot(batch.reference(doubles(batch.states), $0)[0], doubles(dpooled))
        }
        #expect(distance(gradients[0], states) < 2e-6)
        #expect(distance(gradients[1], scores) < 5e-6)
    }

    @Test(arguments: [1, 3, 16, 17, 40], [false, true])
    func windowsMatchReference(queries: Int, accumulate: Bool) {
        let batch = Packed(length: [9, 9, 5, 4, 1, 1], queries: queries, width: 1)
        let centre = values(queries, seed: 5)
        let logWidth = values(queries, seed: 6)
        var scores = batch.scores
        ck_window_scores(
            &scores, centre, logWidth, batch.offset, batch.length, Int64(batch.offset.count),
            Int64(batch.tokens), Int64(queries))
        var expected = doubles(batch.scores)
        ck_reference_window_scores(
            &expected, doubles(centre), doubles(logWidth), batch.offset, batch.length, 6,
            Int64(queries))
        #expect(distance(scores, expected) < 1e-6)

        let start = values(queries, seed: 7)
        var dcentre = start
        var dwidth = start
        ck_window_scores_backward(
            &dcentre, &dwidth, batch.scores, centre, logWidth, batch.offset, batch.length,
            Int64(batch.offset.count), Int64(batch.tokens), Int64(queries), accumulate ? 1 : 0)
        var exactCentre = [Double](repeating: .nan, count: queries)
        var exactWidth = exactCentre
        ck_reference_window_scores_backward(
            &exactCentre, &exactWidth, doubles(batch.scores), doubles(centre), doubles(logWidth),
            batch.offset, batch.length, 6, Int64(queries))
        let added = accumulate ? doubles(start) : [Double](repeating: 0, count: queries)
        #expect(distance(dcentre, zip(exactCentre, added).map { $0 + $1 }) < 1e-5)
        #expect(distance(dwidth, zip(exactWidth, added).map { $0 + $1 }) < 1e-5)
    }

    @Test(arguments: [Float(80), 1e4, denormal]) func extremesStayFinite(scale: Float) {
        let batch = Packed(length: [4, 3, 1], queries: 3, width: 5, scale: scale)
        let result = batch.forward()
        let gradients = batch.backward(values(45, seed: 3), weights: result[1])
        #expect(allFinite(Array((result + gradients).joined())))
    }

    @Test func sameBitsOnAnyThreadsAndInAnyBatch() {
        let batch = Packed(length: [30, 21, 21, 8, 2], queries: 16, width: 150)
        let dpooled = values(5 * 16 * 150, seed: 3)
        #expect(
            sameBitsForAnyThreadCount {
                let result = batch.forward()
                return result + batch.backward(dpooled, weights: result[1])
            })
        var alone = Packed(length: [21], queries: 16, width: 150)
        for t in 0..<21 {
            let token = Int(batch.offset[t]) + 2
            alone.states.replaceSubrange(
                t * 150..<(t + 1) * 150,
                with: rows(token..<token + 1, of: batch.states, columns: 150))
            alone.scores.replaceSubrange(
                t * 16..<(t + 1) * 16, with: rows(token..<token + 1, of: batch.scores, columns: 16))
        }
        let pooled = rows(2..<3, of: batch.forward()[0], columns: 16 * 150)
        #expect(bits(alone.forward()[0]) == bits(pooled))
    }
}

import CKernels
import Testing

@Suite struct KernelsAttentionTests {
    /// Who sees whom: tokens, tokens up to oneself, memory and tokens, memory alone.
    static let modes: [@Sendable ([Int32], Int, Int, Float) -> AttentionSample] = [
        { .init($0, heads: $1, headWidth: $2, isRotated: true, scale: $3) },
        { .init($0, heads: $1, headWidth: $2, isCausal: true, isRotated: true, scale: $3) },
        {
            .init(
                $0, heads: $1, headWidth: $2, memory: 3, isCausal: true, isRotated: true, scale: $3)
        },
        { .init($0, heads: $1, headWidth: $2, memory: 5, scale: $3) },
        { .init($0, heads: $1, headWidth: $2, memory: 18, hasTokens: false, scale: $3) },
    ]

    static let shapes: [(length: [Int32], heads: Int, headWidth: Int)] = [
        ([9, 9, 5, 4, 1, 1, 0], 2, 6), ([40, 17, 16, 3], 1, 16), ([33], 3, 18), ([5, 2], 4, 64),
        ([70, 1], 1, 2), ([300, 2], 3, 64),
    ]

    @Test(arguments: modes.indices, shapes.indices)
    func matchesReference(mode: Int, shape: Int) {
        let (length, heads, headWidth) = Self.shapes[shape]
        let sample = Self.modes[mode](length, heads, headWidth, 1)
        let context = sample.forward()[0]
        #expect(distance(context, sample.reference(doubles(sample.x), doubles(sample.m))) < 2e-6)
    }

    @Test(arguments: modes.indices) func gradientsAreDerivatives(mode: Int) {
        let sample = Self.modes[mode]([7, 4, 4, 1], 2, 4, 1)
        let result = sample.forward()
        let dcontext = values(result[0].count, seed: 3)
        let gradients = sample.backward(dcontext, result)
        let dx = centralDifferences(doubles(sample.x)) {
            dot(sample.reference($0, doubles(sample.m)), doubles(dcontext))
        }
        let dm = centralDifferences(doubles(sample.m)) {
            dot(sample.reference(doubles(sample.x), $0), doubles(dcontext))
        }
        if sample.hasTokens {
            #expect(distance(gradients[0], dx) < 3e-6)
        } else {
            // Keys and values of tokens that nobody sees are left alone.
            for row in 0..<sample.tokens {
                let range = row * 3 * sample.width..<row * 3 * sample.width + sample.width
                #expect(distance(Array(gradients[0][range]), Array(dx[range])) < 3e-6)
            }
        }
        #expect(distance(gradients[1], dm) < 3e-6)
        let added = sample.backward(dcontext, result, start: 0.5)
        #expect(distance(added[1], dm.map { $0 + 0.5 }) < 3e-6)
        guard sample.hasTokens else { return }
        #expect(distance(added[0], dx.map { $0 + 0.5 }) < 3e-6)
    }

    /// Sentences of several blocks of queries against a sum over them one block at a time would be the same code;
    /// so the gradient is held against differences along one direction.
    ///
    /// The second shape is too large for all heads to be gathered at once.
    @Test(arguments: modes.indices, [0, 1]) func gradientsOfLongSentences(mode: Int, shape: Int) {
        let sample =
            shape == 0
            ? Self.modes[mode]([75, 33, 32], 2, 16, 1) : Self.modes[mode]([300, 40], 3, 64, 1)
        let result = sample.forward()
        let dcontext = values(result[0].count, seed: 3)
        let gradients = sample.backward(dcontext, result)
        let (alongX, alongM) = (values(sample.x.count, seed: 4), values(sample.m.count, seed: 5))
        func loss(_ step: Double) -> Double {
            dot(
                sample.reference(
                    zip(sample.x, alongX).map { Double($0) + step * Double($1) },
                    zip(sample.m, alongM).map { Double($0) + step * Double($1) }),
                doubles(dcontext))
        }
        let slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
        var found = zip(gradients[1], alongM).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        for index in sample.x.indices
        where sample.hasTokens || index % (3 * sample.width) < sample.width {
            found += Double(gradients[0][index]) * Double(alongX[index])
        }
        #expect(abs(found - slope) < 1e-4 * (1 + abs(slope)))
    }

    @Test(arguments: modes.indices, [Float(80), 1e4, denormal])
    func extremesStayFinite(mode: Int, scale: Float) {
        var sample = Self.modes[mode]([5, 3, 1], 2, 6, scale)
        sample.hasTokens = true
        let result = sample.forward()
        let gradients = sample.backward(values(result[0].count, seed: 3), result)
        #expect(allFinite(Array((result + gradients).joined())))
    }

    @Test(arguments: modes.indices) func sameBitsOnAnyThreadsAndInAnyBatch(mode: Int) {
        var sample = Self.modes[mode]([40, 21, 21, 8, 2], 4, 26, 1)
        sample.hasTokens = true
        let dcontext = values(sample.tokens * sample.width, seed: 3)
        #expect(
            sameBitsForAnyThreadCount {
                let result = sample.forward()
                return result + sample.backward(dcontext, result)
            })
        let all = sample.forward()[0]
        let alone = sample.alone(2).forward()[0]
        for t in 0..<21 {
            let row = Int(sample.offset[t]) + 2
            #expect(
                bits(rows(t..<t + 1, of: alone, columns: sample.width))
                    == bits(rows(row..<row + 1, of: all, columns: sample.width)))
        }
    }

    /// A token at a time over kept keys and values: the bits of the whole sentence.
    @Test(arguments: [0, 1, 18], [2, 16, 26]) func stepsEqualTheSentence(
        memory: Int, headWidth: Int
    ) {
        let sample = AttentionSample(
            [37], heads: 3, headWidth: headWidth, memory: memory, isCausal: true, isRotated: true)
        let (width, whole, tables) = (sample.width, sample.forward()[0], sample.angles())
        let half = headWidth / 2
        var storage = [Float](
            repeating: .nan, count: 3 * Int(ck_attention_cache_size(Int64(headWidth), 60)))
        storage.withUnsafeMutableBufferPointer { storage in
            guard let base = storage.baseAddress else { return }
            var cache = ck_attention_cache(
                storage: base, rows: 1, heads: 3, head_width: Int64(headWidth), capacity: 60)
            var space = [Float](
                repeating: .nan, count: Int(ck_attention_step_workspace(&cache)))
            func angles(_ position: Int) -> ([Float], [Float]) {
                let range = position * half..<(position + 1) * half
                return (Array(tables.cosines[range]), Array(tables.sines[range]))
            }
            for p in 0..<memory {
                let row = rows(p..<p + 1, of: sample.m, columns: 2 * width)
                let (cosines, sines) = angles(p)
                ck_attention_append(
                    &cache, row, Array(row[width...]), Int64(width), Int64(p), cosines, sines)
            }
            for t in 0..<37 {
                let row = rows(t..<t + 1, of: sample.x, columns: 3 * width)
                let (cosines, sines) = angles(memory + t)
                ck_attention_append(
                    &cache, Array(row[width..<2 * width]), Array(row[(2 * width)...]),
                    Int64(width), Int64(memory + t), cosines, sines)
                var context = [Float](repeating: .nan, count: width)
                ck_attention_step(
                    &cache, &context, row, Int64(width), Int64(memory + t + 1), cosines, sines,
                    &space)
                #expect(bits(context) == bits(rows(t..<t + 1, of: whole, columns: width)))
            }
        }
    }

    @Test(arguments: awkwardSizes) func swiglu(width: Int) {
        let x = values(3 * 2 * width, seed: 1, scale: 3)
        var y = [Float](repeating: .nan, count: 3 * width)
        ck_swiglu(&y, x, 3, Int64(width))
        func reference(_ x: [Double]) -> [Double] {
            var y = [Double](repeating: .nan, count: 3 * width)
            ck_reference_swiglu(&y, x, 3, Int64(width))
            return y
        }
        #expect(distance(y, reference(doubles(x))) < 1e-6)
        let dy = values(3 * width, seed: 2)
        var dx = [Float](repeating: .nan, count: x.count)
        var added = [Float](repeating: 0.5, count: x.count)
        ck_swiglu_backward(&dx, x, dy, 3, Int64(width), 0)
        ck_swiglu_backward(&added, x, dy, 3, Int64(width), 1)
        #expect(zip(dx, added).allSatisfy { abs($0 + 0.5 - $1) < 1e-6 })
        guard width < 100 else { return }
        let exact = centralDifferences(doubles(x)) { dot(reference($0), doubles(dy)) }
        #expect(distance(dx, exact) < 2e-6)
    }
}

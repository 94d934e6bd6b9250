import Tensors
import TestSupport
import Testing

@Suite struct RandomStreamTests {
    private func draw(
        _ random: RandomStream, _ count: Int, _ fill: (inout RandomStream, Tensor) -> Void
    ) -> [Float] {
        let arena = Arena()
        let x = arena.tensor(Shape(count))
        var random = random
        fill(&random, x)
        return x.array
    }

    /// Values written down once: a change of the generator, of how names become keys or of how steps enter cannot
    /// pass silently, for it would break every resumed run.
    @Test func goldenValues() {
        var root = RandomStream(seed: 0, "data")
        #expect((0..<4).map { _ in root.next() } == Golden.root)
        var below = RandomStream(seed: 42, "noise", step: 7).stream("encoder").stream(3)
        #expect((0..<4).map { _ in below.next() } == Golden.below)
        var late = RandomStream(seed: .max, "größe", step: -1)
        #expect((0..<4).map { _ in late.uniform().bitPattern } == Golden.late)
    }

    private enum Golden {
        static let root: [UInt64] = [
            14_460_718_077_175_942_324, 2_317_765_137_453_261_062, 7_414_528_119_526_095_124,
            11_336_918_162_230_628_733,
        ]
        static let below: [UInt64] = [
            9_359_617_586_519_620_913, 15_426_813_332_171_778_772, 11_291_318_701_348_000_809,
            18_434_586_933_897_582_673,
        ]
        static let late: [UInt32] = [1_049_370_190, 1_050_883_806, 1_054_587_382, 1_061_409_805]
    }

    @Test func doesNotDependOnTheOrderOfUse() {
        let parent = RandomStream(seed: 3, "parent")
        let first = draw(parent.stream("a"), 100) { $0.uniform(into: $1) }
        var used = parent
        _ = used.next()
        _ = draw(used.stream("b"), 50) { $0.normal(into: $1) }
        #expect(draw(used.stream("a"), 100) { $0.uniform(into: $1) } == first)
        // A draw moves on by whole blocks, so the rest is the same however many numbers a fill asked for.
        var one = parent
        var other = parent
        _ = draw(one, 0) { _, _ in }
        for _ in 0..<2 { _ = one.next() }
        for _ in 0..<2 { _ = other.uniform() }
        #expect(one.next() == other.next())
    }

    @Test(arguments: [1, 3, 4, 5, 8, 1000]) func fillsMoveOn(count: Int) {
        let arena = Arena()
        let (x, y) = (arena.tensor(Shape(count)), arena.tensor(Shape(count)))
        for fill in [
            { (r: inout RandomStream, t: Tensor) in r.uniform(into: t) },
            { $0.gumbel(into: $1) }, { $0.normal(into: $1) },
        ] {
            var random = RandomStream(seed: 4, "fills")
            fill(&random, x)
            fill(&random, y)
            #expect(zip(x.array, y.array).allSatisfy { $0 != $1 })
            var again = RandomStream(seed: 4, "fills")
            fill(&again, y)
            #expect(x.array == y.array)
        }
    }

    @Test func streamsDiffer() {
        var seen: Set<UInt64> = []
        var count = 0
        for seed in [UInt64(0), 1, 2, .max] {
            for step in [0, 1, 2, -1, 1 << 40] {
                let root = RandomStream(seed: seed, "root", step: step)
                var streams = [root, RandomStream(seed: seed, "roots", step: step)]
                streams += ["", "a", "b", "aa", "0"].map { root.stream($0) }
                streams += [0, 1, 2, 1_000_000, -1].map { root.stream($0) }
                streams.append(root.stream("a").stream("b"))
                streams.append(root.stream("ab"))
                for var stream in streams {
                    seen.insert(stream.next())
                    count += 1
                }
            }
        }
        #expect(seen.count == count)
    }

    /// Neighbouring streams are no more alike than chance: correlations stay within five deviations 1/√n.
    @Test func streamsAreUncorrelated() {
        let count = 100_000
        let root = RandomStream(seed: 8, "root")
        let streams = [
            root, root.stream(0), root.stream(1), root.stream("0"),
            RandomStream(seed: 9, "root"), RandomStream(seed: 8, "root", step: 1),
        ].map { draw($0, count) { $0.normal(into: $1) } }
        for a in streams.indices {
            for b in streams.indices where a < b {
                let products = zip(streams[a], streams[b]).reduce(0.0) {
                    $0 + Double($1.0) * Double($1.1)
                }
                #expect(abs(products / Double(count)) < 5 / Double(count).squareRoot())
            }
        }
    }

    /// Ten million draws: never 0 and never 1, and as even over 1024 cells as chance is.
    @Test func uniformIsOpenAndEven() {
        let arena = Arena()
        let x = arena.tensor(Shape(1_000_000))
        var random = RandomStream(seed: 11, "uniform")
        var cells = [Int](repeating: 0, count: 1024)
        var (smallest, largest) = (Float.infinity, -Float.infinity)
        for _ in 0..<10 {
            random.uniform(into: x)
            for value in x.buffer {
                smallest = min(smallest, value)
                largest = max(largest, value)
                cells[Int(value * 1024)] += 1
            }
        }
        #expect(smallest > 0 && largest < 1)
        // 1023 degrees of freedom: mean 1023, deviation 45.
        let statistic = chiSquare(
            observed: cells, probabilities: [Double](repeating: 1 / 1024, count: 1024))
        #expect(abs(statistic - 1023) < 5 * 45.2)
    }

    @Test func gumbelAndNormalMoments() {
        let count = 1_000_000
        let gumbel = draw(RandomStream(seed: 1, "g"), count) { $0.gumbel(into: $1) }
        let normal = draw(RandomStream(seed: 1, "n"), count) { $0.normal(into: $1) }
        func moments(_ x: [Float]) -> (mean: Double, variance: Double) {
            let mean = x.reduce(0.0) { $0 + Double($1) } / Double(count)
            let squares = x.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            return (mean, squares / Double(count))
        }
        // Mean γ and variance π²/6; mean 0 and variance 1.
        #expect(abs(moments(gumbel).mean - 0.577_216) < 0.007)
        #expect(abs(moments(gumbel).variance - 1.644_934) < 0.025)
        #expect(abs(moments(normal).mean) < 0.005)
        #expect(abs(moments(normal).variance - 1) < 0.008)
        #expect(allFinite(gumbel) && allFinite(normal))
    }

    @Test func servesTheStandardLibrary() {
        var random = RandomStream(seed: 2, "library")
        let shuffled = Array(0..<100).shuffled(using: &random)
        var again = RandomStream(seed: 2, "library")
        #expect(Array(0..<100).shuffled(using: &again) == shuffled)
        #expect(shuffled.sorted() == Array(0..<100) && shuffled != Array(0..<100))
    }
}

import Tensors
import Testing

@testable import Training

@Suite struct RandomPermutationTests {
    private func permutation(_ count: Int, seed: UInt64, epoch: Int = 0) -> RandomPermutation {
        var stream = RandomStream(seed: seed, "test", step: epoch)
        return RandomPermutation(count: count, using: &stream)
    }

    @Test func isABijection() {
        let counts = Array(1...130) + [255, 256, 257, 1_000, 4_095, 4_096, 4_097, 65_537, 100_003]
        for count in counts {
            var seen = [Bool](repeating: false, count: count)
            let order = permutation(count, seed: 3, epoch: count)
            for position in 0..<count {
                let number = order[position]
                #expect((0..<count).contains(number))
                #expect(!seen[number], "\(number) twice in \(count)")
                seen[number] = true
            }
        }
    }

    @Test(arguments: [Int(UInt32.max) + 1, 1 << 62, (1 << 62) - 1, (1 << 40) + 1])
    func staysInHugeRanges(_ count: Int) {
        let order = permutation(count, seed: 5)
        let numbers = Set([0, 1, 2, count / 2, count - 1].map { order[$0] })
        #expect(numbers.count == 5)
        #expect(numbers.allSatisfy { (0..<count).contains($0) })
    }

    @Test func isPure() {
        let orders = [(1, 0), (1, 0), (1, 1), (2, 0)].map { seed, epoch in
            (0..<100).map { permutation(100, seed: seed, epoch: epoch)[$0] }
        }
        #expect(orders[0] == orders[1])
        #expect(orders[0] != orders[2] && orders[0] != orders[3] && orders[2] != orders[3])
        #expect(orders[0] != Array(0..<100))
    }

    /// χ² of the number at one position over many epochs.
    ///
    /// Mean n − 1, variance 2 (n − 1); 5 standard deviations and 10 are passed by chance less than once
    /// in 10⁴, and the seed is fixed.
    @Test(arguments: [2, 3, 5, 10, 16, 17, 100, 1_000], [0, 1]) func isUniform(
        _ count: Int, _ position: Int
    ) {
        let trials = 40 * count + 2_000
        var counts = [Int](repeating: 0, count: count)
        for epoch in 0..<trials {
            counts[permutation(count, seed: 11, epoch: epoch)[position]] += 1
        }
        #expect(chiSquare(counts, trials) < limit(count - 1))
    }

    /// All orders of four are equally likely, and so are pairs of the first two of twelve.
    @Test func isJointlyUniform() {
        var orders = [Int](repeating: 0, count: 256)
        for epoch in 0..<12_000 {
            let order = permutation(4, seed: 12, epoch: epoch)
            orders[(0..<4).reduce(0) { 4 * $0 + order[$1] }] += 1
        }
        let used = orders.filter { $0 > 0 }
        #expect(used.count == 24)
        #expect(chiSquare(used, 12_000) < limit(23))

        var pairs = [Int](repeating: 0, count: 144)
        for epoch in 0..<20_000 {
            let order = permutation(12, seed: 13, epoch: epoch)
            pairs[12 * order[0] + order[1]] += 1
        }
        let usedPairs = pairs.filter { $0 > 0 }
        #expect(usedPairs.count == 132)
        #expect(chiSquare(usedPairs, 20_000) < limit(131))
    }

    private func chiSquare(_ counts: [Int], _ trials: Int) -> Double {
        let wanted = Double(trials) / Double(counts.count)
        return counts.reduce(0) { $0 + (Double($1) - wanted) * (Double($1) - wanted) / wanted }
    }

    private func limit(_ freedom: Int) -> Double {
        Double(freedom) + 5 * (2 * Double(freedom)).squareRoot() + 10
    }
}

import CKernels
import TestSupport
import Testing

@testable import Tensors

/// Left-hand sides already in bf16: the bits of products that round them on the way.
@Suite(.serialized) struct RoundedMatrixTests {
    /// `x` to the nearest number of 8 significant bits, ties to even.
    private func rounded(_ x: Float) -> UInt16 {
        UInt16((x.bitPattern + 0x7FFF + (x.bitPattern >> 16 & 1)) >> 16)
    }

    /// `values` as they are and rounded.
    private func matrix(
        _ rows: Int, _ columns: Int, _ values: [Double], in arena: Arena
    ) -> (plain: Tensor, rounded: RoundedMatrix) {
        let plain = arena.tensor(Shape(rows, columns), values)
        let result = arena.rounded(rows: rows, columns: columns)
        for index in 0..<plain.count { result.pointer[index] = rounded(plain[index]) }
        return (plain, result)
    }

    static let sizes = [
        (1, 1, 1), (3, 7, 5), (13, 65, 33), (193, 257, 40), (50, 1030, 48), (400, 30, 70),
        (385, 513, 31),
    ]

    @Test(arguments: sizes, [false, true])
    func sameBitsAsRoundingOnTheWay(size: (rows: Int, inner: Int, columns: Int), accumulate: Bool) {
        let arena = Arena()
        let (rows, inner, columns) = size
        let values = sampleValues(rows * inner, seed: 1)
        let a = matrix(rows, inner, values, in: arena)
        let turned = (0..<inner * rows).map { values[$0 % rows * inner + $0 / rows] }
        let at = matrix(inner, rows, turned, in: arena).rounded
        let b = arena.packed(
            Matrix(arena.tensor(Shape(inner, columns), sampleValues(inner * columns, seed: 2))))
        func start() -> Tensor {
            arena.tensor(Shape(rows, columns), sampleValues(rows * columns, seed: 3))
        }
        let (want, straight, transposed) = (start(), start(), start())
        Matrix(want).assign(Matrix(a.plain), times: b, accumulate: accumulate)
        Matrix(straight).assign(a.rounded, times: b, accumulate: accumulate)
        Matrix(transposed).assign(transposed: at, times: b, accumulate: accumulate)
        expectSameBits(straight.array, want.array)
        expectSameBits(transposed.array, want.array, "transposed")
        let (m, n, k) = (Int64(rows), Int64(columns), Int64(inner))
        for (pointer, lda, flag) in [(a.rounded.pointer, k, Int32(0)), (at.pointer, m, 1)] {
            let portable = start()
            ck_reference_bf16_rounded_product(
                portable.pointer, n, pointer, lda, flag, b.pointer, m, n, k, accumulate ? 1 : 0)
            expectSameBits(portable.array, want.array, "portable")
        }
    }

    /// The gradient that the softmax rounds is the one it gives in fp32, rounded; all else is the same.
    @Test(arguments: [1, 2, 15, 16, 17, 33, 1000]) func crossEntropy(vocabulary: Int) {
        let (arena, rows) = (Arena(), 7)
        let logits = sampleValues(rows * vocabulary, seed: 5, scale: 6)
        let plain = arena.tensor(Shape(rows, vocabulary), logits)
        let consumed = arena.tensor(Shape(rows, vocabulary), logits)
        let gradient = arena.rounded(rows: rows, columns: vocabulary)
        let rowGradient = arena.tensor(Shape(rows), sampleValues(rows, seed: 6))
        let targets = sampleIndices(rows, below: vocabulary, seed: 7)
        let tokens = [arena.tensor(Shape(rows)), arena.tensor(Shape(rows))]
        let best = [arena.int32(rows), arena.int32(rows)]
        guard let first = best[0].baseAddress, let second = best[1].baseAddress else { return }
        ck_cross_entropy(
            plain.pointer, tokens[0].pointer, first, targets, rowGradient.pointer, Int64(rows),
            Int64(vocabulary))
        ck_bf16_cross_entropy(
            gradient.pointer, consumed.pointer, tokens[1].pointer, second, targets,
            rowGradient.pointer, Int64(rows), Int64(vocabulary))
        expectSameBits(tokens[1].array, tokens[0].array)
        #expect(Array(best[1]) == Array(best[0]))
        for index in 0..<plain.count {
            // Numbers below the least normal one count as 0.
            let want = plain[index].isSubnormal ? 0 : rounded(plain[index])
            #expect(gradient.pointer[index] & 0x7FFF == want & 0x7FFF, "element \(index)")
        }
        let sums = arena.tensor(Shape(vocabulary))
        sums.fill(2)
        for accumulate in [Int32(0), 1] {
            ck_bf16_column_sum(
                sums.pointer, gradient.pointer, Int64(rows), Int64(vocabulary), accumulate)
        }
        let exact = (0..<vocabulary).map { column in
            2
                * (0..<rows).reduce(0.0) {
                    let word = UInt32(gradient.pointer[$1 * vocabulary + column]) << 16
                    return $0 + Double(Float(bitPattern: word))
                }
        }
        expectClose(sums.array, exact, relative: 1e-6, "sums")
    }

    /// Scratch is handed out again; what was there before stays.
    @Test func scratchIsTakenBack() {
        let arena = Arena(reserve: 4096)
        let kept = arena.tensor(Shape(3))
        kept.fill(1)
        // Beyond the first block, so that another one is begun.
        let first = arena.scratch { arena.tensor(Shape(5000)).pointer }
        let capacity = arena.capacity
        let second = arena.scratch { arena.tensor(Shape(5000)).pointer }
        #expect(first == second && arena.capacity == capacity)
        #expect(arena.tensor(Shape(3)).pointer != kept.pointer)
        #expect(kept.array == [1, 1, 1])
    }
}

import CKernels
import Tensors
import TestSupport
import Testing

/// A row of a forward product has the same bits whatever stands beside it and whatever the number of threads: codes and
/// text may not depend on the batch.
@Suite(.serialized, .enabled(if: Processor.hasAVX512)) struct MatrixBitsTests {
    /// Inner and outer lengths: vector boundaries and beyond, the sizes of layers, and of vocabularies.
    static let small = [(1, 1), (3, 5), (7, 16), (16, 48), (17, 33), (64, 192), (100, 77)]
    static let large = [
        (256, 768), (384, 1537), (512, 128), (1024, 3072), (800, 1024), (128, 10_000),
    ]
    static let rowCounts =
        Array(1...17) + [23, 31, 32, 33, 47, 48, 49, 63, 64, 65, 96, 127, 128, 129, 192, 255, 300]

    @Test(arguments: small, [false, true])
    func everyRowCount(size: (inner: Int, outer: Int), accumulate: Bool) {
        check(size, rowCounts: Array(1...300), threads: [1, 2, 3], accumulate)
    }

    @Test(arguments: large, [false, true])
    func layerSizes(size: (inner: Int, outer: Int), accumulate: Bool) {
        check(size, rowCounts: Self.rowCounts, threads: [2], accumulate)
        check(size, rowCounts: [1, 2, 7, 64, 300], threads: [1, 3], accumulate)
    }

    private func check(
        _ size: (inner: Int, outer: Int), rowCounts: [Int], threads: [Int], _ accumulate: Bool
    ) {
        let before = Int(ck_thread_count())
        defer { ThreadPool.setThreadCount(before) }
        let arena = Arena()
        let most = 300
        let a = arena.tensor(Shape(most, size.inner), sampleValues(most * size.inner, seed: 1))
        let b = arena.tensor(
            Shape(size.inner, size.outer), sampleValues(size.inner * size.outer, seed: 2))
        let bias = arena.tensor(Shape(most, size.outer))
        for index in 0..<bias.count { bias[index] = Float(index % size.outer) / 64 }
        let whole = arena.tensor(bias.shape)
        whole.copy(from: bias)
        Matrix(whole).assign(Matrix(a), times: Matrix(b), accumulate: accumulate)
        let part = arena.tensor(bias.shape)
        for threadCount in threads {
            ThreadPool.setThreadCount(threadCount)
            for rowCount in rowCounts {
                // Another place in memory and in the batch: the last rows of the whole.
                let range = most - rowCount..<most
                let target = part.rows(0..<rowCount)
                target.copy(from: bias.rows(0..<rowCount))
                Matrix(target).assign(
                    Matrix(a.rows(range)), times: Matrix(b), accumulate: accumulate)
                let expected = whole.rows(range)
                guard !sameBits(target, expected) else { continue }
                expectSameBits(
                    target.array, expected.array,
                    "\(rowCount)×\(size.inner)×\(size.outer) on \(threadCount) threads")
                return
            }
        }
    }

    private func sameBits(_ a: Tensor, _ b: Tensor) -> Bool {
        zip(a.buffer, b.buffer).allSatisfy { $0.bitPattern == $1.bitPattern }
    }
}

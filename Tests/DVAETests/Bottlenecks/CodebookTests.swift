import Foundation
import Tensors
import Testing

@testable import DVAE

@Suite struct CodebookTests {
    private func book(
        latents: Int = 1, vectors: Int, _ change: (inout CodebookConfig) -> Void
    ) throws -> Codebook {
        var config = CodebookConfig()
        change(&config)
        return try Codebook(
            config, latentCount: latents, vectorCount: vectors,
            in: ParameterStore(.seed(1)).root)
    }

    private let random = RandomStream(seed: 1, "test")

    /// Two vectors, three points: everything by hand.
    @Test func averagesByHand() throws {
        let book = try book(vectors: 2) {
            ($0.size, $0.decay, $0.revival, $0.kmeans) = (2, 0.9, 0, false)
        }
        _ = book.vectors.value.buffer.update(fromContentsOf: [0, 0, 4, 4])
        let arena = Arena()
        let x = arena.tensor(Shape(3, 1, 2))
        _ = x.buffer.update(fromContentsOf: [1, 0, 0, 1, 5, 3])
        book.start(with: x, using: random)
        #expect(book.sizes.value.array == [1, 1])
        #expect(book.sums?.value.array == [0, 0, 4, 4])
        let codes = book.nearest(to: x)
        #expect(codes == [0, 0, 1])
        book.update(with: x, codes: codes, using: random)
        // N = (0.9 + 0.1·2, 0.9 + 0.1·1); m = (0.1·1, 0.1·1), (3.6 + 0.1·5, 3.6 + 0.1·3).
        let (sizes, sums) = ([1.1, 1.0], [0.1, 0.1, 4.1, 3.9])
        let total = 2.1
        #expect(distance(doubles(book.sizes.value.array), sizes) < 1e-7)
        #expect(distance(doubles(book.sums?.value.array ?? []), sums) < 1e-6)
        let expected = (0..<4).map { i -> Double in
            sums[i] / ((sizes[i / 2] + 1e-5) / (total + 2e-5) * total)
        }
        #expect(distance(doubles(book.vectors.value.array), expected) < 1e-6)
    }

    @Test func aFrozenBookStays() throws {
        let book = try book(latents: 2, vectors: 4) { $0.update = .frozen }
        let before = book.vectors.value.array
        let tape = Tape.recording()
        let x = tape.tensor(normals(10 * 2 * 16, "x"), Shape(10, 2, 16))
        for _ in 0..<5 {
            book.start(with: x, using: random)
            book.update(with: x, codes: book.nearest(to: x), using: random)
        }
        #expect(book.vectors.value.array == before)
    }

    /// 512 clusters, 512 vectors: with revival nearly all find a use, without clearly fewer.
    @Test func revivalBringsDeadVectorsBack() throws {
        func usage(revival: Float) throws -> Double {
            let book = try book(vectors: 512) {
                ($0.size, $0.revival, $0.kmeans, $0.decay) = (8, revival, false, 0.9)
            }
            let centres = normals(512 * 8, "centres")
            var used: Set<Int32> = []
            for step in 0..<150 {
                let arena = Arena()
                let x = arena.tensor(Shape(1024, 1, 8))
                var stream = RandomStream(seed: 3, "points", step: step)
                stream.normal(into: x)
                for row in 0..<1024 {
                    let centre = Int.random(in: 0..<512, using: &stream)
                    for i in 0..<8 {
                        x.pointer[row * 8 + i] =
                            Float(6 * centres[centre * 8 + i]) + 0.05 * x.pointer[row * 8 + i]
                    }
                }
                book.start(with: x, using: random)
                let codes = book.nearest(to: x)
                if step >= 145 { used.formUnion(codes) }
                book.update(with: x, codes: codes, using: RandomStream(seed: 4, "dead", step: step))
            }
            return Double(used.count) / 512
        }
        let (with, without) = (try usage(revival: 0.1), try usage(revival: 0))
        #expect(with >= 0.95, "\(with)")
        #expect(without < 0.6, "\(without)")
    }

    @Test func kMeansFindsClusters() {
        let arena = Arena()
        let points = arena.tensor(Shape(60, 2))
        var stream = RandomStream(seed: 5, "clusters")
        stream.normal(into: points)
        let centres: [[Float]] = [[0, 0], [10, 0], [0, 10]]
        for row in 0..<60 {
            for i in 0..<2 {
                points.pointer[row * 2 + i] =
                    centres[row % 3][i] + 0.1 * points.pointer[row * 2 + i]
            }
        }
        let rows = (0..<60).map { UnsafePointer(points.pointer + 2 * $0) }
        let found = KMeans(rows, size: 2, count: 3, using: random)
        #expect(found.counts == [20, 20, 20])
        for centre in centres {
            #expect(
                found.centres.contains {
                    abs($0[0] - centre[0]) < 0.1 && abs($0[1] - centre[1]) < 0.1
                })
        }
        // Fewer points than clusters: all have a place, none is NaN.
        let few = KMeans(Array(rows.prefix(2)), size: 2, count: 5, using: random)
        #expect(few.centres.count == 5 && few.centres.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(few.counts.reduce(0, +) == 2)
    }

    @Test func distancesOfEveryLength() {
        for count in 0...19 {
            let (a, b) = (normals(count, "a"), normals(count, "b"))
            let exact = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let found = Distance.squared(a.map(Float.init), b.map(Float.init), count)
            #expect(abs(Double(found) - exact) < 1e-5 * max(1, exact))
        }
    }
}

import Tensors
import Testing

@testable import TextCodec

/// Work in pieces gives the results of work in a row.
@Suite struct ComputingTeamTests {
    private struct Failure: Error, Equatable { let piece: Int }

    @Test(arguments: [0, 1, 2, 3, 100], [1, 2, 4]) func resultsStandInOrder(
        count: Int, threads: Int
    ) throws {
        try resultsStandInOrder(count: count, threads: threads, firstAlone: true)
        try resultsStandInOrder(count: count, threads: threads, firstAlone: false)
    }

    private func resultsStandInOrder(count: Int, threads: Int, firstAlone: Bool) throws {
        let before = ThreadPool.threadCount
        ThreadPool.setThreadCount(threads)
        defer { ThreadPool.setThreadCount(before) }
        let team = ComputingTeam()
        for _ in 0..<3 {
            let results = try team.map(count, firstAlone: firstAlone) { index, tape in
                let x = tape.arena.tensor(Shape(8))
                x.fill(Float(index))
                return x.sum()
            }
            #expect(results == (0..<count).map { 8 * Double($0) })
        }
        #expect(ThreadPool.threadCount == threads)
    }

    @Test(arguments: [0, 1, 17], [1, 3]) func theFirstErrorIsThrown(piece: Int, threads: Int) throws
    {
        try theFirstErrorIsThrown(piece: piece, threads: threads, firstAlone: true)
        try theFirstErrorIsThrown(piece: piece, threads: threads, firstAlone: false)
    }

    private func theFirstErrorIsThrown(piece: Int, threads: Int, firstAlone: Bool) throws {
        let before = ThreadPool.threadCount
        ThreadPool.setThreadCount(threads)
        defer { ThreadPool.setThreadCount(before) }
        let team = ComputingTeam()
        #expect(throws: Failure(piece: piece)) {
            try team.map(40, firstAlone: firstAlone) { index, _ in
                if index == piece { throw Failure(piece: index) }
            }
        }
        #expect(try team.map(3, firstAlone: firstAlone) { index, _ in index } == [0, 1, 2])
    }
}

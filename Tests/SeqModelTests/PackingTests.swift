import TestSupport
import Testing

@testable import SeqModel

@Suite struct PackingTests {
    @Test(arguments: [[5, 3, 3, 1], [1], [4, 4, 4], [9, 1, 1], [7]])
    func rowsFollowTheDefinition(lengths: [Int]) {
        let packing = Packing(lengths: lengths)
        let places = packedPlaces(lengths)
        #expect(packing.tokenCount == places.count && packing.batchSize == lengths.count)
        #expect(packing.maximumLength == lengths[0])
        #expect(packing.sequenceOfRow.map { Int($0) } == places.map(\.sentence))
        for (row, place) in places.enumerated() {
            #expect(packing.row(sequence: place.sentence, time: place.time) == row)
        }
        for time in 0..<lengths[0] {
            #expect(packing.offset(at: time) == places.firstIndex { $0.time == time })
            #expect(packing.rows(at: time) == lengths.filter { $0 > time }.count)
        }
    }

    @Test func noSequences() {
        let packing = Packing(lengths: [])
        #expect(packing.tokenCount == 0 && packing.batchSize == 0 && packing.maximumLength == 0)
    }

    @Test func batchesShiftByOneAndSortStably() {
        let sequences: [[Int32]] = [[7], [], [5, 6, 7], [8], [9, 9, 9]]
        let batch = TokenBatch(sequences, bos: 0, eos: 1)
        #expect(batch.order == [2, 4, 0, 3, 1])
        let lengths = batch.order.map { sequences[$0].count + 1 }
        #expect(batch.packing.lengths.map { Int($0) } == lengths)
        #expect(batch.tokenCount == 13 && batch.batchSize == 5)
        #expect(
            unpacked(Array(batch.inputs), lengths: lengths)
                == batch.order.map { [0] + sequences[$0] })
        #expect(
            unpacked(Array(batch.targets), lengths: lengths)
                == batch.order.map { sequences[$0] + [1] })
    }
}

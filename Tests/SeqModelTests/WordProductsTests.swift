import Dispatch
import Synchronization
import Testing

@testable import SeqModel
@testable import Tensors

/// Products that are kept are those that would be computed anew.
@Suite struct WordProductsTests {
    private static func parts(vocabulary: Int = 9) throws -> (table: Embedding, weight: Parameter) {
        let root = ParameterStore(.seed(4)).root
        let uniform = Initializer.uniform(bound: 1)
        return (
            try Embedding(vocabulary, 5, in: root.scope("table")),
            try root.parameter("weight", Shape(6, 5), uniform)
        )
    }

    private static func rows(
        _ words: WordProducts, _ tokens: [Int32], arena: Arena
    ) -> [[Float]] {
        let (products, rows) = words(tokens, arena: arena)
        return tokens.indices.map { row in
            let place = rows.map { Int($0[row]) } ?? row
            return Array(products.rows(place..<place + 1).buffer)
        }
    }

    private static func anew(
        _ tokens: [Int32], table: Embedding, weight: Parameter
    ) -> [[Float]] {
        tokens.map { token in
            let row = table.weight.value.rows(Int(token)..<Int(token) + 1)
            let arena = Arena()
            return withExtendedLifetime(arena) {
                let y = arena.tensor(Shape(1, 6))
                Matrix(y).assign(Matrix(row), timesTransposed: weight)
                return Array(y.buffer)
            }
        }
    }

    /// With room for all words, for three and for none.
    @Test(arguments: [1 << 20, 18, 0]) func keptAreThoseComputedAnew(limit: Int) throws {
        let (table, weight) = try Self.parts()
        let words = WordProducts(table, weight: weight, limit: limit)
        let arena = Arena()
        for tokens: [Int32] in [[3], [3, 3, 1], [8, 0, 7, 2, 8], [1], [5, 3], [0, 8]] {
            arena.reset()
            let found = Self.rows(words, tokens, arena: arena)
            let wanted = Self.anew(tokens, table: table, weight: weight)
            #expect(found == wanted)
        }
    }

    @Test func newWeightsAndNewWordsAreSeen() throws {
        let (table, weight) = try Self.parts()
        let words = WordProducts(table, weight: weight)
        let arena = Arena()
        let before = Self.rows(words, [2, 4], arena: arena)
        weight.value.pointer[7] += 1
        weight.valueDidChange()
        let between = Self.rows(words, [2, 4], arena: arena)
        #expect(between != before)
        #expect(between == Self.anew([2, 4], table: table, weight: weight))
        table.weight.value.pointer[4 * 5] += 1
        table.weight.valueDidChange()
        let after = Self.rows(words, [2, 4], arena: arena)
        #expect(after[0] == between[0])
        #expect(after[1] != between[1])
    }

    /// Threads that ask for overlapping words at once find what one alone would.
    @Test func threadsMayShareThem() throws {
        let (table, weight) = try Self.parts(vocabulary: 300)
        let words = WordProducts(table, weight: weight)
        let wanted = Self.anew((0..<300).map { Int32($0) }, table: table, weight: weight)
        nonisolated(unsafe) let kept = words
        let wrong = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: 8) { worker in
            let arena = Arena()
            for round in 0..<40 {
                arena.reset()
                let tokens = (0..<20).map { Int32(($0 * 13 + round * 7 + worker) % 300) }
                let found = Self.rows(kept, tokens, arena: arena)
                if found != tokens.map({ wanted[Int($0)] }) {
                    wrong.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    /// A table of angles that a thread reads outlives a longer one's making.
    @Test func anglesStayWhereTheyAre() {
        let angles = RotaryAngles(headWidth: 8)
        let short = angles.tables(5)
        let before = short.cosines.array
        let long = angles.tables(1000)
        #expect(short.cosines.array == before)
        #expect(Array(long.cosines.array.prefix(before.count)) == before)
    }
}

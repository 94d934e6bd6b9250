import Tensors
import Testing

@testable import DVAE

@Suite struct CodesTests {
    @Test func validRows() throws {
        let codes = try Codes(
            validating: [[0, 1, 2], [2, 0, 1]], latentCount: 3, categoryCount: 3)
        #expect(codes.rowCount == 2)
        #expect(codes.values == [0, 1, 2, 2, 0, 1])
        #expect(codes[1, 0] == 2)
        #expect(Array(codes[1]) == [2, 0, 1])
        #expect(codes.rows([1, 1, 0]).values == [2, 0, 1, 2, 0, 1, 0, 1, 2])
        #expect(Codes.hammingDistance(codes[0], codes[1]) == 3)
        #expect(Codes.hammingDistance(codes[0], codes[0]) == 0)
        #expect(try Codes(validating: [], latentCount: 3, categoryCount: 3).rowCount == 0)
    }

    @Test func rowsOfAnotherLength() {
        for row in [[0, 1], [0, 1, 2, 0], []] {
            #expect(throws: DVAEError.wrongCodeCount(row: 1, got: row.count, want: 3)) {
                try Codes(validating: [[0, 0, 0], row], latentCount: 3, categoryCount: 3)
            }
        }
        #expect(
            DVAEError.wrongCodeCount(row: 1, got: 2, want: 3).description
                == "row 2 has 2 codes, the model wants 3")
    }

    @Test func codesOutOfRange() {
        for code in [3, -1, Int.max, Int.min, 1 << 32] {
            #expect(
                throws: DVAEError.codeOutOfRange(row: 0, latent: 2, got: code, categoryCount: 3)
            ) {
                try Codes(validating: [[0, 0, code]], latentCount: 3, categoryCount: 3)
            }
        }
        #expect(
            DVAEError.codeOutOfRange(row: 0, latent: 2, got: -1, categoryCount: 3).description
                == "row 1, code 3 is -1, allowed are 0 … 2")
    }

    @Test func oneHot() throws {
        let codes = try Codes(validating: [[0, 2], [1, 1]], latentCount: 2, categoryCount: 3)
        let arena = Arena()
        let tensor = codes.oneHot(in: arena)
        #expect(tensor.shape == Shape(2, 2, 3))
        #expect(tensor.array == [1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0])
    }

    @Test func everyAssignmentOnce() {
        let all = ExactEnumeration.assignments(latentCount: 4, categoryCount: 8)
        #expect(all.count == 4096)
        #expect(Set(all).count == 4096)
        #expect(all[1] == [0, 0, 0, 1])
    }
}

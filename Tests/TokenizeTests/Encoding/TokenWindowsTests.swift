import Testing

@testable import Tokenize

@Suite struct TokenWindowsTests {
    @Test func windowsByHand() throws {
        #expect(try TokenWindows(length: 4).ranges(count: 10) == [0..<4, 4..<8, 8..<10])
        #expect(try TokenWindows(length: 4, stride: 1).ranges(count: 10) == [0..<4, 3..<7, 6..<10])
        #expect(
            try TokenWindows(length: 4, stride: 3).ranges(count: 6) == [0..<4, 1..<5, 2..<6])
        #expect(try TokenWindows(length: 4).ranges(count: 4) == [0..<4])
        #expect(try TokenWindows(length: 4).ranges(count: 0) == [0..<0])
    }

    @Test func windowsCoverAndOverlap() throws {
        for length in 1...7 {
            for stride in 0..<length {
                let windows = try TokenWindows(length: length, stride: stride)
                for count in 1...40 {
                    let ranges = windows.ranges(count: count)
                    #expect(ranges.first?.lowerBound == 0)
                    #expect(ranges.last?.upperBound == count)
                    #expect(ranges.dropLast().allSatisfy { $0.count == length })
                    for (left, right) in zip(ranges, ranges.dropFirst()) {
                        #expect(left.upperBound - right.lowerBound == stride)
                        #expect(right.upperBound > left.upperBound)
                    }
                }
            }
        }
    }

    @Test func padding() throws {
        func padded(_ side: TokenWindows.Padding) throws -> [Int] {
            try TokenWindows(length: 4, padding: side).padded([7, 8], with: 1)
        }
        #expect(try padded(.left) == [1, 1, 7, 8])
        #expect(try padded(.right) == [7, 8, 1, 1])
        #expect(try padded(.none) == [7, 8])
        // What is filled in stands for nothing.
        let tokenizer = try Tokenizer(spec: TokenizerSpec(level: .byte))
        let windows = try TokenWindows(length: 9, padding: .left)
        let row = windows.padded(tokenizer.encode("text"), with: tokenizer.padding)
        #expect(row.count == 9)
        #expect(try tokenizer.decodeString(row) == "text")
    }

    @Test func sizesOutOfRange() {
        for (length, stride) in [(0, 0), (-1, 0), (4, 4), (4, -1)] {
            #expect(throws: TokenizeError.self) {
                try TokenWindows(length: length, stride: stride)
            }
        }
    }
}

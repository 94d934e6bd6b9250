import CZlib
import DVAE
import Foundation
import SeqModel
import Tensors
import Testing

@testable import mnist

/// What people look at.
@Suite struct FigureTests {
    /// Reads back what ``GreyImage/png`` writes.
    private func decode(_ png: [UInt8]) throws -> (width: Int, height: Int, pixels: [UInt8]) {
        #expect(Array(png.prefix(8)) == [0x89] + Array("PNG\r\n\u{1A}\n".utf8))
        var (place, chunks) = (8, [(name: String, content: [UInt8])]())
        func number(_ at: Int) -> Int { png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        while place < png.count {
            let count = number(place)
            let body = Array(png[place + 4..<place + 8 + count])
            #expect(Int(crc32(0, body, UInt32(body.count))) == number(place + 8 + count))
            chunks.append(
                (String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
            place += 12 + count
        }
        #expect(chunks.map(\.name) == ["IHDR", "IDAT", "IEND"])
        let (width, height) = (number(16), number(20))
        #expect(chunks[0].content.suffix(5) == [8, 0, 0, 0, 0])
        var rows = [UInt8](repeating: 0, count: height * (width + 1))
        var count = UInt(rows.count)
        #expect(uncompress(&rows, &count, chunks[1].content, UInt(chunks[1].content.count)) == Z_OK)
        #expect(Int(count) == rows.count)
        let pixels = (0..<height).flatMap { row -> ArraySlice<UInt8> in
            #expect(rows[row * (width + 1)] == 0)
            return rows[row * (width + 1) + 1..<(row + 1) * (width + 1)]
        }
        return (width, height, pixels)
    }

    @Test func imagesOfDigits() throws {
        let black = [Float](repeating: 0, count: 784)
        var dot = black
        dot[28 * 3 + 5] = 0.5
        let image = GreyImage(digits: [[black, dot], [dot]])
        let (width, height, pixels) = try decode(image.png)
        #expect((width, height) == (62, 62))
        #expect(pixels == image.pixels)
        #expect(pixels[(2 + 3) * 62 + 32 + 5] == 128)
        #expect(pixels[(32 + 3) * 62 + 2 + 5] == 128)
        #expect(pixels[2 * 62 + 2] == 0)
        // The gap, and the place of the digit that is not there.
        #expect(pixels[0] == 255 && pixels[40 * 62 + 40] == 255)
    }

    @Test func aTraversalMovesOneLatent() throws {
        let model = try DigitModel(latentCount: 3, categoryCount: 2, source: .seed(1))
        let gallery = DigitGallery(model: model, reading: .reinmax)
        let code = Codes(latentCount: 3, categoryCount: 2, rowCount: 1)
        let image = gallery.traversals(of: code)
        #expect((image.width, image.height) == (2 * 30 + 2, 3 * 30 + 2))
        func cell(_ row: Int, _ column: Int) -> [UInt8] {
            (0..<28).flatMap { y in
                let start = (2 + 30 * row + y) * image.width + 2 + 30 * column
                return image.pixels[start..<start + 28]
            }
        }
        // Category 0 everywhere is where each row begins.
        #expect(cell(0, 0) == cell(1, 0) && cell(1, 0) == cell(2, 0))
        #expect(cell(0, 1) != cell(0, 0) && cell(1, 1) != cell(0, 1))
    }

    @Test func curves() throws {
        let records = (1...5).map { epoch in
            EpochRecord(
                epoch: epoch, train: .init(reconstruction: -200 + 10 * Double(epoch), kl: 7),
                test: .init(reconstruction: -190 + 8 * Double(epoch), kl: 7))
        }
        let svg = CurveFigure(title: "a < b & c", records: records).svg
        #expect(svg.components(separatedBy: "<polyline ").count == 3)
        #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
        #expect(svg.contains("a &lt; b &amp; c"))
        // One epoch is a curve too, and so is one without any rise.
        for few in [[records[0]], [records[0], records[0]], []] {
            #expect(!CurveFigure(title: "", records: few).svg.contains("nan"))
        }
    }

    @Test func tableRowsJoinSeeds() throws {
        func run(_ seed: UInt64, _ elbo: Double) -> ResultTable.Run {
            var config = MNISTConfig()
            config.seed = seed
            let bound = EpochRecord.Bound(reconstruction: elbo + 7.5, kl: 7.5)
            return .init(
                config: config, last: EpochRecord(epoch: 160, train: bound, test: bound))
        }
        let lines = ResultTable([run(1, -125), run(2, -126)]).text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(
            lines[2] == """
                | reinmax D4 K8 reinmax(temperature=1.3) | 0.0005, adam | 160 | 1, 2 | \
                125.50 ± 0.50 | 125.50 ± 0.50 | 7.50 ± 0.00 | 125.08 | 127.27 |
                """)
    }

    @Test func everyPublishedEstimatorIsRegistered() {
        for result in PublishedResult.all {
            #expect(EstimatorKind.builtIn.types.contains(result.estimator))
        }
        #expect(PublishedResult.all.count == 37)
    }

    @Test func aLogIsReadStrictly() throws {
        let folder = try Folder()
        let records = [
            EpochRecord(epoch: 1, train: .init(reconstruction: -130.25, kl: 7), test: .init()),
            EpochRecord(epoch: 2),
        ]
        let lines: [UInt8] = try records.flatMap { try $0.line() + [10] }
        #expect(try EpochRecord.read(folder.write("good", lines)) == records)
        let once = try records[0].line() + [10]
        for (bytes, line) in [
            (once + once, 2), (Array("{}\n".utf8), 1), (Array(lines.dropLast(9)), 2),
        ] {
            let path = try folder.write("bad", bytes)
            let error = #expect(throws: MNISTError.self) { try EpochRecord.read(path) }
            #expect("\(try #require(error))".contains("line \(line): "))
        }
    }
}

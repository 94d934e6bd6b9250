import CZlib
import Configuration
import DVAE
import Foundation
import Tensors

@testable import mnist

/// A folder that is gone after the test.
final class Folder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("mnist-" + UUID().uuidString).path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Writes the four files of a data set.
    func write(train: Digits, test: Digits) throws {
        for (part, digits) in [("train", train), ("t10k", test)] {
            let shape = [digits.count, Digits.side, Digits.side]
            _ = try write(
                "\(part)-images-idx3-ubyte.gz", gzip(idx(shape, digits.pixels)))
            _ = try write(
                "\(part)-labels-idx1-ubyte.gz", gzip(idx([digits.count], digits.labels)))
        }
    }
}

/// An IDX file of bytes.
func idx(_ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)]
        + shape.flatMap { length in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
        } + elements
}

/// Bytes packed as a gzip file.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    guard
        deflateInit2_(
            &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return [] }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1024)
    return input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(target.count)
            guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { return [] }
            return Array(target.prefix(Int(stream.total_out)))
        }
    }
}

extension Digits {
    /// Images of `strokeCount` bars, each bright in half of the images; the label is the number of bright ones below 10.
    static func bars(_ count: Int, strokeCount: Int = 12, seed: UInt64) -> Digits {
        var random = RandomStream(seed: seed, "bars")
        var (pixels, labels) = ([UInt8](), [UInt8]())
        for _ in 0..<count {
            var image = [UInt8](repeating: 20, count: pixelCount)
            var bright = 0
            for stroke in 0..<strokeCount where Bool.random(using: &random) {
                bright += 1
                // Two rows or two columns of pixels.
                for place in 0..<2 * side {
                    let (along, across) = (place / 2, place % 2 + 4 * (stroke / 2) + 1)
                    let (x, y) = stroke % 2 == 0 ? (along, across) : (across, along)
                    image[y * side + x] = 230
                }
            }
            pixels += image
            labels.append(UInt8(min(bright, 9)))
        }
        return Digits(pixels: pixels, labels: labels)
    }
}

/// What a parse of flags makes of the configuration.
func trainConfig(_ flags: String...) throws -> MNISTConfig {
    try TrainCommand.parse(flags + ["--data", "d", "--output", "o"]).config()
}

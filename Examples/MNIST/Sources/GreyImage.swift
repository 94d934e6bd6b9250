import CZlib

/// A grey image that can be written as a PNG file.
struct GreyImage: Equatable {
    let width: Int
    let height: Int
    /// Row by row, 255 is white.
    private(set) var pixels: [UInt8]

    /// A white image.
    init(width: Int, height: Int) {
        precondition(width > 0 && height > 0, "an image has pixels")
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 255, count: width * height)
    }

    /// Digits in a grid, white on black as they come, with a white gap between; rows of unlike length leave white.
    ///
    /// - Parameter rows: Each digit has 784 intensities of [0, 1].
    init(digits rows: [[[Float]]], gap: Int = 2) {
        let cell = Digits.side + gap
        let columns = rows.map(\.count).max() ?? 0
        self.init(width: max(1, columns * cell + gap), height: max(1, rows.count * cell + gap))
        for (row, digits) in rows.enumerated() {
            for (column, digit) in digits.enumerated() {
                for (index, intensity) in digit.enumerated() {
                    let x = gap + column * cell + index % Digits.side
                    let y = gap + row * cell + index / Digits.side
                    pixels[y * width + x] = UInt8(max(0, min(1, intensity)) * 255 + 0.5)
                }
            }
        }
    }

    /// The PNG file: 8-bit grey, no filter.
    var png: [UInt8] {
        var rows: [UInt8] = []
        for row in 0..<height { rows += [0] + pixels[row * width..<(row + 1) * width] }
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            + Self.chunk("IHDR", Self.bytes(width) + Self.bytes(height) + [8, 0, 0, 0, 0])
            + Self.chunk("IDAT", Self.deflated(rows))
            + Self.chunk("IEND", [])
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return bytes(content.count) + body + bytes(Int(crc32(0, body, UInt32(body.count))))
    }

    private static func bytes(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(UInt(bytes.count))
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
            guard let base = buffer.baseAddress else { return }
            let status = compress2(base, &count, bytes, UInt(bytes.count), 9)
            precondition(status == Z_OK, "zlib refused to pack with status \(status)")
            filled = Int(count)
        }
    }
}

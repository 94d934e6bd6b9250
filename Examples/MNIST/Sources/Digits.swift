import Glibc

/// Images of handwritten digits, 28 × 28 grey values of 0 … 255, and what they show.
struct Digits: Sendable {
    /// Pixels on a side.
    static let side = 28
    /// Pixels of an image.
    static let pixelCount = side * side

    /// The pixels of all images, one after another, row by row.
    let pixels: [UInt8]
    /// 0 … 9, one an image.
    let labels: [UInt8]

    /// The number of images.
    var count: Int { labels.count }

    /// The two parts of the data set.
    enum Part: String { case train, test = "t10k" }

    /// Reads one part from the folder with the four files, whose names may end in `.gz`.
    ///
    /// - Throws: ``MNISTError`` where a file is missing, damaged or of another shape.
    init(_ part: Part, folder: String) throws {
        let images = Self.find("\(part.rawValue)-images-idx3-ubyte", in: folder)
        let names = Self.find("\(part.rawValue)-labels-idx1-ubyte", in: folder)
        let pixels = try IDXArray(path: images)
        guard pixels.shape.count == 3, pixels.shape[0] > 0,
            pixels.shape[1...] == [Self.side, Self.side]
        else {
            throw MNISTError.wrongShape(
                path: images, got: pixels.shape, wanted: "[images, \(Self.side), \(Self.side)]")
        }
        let labels = try IDXArray(path: names)
        guard labels.shape == [pixels.shape[0]] else {
            throw MNISTError.wrongShape(
                path: names, got: labels.shape, wanted: "[\(pixels.shape[0])], a label an image")
        }
        if let index = labels.bytes.firstIndex(where: { $0 > 9 }) {
            throw MNISTError.notADigit(path: names, index: index, got: labels.bytes[index])
        }
        self.init(pixels: pixels.bytes, labels: labels.bytes)
    }

    /// Images in memory.
    init(pixels: [UInt8], labels: [UInt8]) {
        precondition(pixels.count == labels.count * Self.pixelCount, "an image is 784 pixels")
        self.pixels = pixels
        self.labels = labels
    }

    /// The packed file, unless only the unpacked one is there.
    private static func find(_ name: String, in folder: String) -> String {
        let plain = folder + "/" + name
        return access(plain + ".gz", F_OK) != 0 && access(plain, F_OK) == 0 ? plain : plain + ".gz"
    }
}

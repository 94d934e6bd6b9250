import Testing

@testable import mnist

/// Files as they come, and every way in which they can be broken.
@Suite struct IDXArrayTests {
    private static let elements = (0..<24).map { UInt8($0) }
    private static let file = idx([2, 3, 4], elements)

    private func error(_ bytes: [UInt8]) throws -> MNISTError? {
        let folder = try Folder()
        let path = try folder.write("array", bytes)
        do {
            _ = try IDXArray(path: path)
            return nil
        } catch let error as MNISTError {
            return error
        }
    }

    @Test func readsPackedAndPlainFiles() throws {
        let folder = try Folder()
        for bytes in [Self.file, gzip(Self.file)] {
            let array = try IDXArray(path: folder.write("array", bytes))
            #expect(array.shape == [2, 3, 4])
            #expect(array.bytes == Self.elements)
        }
    }

    @Test func everyCutIsFound() throws {
        for bytes in [Self.file, gzip(Self.file)] {
            for count in 0..<bytes.count {
                let found = try error(Array(bytes.prefix(count)))
                #expect(found != nil, "cut after \(count) of \(bytes.count) bytes")
            }
        }
        #expect(
            "\(try #require(try error(Array(Self.file.dropLast()))))"
                .hasSuffix("byte 39: the file ends here, 1 bytes too early"))
    }

    @Test func aFlippedBitOfAPackedFileIsFound() throws {
        let packed = gzip(Self.file)
        // The ten bytes before hold the time and the system, which nobody minds.
        for place in 10..<packed.count {
            var bytes = packed
            bytes[place] ^= 4
            #expect(try error(bytes) != nil, "flipped in byte \(place)")
        }
    }

    @Test func bytesAfterTheEndAreFound() throws {
        let error = try #require(try error(Self.file + [0]))
        #expect("\(error)".hasSuffix("byte 40: bytes after the end of the array"))
    }

    @Test(
        arguments: [
            [0, 0, 9, 1, 0, 0, 0, 0], [1, 0, 8, 1, 0, 0, 0, 0], [0, 0, 8, 0], [0, 0, 8, 5],
        ] as [[UInt8]])
    func aForeignHeadIsRefused(head: [UInt8]) throws {
        let error = try #require(try error(head + [UInt8](repeating: 0, count: 40)))
        #expect("\(error)".contains("byte 0: got [\(head[0]), "))
    }

    @Test func aLengthBeyondMemoryIsRefusedUnread() throws {
        for shape in [[0xFFFF_FFFF], [1 << 20, 1 << 20], [0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF]] {
            let error = try #require(try error(idx(shape, [])))
            #expect("\(error)".contains("too much for"))
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect(
            throws: MNISTError.unreadable(
                path: "/nowhere/file", reason: "No such file or directory")
        ) { try IDXArray(path: "/nowhere/file") }
    }
}

/// The data set as a whole.
@Suite struct DigitsTests {
    @Test func readsAFolder() throws {
        let folder = try Folder()
        let (train, test) = (Digits.bars(5, seed: 1), Digits.bars(3, seed: 2))
        try folder.write(train: train, test: test)
        let read = try Digits(.train, folder: folder.path)
        #expect(read.pixels == train.pixels && read.labels == train.labels)
        #expect(try Digits(.test, folder: folder.path).count == 3)
    }

    @Test func unpackedFilesServe() throws {
        let folder = try Folder()
        _ = try folder.write(
            "train-images-idx3-ubyte", idx([1, 28, 28], [UInt8](repeating: 7, count: 784)))
        _ = try folder.write("train-labels-idx1-ubyte", idx([1], [3]))
        #expect(try Digits(.train, folder: folder.path).labels == [3])
    }

    @Test func wrongShapesAndLabelsAreNamed() throws {
        func error(_ images: [UInt8], _ labels: [UInt8]) throws -> String {
            let folder = try Folder()
            _ = try folder.write("train-images-idx3-ubyte.gz", images)
            _ = try folder.write("train-labels-idx1-ubyte.gz", labels)
            do {
                _ = try Digits(.train, folder: folder.path)
                return ""
            } catch { return "\(error)" }
        }
        let image = [UInt8](repeating: 0, count: 784)
        #expect(
            try error(idx([1, 784], image), idx([1], [0]))
                .hasSuffix("holds an array of shape [1, 784], want [images, 28, 28]"))
        #expect(
            try error(idx([0, 28, 28], []), idx([0], []))
                .hasSuffix("of shape [0, 28, 28], want [images, 28, 28]"))
        #expect(
            try error(idx([1, 28, 28], image), idx([2], [0, 0]))
                .hasSuffix("of shape [2], want [1], a label an image"))
        #expect(
            try error(idx([1, 28, 28], image), idx([1], [10]))
                .hasSuffix("label 1: got 10, want 0 … 9"))
    }
}

import Glibc
import Testing

@testable import Files

@Suite struct SafeTensorsTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    @Test(
        arguments: [
            [], [0], [1], [3], [2, 3], [3, 0, 2], [1, 1, 1, 1], [5, 4, 3, 2], [0, 0],
        ] as [[Int]], [true, false])
    func roundTrip(_ shape: [Int], digest: Bool) throws {
        let count = shape.reduce(1, *)
        let floats = (0..<count).map { Float($0) + 0.25 }
        let doubles = floats.map(Double.init)
        let ints = (0..<count).map { Int32($0) - 7 }
        let longs = ints.map(Int64.init)
        var writer = SafeTensorsWriter(metadata: [("b", "2"), ("a", "é\n")], digest: digest)
        try writer.add("d", shape: shape, doubles)
        try writer.add("l", shape: shape, longs)
        try writer.add("f", shape: shape, floats)
        try writer.add("i", shape: shape, ints)
        let path = scratch.path("t.safetensors")
        try writer.write(to: path)
        let first = try scratch.read("t.safetensors")
        try writer.write(to: path)
        #expect(try scratch.read("t.safetensors") == first)
        #expect(scratch.names() == ["t.safetensors"])

        let files = [
            try SafeTensorsFile(path: path, digest: digest ? .required : .ifPresent),
            try SafeTensorsFile(bytes: first),
        ]
        for file in files {
            #expect([Float](try file.float32(named: "f", expecting: shape)) == floats)
            #expect([Double](try file.float64(named: "d", expecting: shape)) == doubles)
            #expect([Int32](try file.int32(named: "i", expecting: shape)) == ints)
            #expect([Int64](try file.int64(named: "l", expecting: shape)) == longs)
            #expect(Set(file.entries.map(\.name)) == ["d", "l", "f", "i"])
            #expect(file.metadata("a") == "é\n")
            #expect(file.metadata("b") == "2")
            #expect((file.digest != nil) == digest)
            #expect(file.entries.allSatisfy { $0.shape == shape })
        }
    }

    @Test func exactBytes() throws {
        var writer = SafeTensorsWriter(digest: false)
        try writer.add("w", shape: [2], [Float(1), -2])
        try writer.write(to: scratch.path("t"))
        let header = #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  "#
        #expect(header.utf8.count == 56)
        #expect(
            try scratch.read("t")
                == [56, 0, 0, 0, 0, 0, 0, 0] + header.utf8 + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    }

    @Test func emptyFile() throws {
        try SafeTensorsWriter(digest: false).write(to: scratch.path("a"))
        #expect(try SafeTensorsFile(path: scratch.path("a")).entries.isEmpty)
        try SafeTensorsWriter().write(to: scratch.path("b"))
        #expect(try SafeTensorsFile(path: scratch.path("b"), digest: .required).entries.isEmpty)
    }

    @Test func misalignedValuesAreCopied() throws {
        let header =
            #"{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
            + #""w":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#
        let data: [UInt8] = [7, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
        let file = try SafeTensorsFile(bytes: container(header, data))
        let values = try file.float32(named: "w")
        #expect([Float](values) == [1, -2])
        #expect(Int(bitPattern: values.baseAddress) % 4 == 0)
        #expect(try file.float32(named: "w").baseAddress == values.baseAddress)
        #expect([UInt8](try file.bytes(named: "b")) == [7])
    }

    @Test func everyTypeIsRead() throws {
        for type in SafeTensorsType.allCases {
            let byteCount = type.bitCount * 8 / 8
            let header =
                "{\"x\":{\"dtype\":\"\(type.rawValue)\",\"shape\":[8],"
                + "\"data_offsets\":[0,\(byteCount)]}}"
            let file = try SafeTensorsFile(
                bytes: container(header, [UInt8](repeating: 3, count: byteCount)))
            #expect(try file.entry(named: "x").type == type)
            #expect(try file.bytes(named: "x").count == byteCount)
        }
    }

    @Test func namesWhatDiffers() throws {
        var writer = SafeTensorsWriter()
        try writer.add("layer.w", shape: [2, 3], [Float](repeating: 0, count: 6))
        try writer.write(to: scratch.path("t"))
        let file = try SafeTensorsFile(path: scratch.path("t"))
        #expect(
            message { try file.float32(named: "layer.w", expecting: [3, 2]) }
                == "'\(scratch.path("t"))', tensor 'layer.w': got F32 [2, 3], wanted F32 [3, 2]")
        #expect(message { try file.int32(named: "layer.w") }?.contains("wanted I32") == true)
        #expect(message { try file.float32(named: "x") }?.contains("no tensor 'x'") == true)
        #expect(throws: Never.self) { try file.requireNames(["layer.w"]) }
        #expect(message { try file.requireNames([]) }?.contains("'layer.w'") == true)
        #expect(message { try file.requireNames(["layer.w", "b"]) }?.contains("'b'") == true)
    }

    @Test func writerRefusesBadTensors() throws {
        var writer = SafeTensorsWriter()
        let values: [Float] = [1, 2]
        for name in ["", "a\u{0}b", "__metadata__", String(repeating: "n", count: 1025)] {
            #expect(throws: FilesError.self) { try writer.add(name, shape: [2], values) }
        }
        for shape in [[], [3], [-2], [-1, -2], [.max, 2], [2] + Array(repeating: 1, count: 32)] {
            #expect(throws: FilesError.self) { try writer.add("a", shape: shape, values) }
        }
        try writer.add("a", shape: [2], values)
        try writer.add("a", shape: [2], values)
        #expect(message { try writer.write(to: scratch.path("t")) }?.contains("duplicate") == true)
        #expect(scratch.names().isEmpty)
    }

    @Test func refusesWhatIsNoRegularFile() throws {
        #expect(message { try SafeTensorsFile(path: scratch.folder) }?.contains("folder") == true)
        #expect(message { try SafeTensorsFile(path: "/dev/zero") }?.contains("device") == true)
        mkfifo(scratch.path("fifo"), 0o600)
        #expect(
            message { try SafeTensorsFile(path: scratch.path("fifo")) }?.contains("FIFO") == true)
        symlink("loop", scratch.path("loop"))
        #expect(
            message { try SafeTensorsFile(path: scratch.path("loop")) }?.contains("symbolic links")
                == true)
        let absent = scratch.path("absent")
        #expect(message { try SafeTensorsFile(path: absent) }?.contains("No such file") == true)
        #expect(message { try SafeTensorsFile(path: "") }?.contains("empty") == true)
        #expect(message { try SafeTensorsFile(path: "/tmp\u{0}x") }?.contains("NUL") == true)
    }

    @Test func aFileThatChangesItsSizeIsNotTrusted() throws {
        var writer = SafeTensorsWriter()
        try writer.add("w", shape: [4096], [Float](repeating: 1, count: 4096))
        for change in [-4000, 1] {
            let path = scratch.path("t")
            try writer.write(to: path)
            let file = try SafeTensorsFile(path: path)
            let size = try scratch.read("t").count
            try #require(truncate(path, off_t(size + change)) == 0)
            #expect(message { try file.float32(named: "w") }?.contains("while in use") == true)
            #expect(message { try file.verifyDigest() }?.contains("while in use") == true)
            #expect(message { try file.bytes(named: "w") }?.contains("while in use") == true)
        }
    }
}

/// A safetensors file of a header and data.
func container(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    container([UInt8](header.utf8), data)
}

/// A safetensors file of a header and data.
func container(_ header: [UInt8], _ data: [UInt8] = []) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { [UInt8]($0) } + header + data
}

import Glibc
import Testing

@testable import Files

@Suite struct DurableFileTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private struct Stop: Error {}

    @Test func replacesAFile() throws {
        let path = scratch.path("f")
        for size in [0, 5, 65_535, 65_536, 65_537, 300_000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
            try DurableFile.write(bytes, to: path)
            #expect(try scratch.read("f") == bytes)
            #expect(try DurableFile.read(path, maximumByteCount: size) == bytes)
            #expect(scratch.names() == ["f"])
        }
        #expect(
            message { try DurableFile.read(path, maximumByteCount: 10) }?.contains("at most 10")
                == true)
    }

    @Test func oldContentStaysUntilTheEnd() throws {
        let path = scratch.path("f")
        try DurableFile.write([1], to: path)
        let result = try DurableFile.writeAtomically(path) { sink in
            try sink.write([2, 3])
            try sink.synchronize()
            #expect(try scratch.read("f") == [1])
            let temporary = scratch.names().filter { $0 != "f" }
            #expect(temporary.count == 1)
            #expect(temporary.first?.hasPrefix(".f.tmp-\(getpid())-") == true)
            #expect(try DurableDirectory.removeLeftovers(in: scratch.folder).isEmpty)
            return 7
        }
        #expect(result == 7)
        #expect(try scratch.read("f") == [2, 3])
    }

    @Test func anErrorInTheBodyLeavesNothing() throws {
        let path = scratch.path("f")
        try DurableFile.write([1], to: path)
        #expect(throws: Stop.self) {
            try DurableFile.writeAtomically(path) { sink in
                try sink.write([UInt8](repeating: 9, count: 100_000))
                throw Stop()
            }
        }
        #expect(try scratch.read("f") == [1])
        #expect(scratch.names() == ["f"])
    }

    @Test func aFullDiskIsNamed() throws {
        let sink = try FileSink(path: "/dev/full")
        try sink.write("a")
        #expect(
            message { try sink.flush() } == "cannot write '/dev/full': No space left on device")
        #expect(
            message { try sink.write([UInt8](repeating: 0, count: 100_000)) }?
                .contains("No space left") == true)
        // The same failure inside an atomic write: nothing is published, nothing is left.
        let path = scratch.path("f")
        try DurableFile.write([1], to: path)
        #expect(throws: FilesError.self) {
            try DurableFile.writeAtomically(path) { good in
                try good.write([2])
                try sink.write([UInt8](repeating: 0, count: 100_000))
            }
        }
        #expect(try scratch.read("f") == [1])
        #expect(scratch.names() == ["f"])
    }

    @Test func badTargetsAreNamed() throws {
        let absent = scratch.path("absent/f")
        #expect(
            message { try DurableFile.write([], to: absent) }
                == "cannot create '\(absent)': No such file or directory")
        try scratch.write([], "plain")
        #expect(
            message { try DurableFile.write([], to: scratch.path("plain/f")) }?
                .contains("Not a directory") == true)
        try #require(mkdir(scratch.path("folder"), 0o700) == 0)
        #expect(
            message { try DurableFile.write([], to: scratch.path("folder")) }?
                .contains("Is a directory") == true)
        for path in ["", "/", "a/", "..", "a/.", "a\u{0}b"] {
            #expect(message { try DurableFile.write([], to: path) }?.contains("cannot use") == true)
        }
        #expect(scratch.names() == ["folder", "plain"])
    }

    @Test func aReadOnlyFolderIsNamed() throws {
        // The superuser may write anywhere but into the kernel's own folders.
        let folder = geteuid() == 0 ? "/proc/self" : scratch.path("locked")
        if geteuid() != 0 { try #require(mkdir(folder, 0o500) == 0) }
        #expect(
            message { try DurableFile.write([1], to: folder + "/f") }?
                .contains("cannot create '\(folder)/f'") == true)
    }

    @Test func aSymbolicLinkIsReplaced() throws {
        try scratch.write([1], "real")
        symlink("real", scratch.path("link"))
        try DurableFile.write([2], to: scratch.path("link"))
        #expect(try scratch.read("real") == [1])
        #expect(try scratch.read("link") == [2])
    }

    @Test func shortWritesAreCarriedOn() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        let input = ends[0]
        nonisolated(unsafe) var sum = 0
        var thread = pthread_t()
        // A slow reader: the writer meets short writes and a full pipe.
        withUnsafeMutablePointer(to: &sum) { total in
            nonisolated(unsafe) let total = total
            let box = Unmanaged.passRetained(
                Reader {
                    var bytes = [UInt8](repeating: 0, count: 5000)
                    while true {
                        let count = read(input, &bytes, bytes.count)
                        if count <= 0 { return }
                        for byte in bytes[..<count] { total.pointee += Int(byte) }
                    }
                })
            pthread_create(
                &thread, nil,
                { argument in
                    if let argument {
                        Unmanaged<Reader>.fromOpaque(argument).takeRetainedValue().run()
                    }
                    return nil
                }, box.toOpaque())
            let sink = FileSink(descriptor: ends[1], name: "pipe")
            let error = message {
                for _ in 0..<50 { try sink.write([UInt8](repeating: 3, count: 20_011)) }
                try sink.write([UInt8](repeating: 1, count: 500_000))
                try sink.close()
            }
            close(ends[1])
            pthread_join(thread, nil)
            #expect(error == nil)
        }
        close(input)
        #expect(sum == 50 * 20_011 * 3 + 500_000)
    }

    private final class Reader {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }
}

import Glibc
import Testing

@testable import Files

@Suite struct DurableDirectoryTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    private struct Stop: Error {}

    private func publish(_ name: String = "model") throws {
        try DurableDirectory.publish(name, in: scratch.folder) { folder in
            for (file, bytes) in [("b.bin", [1, 2, 3]), ("a.json", [0x7B, 0x7D]), ("empty", [])] {
                let sink = try FileSink(path: folder + "/" + file)
                try sink.write(bytes.map(UInt8.init))
                try sink.close()
            }
        }
    }

    @Test func publishesWithAManifest() throws {
        try publish()
        #expect(scratch.names() == ["model"])
        #expect(scratch.names(in: "model") == ["a.json", "b.bin", "empty", "manifest.json"])
        let entries = try DurableDirectory.verifyManifest(scratch.path("model"))
        #expect(entries.map(\.name) == ["a.json", "b.bin", "empty"])
        #expect(entries.map(\.byteCount) == [2, 3, 0])
        #expect(entries[1].digest == Digest.hex(of: [1, 2, 3]))
    }

    @Test func errorsPublishNothing() throws {
        #expect(throws: Stop.self) {
            try DurableDirectory.publish("model", in: scratch.folder) { folder in
                try FileSink(path: folder + "/f").close()
                #expect(scratch.names().first?.hasPrefix(".tmp-model-\(getpid())-") == true)
                throw Stop()
            }
        }
        #expect(throws: FilesError.self) {
            try DurableDirectory.publish("model", in: scratch.folder) { folder in
                mkdir(folder + "/sub", 0o700)
                try FileSink(path: folder + "/sub/f").close()
            }
        }
        #expect(throws: FilesError.self) {
            try DurableDirectory.publish("model", in: scratch.folder) { folder in
                try FileSink(path: folder + "/manifest.json").close()
            }
        }
        #expect(scratch.names().isEmpty)
        for name in ["", "..", "a/b", "."] {
            #expect(throws: FilesError.self) {
                try DurableDirectory.publish(name, in: scratch.folder) { _ in }
            }
        }
        #expect(
            message { try DurableDirectory.publish("m", in: scratch.path("absent")) { _ in } }?
                .contains("No such file") == true)
    }

    @Test func neverReplaces() throws {
        try publish()
        #expect(message { try publish() }?.contains("something of that name") == true)
        #expect(scratch.names() == ["model"])
        try DurableDirectory.verifyManifest(scratch.path("model"))
    }

    @Test func findsTamperedFiles() throws {
        try publish()
        let folder = scratch.path("model")
        try scratch.write([1, 2, 4], "model/b.bin")
        #expect(message { try DurableDirectory.verifyManifest(folder) }?.contains("digest") == true)
        try scratch.write([1, 2], "model/b.bin")
        #expect(
            message { try DurableDirectory.verifyManifest(folder) }?
                .contains("b.bin' is damaged: it has 2 bytes") == true)
        unlink(scratch.path("model/b.bin"))
        #expect(
            message { try DurableDirectory.verifyManifest(folder) }?.contains("No such file")
                == true)
        try scratch.write([1, 2, 3], "model/b.bin")
        try scratch.write([], "model/notes.txt")
        #expect(try DurableDirectory.verifyManifest(folder).count == 3)
        unlink(scratch.path("model/manifest.json"))
        #expect(
            message { try DurableDirectory.verifyManifest(folder) }?.contains("manifest.json")
                == true
        )
    }

    @Test func findsEveryFlippedBitAndTruncationOfTheManifest() throws {
        try publish()
        let folder = scratch.path("model")
        let manifest = try scratch.read("model/manifest.json")
        for place in manifest.indices {
            for bit in 0..<8 {
                var changed = manifest
                changed[place] ^= 1 << UInt8(bit)
                try scratch.write(changed, "model/manifest.json")
                #expect(throws: FilesError.self, "byte \(place) bit \(bit)") {
                    try DurableDirectory.verifyManifest(folder)
                }
            }
            try scratch.write([UInt8](manifest[..<place]), "model/manifest.json")
            #expect(throws: FilesError.self) { try DurableDirectory.verifyManifest(folder) }
        }
        try scratch.write(manifest, "model/manifest.json")
        try DurableDirectory.verifyManifest(folder)
    }

    @Test func namesThatLeadElsewhereAreRefused() throws {
        try publish()
        let digest = Digest.hex(of: [])
        for name in ["../f", "/etc/passwd", "..", "", "manifest.json"] {
            let text = """
                {
                  "format": 1,
                  "files": [
                    {
                      "name": "\(name)",
                      "size": 0,
                      "digest": "\(digest)"
                    }
                  ]
                }

                """
            try scratch.write([UInt8](text.utf8), "model/manifest.json")
            #expect(
                message { try DurableDirectory.verifyManifest(scratch.path("model")) }?
                    .contains("{name, size, digest}") == true)
        }
    }

    @Test func removesOnlyWhatIsProvablyLeft() throws {
        let dead = try deadProcessID()
        let kept = [
            ".f.tmp-1-1", ".f.tmp-\(getppid())-3", ".f.tmp-\(dead)", ".f.tmp-\(dead)-x", "f",
            ".f.tmp-0\(dead)-1", "f.tmp-\(dead)-1", ".tmp-\(dead)-1", ".f.tmp--\(dead)-1",
            ".f.tmp-99999999999-1", ".lock",
        ]
        for name in kept { try scratch.write([1], name) }
        try scratch.write([1], ".f-g.tmp-\(dead)-12")
        try scratch.write([1], ".f.tmp-\(getpid())-999999999")
        mkdir(scratch.path(".tmp-model-\(dead)-2"), 0o700)
        try scratch.write([1], ".tmp-model-\(dead)-2/w")
        symlink(scratch.path("f"), scratch.path(".tmp-model-\(dead)-2/link"))
        mkdir(scratch.path(".f.tmp-\(dead)-7"), 0o700)  // A folder under a file's name.
        symlink(scratch.path("f"), scratch.path(".s.tmp-\(dead)-8"))

        let removed = try DurableDirectory.removeLeftovers(in: scratch.folder)
        #expect(
            removed.sorted()
                == [
                    ".f-g.tmp-\(dead)-12", ".f.tmp-\(getpid())-999999999", ".tmp-model-\(dead)-2",
                ].sorted())
        #expect(
            scratch.names() == (kept + [".f.tmp-\(dead)-7", ".s.tmp-\(dead)-8"]).sorted())
    }
}

import Foundation
import Testing

/// The arrows between targets, read from the manifest itself.
@Suite struct ArchitectureTests {
    /// Level order: a target may depend only on targets that stand before it.
    static let levels: [[String]] = [
        ["CICU", "COneDNN", "CKernels", "CXXHash", "CTokenIndex", "CPlainICU", "CZlib"],
        ["Files"],
        ["Configuration"],
        ["Tensors", "Tokenize"],
        ["SeqModel", "Scenes"],
        ["DVAE"],
        ["TextCodec"],
        ["Training"],
        ["textvae", "step-benchmark", "tokenize-benchmark", "mnist"],
    ]

    /// Walls that the level order alone does not give.
    static let forbidden: [(target: String, dependency: String)] = [
        ("SeqModel", "Tokenize"), ("DVAE", "Tokenize"), ("Tensors", "CICU"),
        ("Tokenize", "Tensors"), ("Tokenize", "CKernels"), ("TextCodec", "ArgumentParser"),
        ("Training", "ArgumentParser"), ("textvae", "CICU"), ("textvae", "CKernels"),
        ("mnist", "TextCodec"), ("mnist", "Tokenize"),
    ]

    @Test func everyArrowPointsDown() throws {
        let level = Dictionary(
            uniqueKeysWithValues: Self.levels.enumerated().flatMap { index, names in
                names.map { ($0, index) }
            })
        var arrows = 0
        for (target, dependencies) in try Self.dependencies() where level[target] != nil {
            for dependency in dependencies {
                guard let from = level[target], let to = level[dependency] else { continue }
                arrows += 1
                #expect(to < from, "\(target) must not depend on \(dependency)")
            }
        }
        #expect(arrows > 20)
    }

    @Test func everyTargetHasALevel() throws {
        let known = Set(Self.levels.flatMap { $0 })
        for (target, _) in try Self.dependencies()
        where !target.hasSuffix("Tests") && target != "TestSupport" {
            #expect(known.contains(target), "\(target) has no level here")
        }
    }

    @Test func wallsHold() throws {
        let dependencies = try Self.dependencies()
        for wall in Self.forbidden {
            let own = try #require(dependencies[wall.target])
            #expect(!own.contains(wall.dependency), "\(wall.target) knows \(wall.dependency)")
        }
    }

    /// Target → names it depends on, targets and products alike.
    private static func dependencies() throws -> [String: [String]] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let scratch = FileManager.default.temporaryDirectory
            .appendingPathComponent("textvae-manifest-\(ProcessInfo.processInfo.processIdentifier)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path,
            "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let manifest = try #require(
            JSONSerialization.jsonObject(with: data) as? [String: Any],
            "swift package dump-package printed no object")
        let targets = try #require(manifest["targets"] as? [[String: Any]])
        var result: [String: [String]] = [:]
        for target in targets {
            let name = try #require(target["name"] as? String)
            let entries = target["dependencies"] as? [[String: Any]] ?? []
            result[name] = entries.compactMap { entry in
                (entry.values.first as? [Any])?.first as? String
            }
        }
        return result
    }
}

import DVAE
import Files
import Foundation
import SeqModel
import Tensors
import TestSupport
import Testing

@testable import mnist

/// The network, its likelihood and its file.
@Suite struct DigitModelTests {
    private func model(_ latents: Int = 4, _ categories: Int = 8) throws -> DigitModel {
        try DigitModel(latentCount: latents, categoryCount: categories, source: .seed(1))
    }

    @Test func sizesAreThePapers() throws {
        #expect(try model().parameters.reduce(0) { $0 + $1.shape.count } == 1_083_696)
    }

    /// log p(x | l) and its slope, also where a probability is all but 0 or 1.
    @Test func bernoulliLikelihood() throws {
        let tape = Tape(arena: Arena(), isRecording: true)
        let l: [Float] = [-80, -3, -0.1, 0, 0.7, 5, 90, 2]
        let x: [Float] = [0, 1, 0.3, 1, 0.5, 1, 1, 0]
        let (logits, targets) = (tape.arena.tensor(Shape(2, 4)), tape.arena.tensor(Shape(2, 4)))
        for index in l.indices {
            logits[index] = l[index]
            targets[index] = x[index]
        }
        let leaf = tape.leaf(logits)
        let y = tape.bernoulliLogLikelihood(of: targets, logits: leaf)
        tape.backward(from: y, scale: 2)
        func term(_ index: Int) -> Double {
            let (l, x) = (Double(l[index]), Double(x[index]))
            return x * l - max(l, 0) - log1p(exp(-abs(l)))
        }
        expectClose(
            y.value.array, [(0..<4).map(term).reduce(0, +), (4..<8).map(term).reduce(0, +)])
        expectClose(
            try #require(tape.gradient(of: leaf)).array,
            l.indices.map { 2 * (Double(x[$0]) - 1 / (1 + exp(-Double(l[$0])))) })
    }

    @Test func aRunsFileGivesTheModelBack() throws {
        let folder = try Folder()
        let run = RunFolder(path: folder.path + "/run")
        try run.begin(MNISTConfig())
        #expect(!run.isComplete)
        let model = try model()
        try run.save(model)
        #expect(run.isComplete)
        let read = try run.model()
        for (a, b) in zip(model.parameters, read.parameters) {
            #expect(a.name == b.name)
            expectSameBits(b.value.array, a.value.array)
        }
    }

    /// 4 × 8 and 8 × 4 have weights of the same shapes, which is how a grid can be misread without anybody noticing.
    @Test func anotherGroupingOfTheLatentsIsRefused() throws {
        let folder = try Folder()
        let run = RunFolder(path: folder.path)
        try run.begin(try trainConfig("--latents", "8", "--categories", "4"))
        try run.save(try model(4, 8))
        let error = #expect(throws: FilesError.self) { try run.model() }
        #expect("\(try #require(error))".hasSuffix("got D=4 K=8, wanted D=8 K=4"))
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let folder = try Folder()
        let path = try folder.write("file", [1]) + "/run"
        #expect(throws: MNISTError.noFolder(path: path, reason: "Not a directory")) {
            try RunFolder(path: path).begin(try trainConfig())
        }
    }

    @Test func aFolderOfAnotherRunIsLeftAlone() throws {
        let folder = try Folder()
        let run = RunFolder(path: folder.path)
        try run.begin(try trainConfig("--seed", "1"))
        try run.begin(try trainConfig("--seed", "1"))
        #expect(throws: MNISTError.otherRun(path: folder.path, differences: ["seed: 1 → 2"])) {
            try run.begin(try trainConfig("--seed", "2"))
        }
    }
}

import Foundation
import Testing

@testable import Tokenize

/// Scalars each test of this suite goes through in all; `TEXTVAE_FUZZ_SCALARS` asks for more.
private let scalarCount =
    ProcessInfo.processInfo.environment["TEXTVAE_FUZZ_SCALARS"].flatMap(Int.init) ?? 1_000_000

/// Files whose text is compared too, paths with colons between.
private let fuzzFiles =
    ProcessInfo.processInfo.environment["TEXTVAE_FUZZ_FILES"]?.split(separator: ":").map(
        String.init) ?? []

/// The walk over the tables against `ubrk_next` and `ubrk_getRuleStatus`, boundary for boundary.
@Suite(.enabled(if: UnicodeData.isExpected, "the classes come from Debian's unicode-data"))
struct FuzzTests {
    /// What one comparison is about, with a tailoring where there is one.
    enum Subject: CustomTestStringConvertible, Sendable {
        case level(SegmentLevel, SegmentationProfile, String?)
        case rules(String, String)

        func segmenter(_ path: Segmenter.Path) throws -> Segmenter {
            switch self {
            case .level(let level, let profile, let locale):
                try Segmenter(level, profile: profile, locale: locale, path: path)
            case .rules(_, let text): try Segmenter(rules: text, path: path)
            }
        }

        var testDescription: String {
            switch self {
            case .level(let level, let profile, let locale):
                "\(level), \(profile), \(locale ?? "root")"
            case .rules(let name, _): name
            }
        }
    }

    static let subjects: [Subject] = [
        .level(.word, .uax29, nil), .level(.word, .icu, nil), .level(.word, .icu, "en_US_POSIX"),
        .level(.word, .icu, "sv"), .level(.word, .icu, "fi"), .level(.word, .icu, "ja"),
        .level(.word, .icu, "th"), .level(.grapheme, .icu, nil), .level(.sentence, .icu, nil),
        .level(.sentence, .icu, "el"), .level(.line, .icu, nil),
        .level(.line, .icu, "ja@lb=loose"), .rules("source code", CustomRules.sourceCode),
        .rules("look-ahead", CustomRules.lookAhead),
    ]

    @Test(arguments: subjects)
    func sameAsICU(_ subject: Subject) throws {
        let (tables, reference) = (
            try subject.segmenter(.tables), try subject.segmenter(.reference)
        )
        #expect(tables.path == .tables)
        let (ours, icu) = (tables.makeWorker(), reference.makeWorker())
        var text = try FuzzText(seed: 1)
        var (scalars, segments) = (0, 0)
        while scalars < scalarCount / Self.subjects.count {
            let count = text.random(8) > 0 ? 1 + text.random(400) : 1 + text.random(6_000)
            let bytes = text.next(count: count)
            scalars += count
            let wanted = Self.boundaries(icu, bytes, room: bytes.count + 1)
            let whole = text.random(3) > 0
            let room = whole ? bytes.count + 100 : 1 + text.random(300)
            let got = Self.boundaries(ours, bytes, room: room)
            if got != wanted {
                Issue.record("\(bytes) gives \(got), ICU \(wanted)")
                return
            }
            if text.random(4) == 0, Self.streamed(ours, bytes, &text) != wanted {
                Issue.record("\(bytes) differs when it arrives in parts")
                return
            }
            segments += wanted.count
        }
        #expect(segments > scalars / 100)
        #expect(ours.path == .tables)
        #expect(icu.path == .reference)
    }

    @Test(
        .enabled(if: !fuzzFiles.isEmpty, "TEXTVAE_FUZZ_FILES names no text"), arguments: subjects)
    func sameAsICUOnFiles(_ subject: Subject) throws {
        let (ours, icu) = (
            try subject.segmenter(.tables).makeWorker(),
            try subject.segmenter(.reference).makeWorker()
        )
        for path in fuzzFiles {
            let text = [UInt8](try Data(contentsOf: URL(filePath: path)))
            var start = 0
            while start < text.count {
                let limit = min(text.count, start + 65_536)
                let end = text[limit...].firstIndex(of: 10).map { $0 + 1 } ?? text.count
                let part = Array(text[start..<end])
                if Self.boundaries(ours, part, room: part.count + 1)
                    != Self.boundaries(icu, part, room: part.count + 1)
                {
                    Issue.record("\(path): bytes \(start)..<\(end) are cut otherwise than by ICU")
                    return
                }
                start = end
            }
        }
    }

    struct Boundary: Hashable {
        var end: Int
        var status: Int32
    }

    static func boundaries(
        _ worker: Segmenter.Worker, _ bytes: [UInt8], room: Int
    ) -> [Boundary] {
        bytes.withUnsafeBufferPointer { text in
            worker.begin(text)
            return rest(worker, room: room)
        }
    }

    private static func rest(_ worker: Segmenter.Worker, room: Int) -> [Boundary] {
        var found: [Boundary] = []
        withUnsafeTemporaryAllocation(of: Int.self, capacity: room) { ends in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: room) { statuses in
                while case let count = worker.next(ends: ends, statuses: statuses), count > 0 {
                    found += (0..<count).map { Boundary(end: ends[$0], status: statuses[$0]) }
                }
            }
        }
        return found
    }

    /// The text in parts of random size, each beginning where the segments found so far end.
    private static func streamed(
        _ worker: Segmenter.Worker, _ bytes: [UInt8], _ text: inout FuzzText
    ) -> [Boundary] {
        var found: [Boundary] = []
        var (start, end) = (0, text.random(bytes.count + 1))
        while true {
            let part = bytes[start..<end].withUnsafeBufferPointer {
                worker.begin($0, isLast: end == bytes.count)
                return rest(worker, room: bytes.count + 1)
            }
            found += part.map { Boundary(end: start + $0.end, status: $0.status) }
            if end == bytes.count { return found }
            start = found.last?.end ?? 0
            end = min(bytes.count, end + 1 + text.random(200))
        }
    }
}

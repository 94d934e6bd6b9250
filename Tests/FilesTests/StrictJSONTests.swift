import Testing

@testable import Files

@Suite struct StrictJSONTests {
    private func parse(_ text: String) throws -> JSONValue {
        try StrictJSON.parse([UInt8](text.utf8), source: "test")
    }

    @Test func readsATreeInOrder() throws {
        let value = try parse(
            #" {"b": [1, -2.5e3, true, null], "a": {"é": "x\n\u00e9\ud83d\ude00\/"}} "#)
        #expect(
            value == [
                "b": [1, .number("-2.5e3"), true, nil], "a": ["é": "x\né😀/"],
            ])
        #expect(value["b"]?.array?[1].double == -2500)
        #expect(value.object?.map(\.key) == ["b", "a"])
    }

    @Test(arguments: [
        ("", "ends where a value"), (" ", "ends where a value"), ("{", "the end where a key"),
        ("[1,]", "']' where a value"), ("[1 2]", "',' or ']'"), ("{\"a\":1,}", "'}' where a key"),
        ("{\"a\" 1}", "':' is due"), ("{a:1}", "'a' where a key"), ("'a'", "where a value"),
        ("nul", "unknown word"), ("truex", "after the end"), ("1 1", "after the end"),
        ("{}}", "after the end"), ("01", "leading zero"), ("-", "a digit is due"),
        ("1.", "a digit is due"), (".5", "where a value"), ("1e", "a digit is due"),
        ("+1", "where a value"), ("NaN", "where a value"), ("Infinity", "where a value"),
        ("\"a", "closing quote"), ("\"\\", "closing quote"), ("\"\\\"", "closing quote"),
        ("\"\u{1}\"", "control character"), ("\"a\nb\"", "control character"),
        ("\"\\x\"", "unknown escape"), ("\"\\u12\"", "hexadecimal"), ("\"\\u12G4\"", "hexadecimal"),
        ("\"\\ud800\"", "lone surrogate"), ("\"\\udc00\"", "lone surrogate"),
        ("\"\\ud800\\u0041\"", "lone surrogate"), ("\"\\ud800x\"", "lone surrogate"),
        ("{\"a\":1,\"a\":2}", "duplicate key 'a'"), ("{\"a\":1,\"\\u0061\":2}", "duplicate key"),
        ("\u{FEFF}1", "byte 0xEF where"), ("1\u{0}", "after the end"),
        (String(repeating: "9", count: 1025), "longer than"), ("// no\n1", "where a value"),
    ])
    func refuses(_ text: String, _ word: String) {
        #expect(message { try parse(text) }?.contains(word) == true, "\(text)")
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
            [0x61, 0x80], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func refusesInvalidUTF8(_ bad: [UInt8]) {
        let bytes = [0x22, 0x61] + bad + [0x22]
        let offset = bad[0] == 0x61 ? 3 : 2
        #expect(
            throws: FilesError.json(
                source: "s", offset: offset, key: "", reason: "invalid UTF-8")
        ) { try StrictJSON.parse(bytes, source: "s") }
    }

    @Test func namesByteAndKey() {
        #expect(
            throws: FilesError.json(
                source: "test", offset: 16, key: "a.b[1]", reason: "'x' where a value should stand")
        ) { try parse(#"{"a": {"b": [1, x]}}"#) }
        #expect(message { try parse(#"{"\n": z}"#) }?.contains("\n") == false)
    }

    @Test func keepsCanonicallyEquivalentKeysApart() throws {
        let value = try parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
        #expect(value["\u{E9}"]?.int == 1)
        #expect(value["e\u{301}"]?.int == 2)
    }

    @Test func findsDuplicatesAmongMany() throws {
        let members = (0..<1000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(try parse("{\(members)}").object?.count == 1000)
        #expect(message { try parse("{\(members),\"k500\":0}") }?.contains("'k500'") == true)
    }

    @Test func limitsDepthAndCount() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try parse(nested(64)) }
        for depth in [65, 512, 513, 100_000] {
            #expect(message { try parse(nested(depth)) }?.contains("deeper than 64") == true)
            let open = String(repeating: "{\"a\":", count: depth)
            #expect(message { try parse(open) }?.contains("deeper than 64") == true)
        }
        let bytes = [UInt8]("[1,2,3]".utf8)
        #expect(throws: Never.self) {
            try StrictJSON.parse(bytes, source: "", maximumValueCount: 4)
        }
        #expect(
            message { try StrictJSON.parse(bytes, source: "", maximumValueCount: 3) }?
                .contains("too many values") == true)
    }

    @Test func readsNumbersChecked() throws {
        #expect(try parse("9223372036854775807").int == .max)
        #expect(try parse("-9223372036854775808").int == .min)
        for text in ["9223372036854775808", "18446744073709551616", "1.0", "1e2", "\"5\"", "true"] {
            #expect(try parse(text).int == nil, "\(text)")
        }
        #expect(try parse("1e400").double == nil)
        #expect(try parse("-1e400").double == nil)
        #expect(try parse("1e-400").double == 0)
        #expect(try parse("\"1\"").double == nil)
        #expect(try parse("0.1").double == 0.1)
    }

    @Test func everyTruncationIsRefused() throws {
        let text = [UInt8](#"{"a":[1,2.5,"x\u00e9",{"b":null}],"c":true}"#.utf8)
        _ = try StrictJSON.parse(text, source: "")
        for count in 0..<text.count {
            #expect(throws: FilesError.self) {
                try StrictJSON.parse([UInt8](text[..<count]), source: "")
            }
        }
    }

    @Test func everyByteChangeReturns() throws {
        let text = [UInt8](#"{"a":[1,-2.5e1,"x\u00e9\ud83d\ude00",{"b":null}],"c":true}"#.utf8)
        var refused = 0
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[place] = byte
                if (try? StrictJSON.parse(changed, source: "")) == nil { refused += 1 }
            }
        }
        #expect(refused > text.count * 100)
    }
}

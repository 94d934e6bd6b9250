import Testing

@testable import Files

@Suite struct JSONWriterTests {
    private func text(
        _ value: JSONValue, indented: Bool = false, nonFinite: StrictJSON.NonFinite = .refuse
    ) throws -> String {
        String(
            decoding: try StrictJSON.bytes(of: value, indented: indented, nonFinite: nonFinite),
            as: UTF8.self)
    }

    @Test func writesMinimalEscapesInOrder() throws {
        #expect(
            try text([
                "z": "a\"\\\n\t\r\u{8}\u{C}\u{1}\u{1F}é/\u{7F}", "a": [1, -2, true, nil, [], [:]],
            ])
                == "{\"z\":\"a\\\"\\\\\\n\\t\\r\\b\\f\\u0001\\u001fé/\u{7F}\",\"a\":[1,-2,true,null,[],{}]}"
        )
    }

    @Test func writesForPeople() throws {
        let value: JSONValue = ["a": [1, 2], "b": ["c": [["d": 1]], "e": [:]]]
        #expect(
            try text(value, indented: true) == """
                {
                  "a": [1, 2],
                  "b": {
                    "c": [
                      {
                        "d": 1
                      }
                    ],
                    "e": {}
                  }
                }

                """)
    }

    @Test(arguments: [
        0.1, -0.0, 1, 1e16, 1e22, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1 / 3,
        123456789.125,
    ])
    func doublesReadBackTheSame(_ value: Double) throws {
        let bytes = try StrictJSON.bytes(of: .double(value))
        let back = try #require(try StrictJSON.parse(bytes, source: "").double)
        #expect(back.bitPattern == value.bitPattern)
    }

    @Test func nonFiniteNumbers() throws {
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(try text([.double(value)], nonFinite: .null) == "[null]")
            #expect(message { try text(["loss": .double(value)]) }?.contains("key loss") == true)
        }
    }

    @Test(arguments: ["", "1 ", "1,2", "x", "01", "1.", "\"a\"", "[]", "null", "-"])
    func refusesNumbersThatAreNone(_ spelling: String) {
        #expect(message { try text(.number(spelling)) }?.contains("no JSON number") == true)
    }

    @Test func refusesDuplicatesAndDepth() {
        #expect(message { try text(["a": 1, "a": 2]) }?.contains("duplicate key 'a'") == true)
        var value: JSONValue = 1
        for _ in 0..<64 { value = [value] }
        #expect(throws: Never.self) { try text(value) }
        #expect(message { try text([value]) }?.contains("deeper than 64") == true)
    }
}

import Testing

@testable import Files

/// Handcrafted bad files: each must be refused with an error that says what is wrong.
@Suite struct SafeTensorsHostileTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let word: String
        let bytes: [UInt8]

        init(_ description: String, _ word: String, _ bytes: [UInt8]) {
            testDescription = description
            self.word = word
            self.bytes = bytes
        }
    }

    @Test(arguments: lengths + headers + entries + places)
    func isRefused(_ bad: Case) {
        let error = message { try SafeTensorsFile(bytes: bad.bytes) }
        #expect(error?.contains(bad.word) == true, "\(error ?? "it loads")")
        #expect(error?.contains("\n") != true)
        #expect((error?.utf8.count ?? 0) < 1500)
    }

    private static func length(_ value: UInt64, _ rest: String = "{}") -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) } + rest.utf8
    }

    private static func tensor(
        _ type: String = "\"F32\"", _ shape: String = "[2]", _ offsets: String = "[0,8]",
        name: String = "a", extra: String = "", data: Int = 8
    ) -> [UInt8] {
        let header =
            "{\"\(name)\":{\"dtype\":\(type),\"shape\":\(shape),"
            + "\"data_offsets\":\(offsets)\(extra)}}"
        return container(header, [UInt8](repeating: 0, count: data))
    }

    private static func two(_ first: String, _ second: String, data: Int) -> [UInt8] {
        let header =
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":\(first)},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":\(second)}}"
        return container(header, [UInt8](repeating: 0, count: data))
    }

    static let lengths = [
        Case("empty file", "truncated", []),
        Case("seven bytes", "truncated", [2, 0, 0, 0, 0, 0, 0]),
        Case("N = 0", "begin with '{'", length(0)),
        Case("N = 0, nothing else", "begin with '{'", length(0, "")),
        Case("N = 2⁶³", "too large", length(1 << 63)),
        Case("N = 2⁶⁴ − 1", "too large", length(.max)),
        Case("N = 100,000,001", "too large", length(100_000_001)),
        Case("N = 100,000,000", "truncated", length(100_000_000)),
        Case("N one past the end", "truncated", length(3)),
        Case("N one short", "end with '}'", length(1)),
        Case("bytes after an empty header", "after the last tensor", length(2, "{}x")),
    ]

    static let headers = [
        Case("leading space", "begin with '{'", container(" {}")),
        Case("byte order mark", "begin with '{'", container("\u{FEFF}{}")),
        Case("an array", "begin with '{'", container("[]")),
        Case("trailing newline", "end with '}'", container("{}\n")),
        Case("trailing NUL", "end with '}'", container("{}\u{0}")),
        Case("two objects", "after the end", container("{}{}")),
        Case("only spaces after '{'", "end with '}'", container("{   ")),
        Case("not UTF-8", "invalid UTF-8", container([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D])),
        Case("lone surrogate", "lone surrogate", container(#"{"\ud800":1}"#)),
        Case("trailing comma", "where a key", container(#"{"a":{},}"#)),
        Case(
            "nested 513", "deeper",
            container("{\"a\":" + String(repeating: "[", count: 513) + "}")),
        Case(
            "nested 100,000", "deeper",
            container(String(repeating: "{\"a\":", count: 100_000) + "}")),
        Case(
            "1,000,001 tensors", "too many values",
            container("{" + (0...1_000_000).map { "\"\($0)\":0" }.joined(separator: ",") + "}")),
        Case(
            "a million sizes", "too many values",
            tensor("\"F32\"", "[" + String(repeating: "1,", count: 1_000_000) + "1]")),
        Case("metadata a string", "object of strings", container(#"{"__metadata__":"x"}"#)),
        Case("metadata of numbers", "wanted a string", container(#"{"__metadata__":{"a":1}}"#)),
        Case("metadata null", "object of strings", container(#"{"__metadata__":null}"#)),
        Case(
            "metadata twice", "duplicate key",
            container(#"{"__metadata__":{},"__metadata__":{}}"#)),
        Case(
            "metadata key twice", "duplicate key", container(#"{"__metadata__":{"a":"","a":""}}"#)),
        Case(
            "tensor twice", "duplicate key",
            container(
                #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"#
                    + #""a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#)),
    ]

    static let entries = [
        Case("tensor is a number", "wanted {dtype", container(#"{"a":1}"#)),
        Case("tensor is empty", "wanted dtype, shape", container(#"{"a":{}}"#)),
        Case("key missing", "wanted dtype, shape", container(#"{"a":{"dtype":"F32","shape":[]}}"#)),
        Case("key too many", "wanted dtype, shape", tensor(extra: ",\"x\":1")),
        Case("key twice", "duplicate key", tensor(extra: ",\"shape\":[2]")),
        Case("NUL in a name", "without NUL", tensor(name: "a\\u0000b")),
        Case("empty name", "without NUL", tensor(name: "")),
        Case("name of 1025 bytes", "1025", tensor(name: String(repeating: "n", count: 1025))),
        Case("name of 10 MB", "10000000", tensor(name: String(repeating: "n", count: 10_000_000))),
        Case("dtype unknown", "known dtype", tensor("\"F33\"")),
        Case("dtype in lower case", "known dtype", tensor("\"f32\"")),
        Case("dtype a number", "known dtype", tensor("32")),
        Case("shape null", "array of whole", tensor("\"F32\"", "null")),
        Case("shape a string", "array of whole", tensor("\"F32\"", "\"[2]\"")),
        Case("size −1", "whole numbers from 0", tensor("\"F32\"", "[-1]")),
        Case("size 1.5", "whole numbers from 0", tensor("\"F32\"", "[1.5]")),
        Case("size 2.0", "whole numbers from 0", tensor("\"F32\"", "[2.0]")),
        Case("size 1e400", "whole numbers from 0", tensor("\"F32\"", "[1e400]")),
        Case("size \"2\"", "whole numbers from 0", tensor("\"F32\"", "[\"2\"]")),
        Case("size true", "whole numbers from 0", tensor("\"F32\"", "[true]")),
        Case("size 2⁶³", "whole numbers from 0", tensor("\"F32\"", "[9223372036854775808]")),
        Case("size 2⁶³ − 1, twice", "overflows", tensor("\"F32\"", "[2,9223372036854775807]")),
        Case("product 2⁶⁴", "overflows", tensor("\"F32\"", "[4294967296,4294967296]")),
        Case(
            "product wraps to 4", "overflows",
            tensor("\"U8\"", "[4194305,4194305,211106198978564]", "[0,4]", data: 4)),
        Case("bits overflow", "overflows", tensor("\"F32\"", "[1152921504606846976]")),
        Case("half a byte", "no whole bytes", tensor("\"F4\"", "[3]", "[0,1]", data: 1)),
        Case(
            "33 axes", "33 axes", tensor("\"F32\"", "[2" + String(repeating: ",1", count: 32) + "]")
        ),
    ]

    static let places = [
        Case("end before begin", "begin ≤ end", tensor("\"F32\"", "[2]", "[8,0]")),
        Case("one offset", "begin ≤ end", tensor("\"F32\"", "[2]", "[8]")),
        Case("three offsets", "begin ≤ end", tensor("\"F32\"", "[2]", "[0,8,8]")),
        Case("negative offset", "whole numbers from 0", tensor("\"F32\"", "[2]", "[-8,0]")),
        Case("offsets too close", "wanted 8 bytes", tensor("\"F32\"", "[2]", "[0,4]", data: 4)),
        Case("offsets too wide", "wanted 8 bytes", tensor("\"F32\"", "[2]", "[0,12]", data: 12)),
        Case(
            "offset near 2⁶³", "inside the file",
            tensor("\"F32\"", "[2]", "[9223372036854775799,9223372036854775807]")),
        Case("hole at the start", "a hole", tensor("\"F32\"", "[2]", "[4,12]", data: 12)),
        Case("hole", "a hole", two("[0,8]", "[12,20]", data: 20)),
        Case("overlap", "an overlap", two("[0,8]", "[4,12]", data: 12)),
        Case("one place twice", "an overlap", two("[0,8]", "[0,8]", data: 8)),
        Case("past the end", "truncated", tensor(data: 7)),
        Case(
            "exabytes declared", "truncated",
            tensor("\"U8\"", "[1000000000000000000]", "[0,1000000000000000000]")),
        Case("a byte too many", "after the last tensor", tensor(data: 9)),
    ]

    @Test func strangeNamesAreOnlyNames() throws {
        for name in ["../../etc/passwd", "/etc/passwd", "a b", "\u{202E}x", "é"] {
            let file = try SafeTensorsFile(bytes: Self.tensor(name: name))
            #expect(try file.float32(named: name).count == 2)
        }
    }

    @Test func trailingSpacesAndNaNAreLegal() throws {
        let header = #"{"a":{"shape":[1],"data_offsets":[0,4],"dtype":"F32"}}     "#
        let file = try SafeTensorsFile(bytes: container(header, [0, 0, 0xC0, 0x7F]))
        #expect(try file.float32(named: "a")[0].isNaN)
    }
}

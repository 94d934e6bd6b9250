extension TokenizerFile {
    /// Rebuilds a tokenizer from the bytes of a file; `path` is for messages.
    static func read(
        _ json: [UInt8], path: String?
    ) throws -> (spec: TokenizerSpec, vocabulary: Vocabulary, provenance: Provenance) {
        do {
            return try json.withUnsafeBufferPointer {
                (bytes) throws(JSONScanner.Failure) -> (TokenizerSpec, Vocabulary, Provenance) in
                if let part = bytes.nextIllFormed(from: 0) {
                    throw JSONScanner.Failure(
                        key: "", offset: part.lowerBound, reason: "the file is not UTF-8")
                }
                return try read(JSONScanner(bytes))
            }
        } catch {
            throw TokenizeError.malformedFile(
                path: path, key: error.key, byte: error.offset, reason: error.reason)
        }
    }

    private static func read(
        _ start: JSONScanner
    ) throws(JSONScanner.Failure) -> (TokenizerSpec, Vocabulary, Provenance) {
        var scanner = start
        var seen: Set<String> = []
        var spec: TokenizerSpec?
        var vocabulary: Vocabulary?
        var provenance = Provenance(icuVersion: "", unicodeVersion: "", rulesDigest: "")
        var size: UInt64 = 0
        var recorded = ""

        try scanner.object(seen: &seen) { scanner, name throws(JSONScanner.Failure) in
            guard let key = Key(rawValue: name) else {
                throw scanner.failure(
                    "unknown key; known are \(Key.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            switch key {
            case .format:
                let got = try scanner.string()
                if got != format { throw scanner.failure("got \"\(got)\", want \"\(format)\"") }
            case .formatVersion:
                let got = try scanner.unsigned()
                if got != version {
                    throw scanner.failure(
                        "got version \(got), this program reads version \(version)")
                }
            case .spec: spec = try readSpec(&scanner)
            case .icuVersion: provenance.icuVersion = try scanner.string()
            case .unicodeVersion: provenance.unicodeVersion = try scanner.string()
            case .rulesDigest: provenance.rulesDigest = try scanner.string()
            case .vocabularySize: size = try scanner.unsigned()
            case .tokens:
                guard let level = spec?.level else {
                    throw scanner.failure("the key 'spec' must stand before 'tokens'")
                }
                vocabulary = try readTokens(&scanner, level: level)
            case .digest: recorded = try scanner.string()
            }
        }
        scanner.key = ""
        try scanner.expectEnd()
        for key in Key.allCases where !seen.contains(key.rawValue) {
            scanner.key = key.rawValue
            throw scanner.failure("the key is missing")
        }
        guard let spec, let vocabulary else { throw scanner.failure("the key is missing") }
        if size != UInt64(vocabulary.size) {
            scanner.key = Key.vocabularySize.rawValue
            throw scanner.failure("got \(size), but there are \(vocabulary.size) tokens")
        }
        let digest = digest(spec, vocabulary)
        if recorded != digest {
            scanner.key = Key.digest.rawValue
            throw scanner.failure(
                "got \(recorded), but the contents give \(digest): the file was damaged or edited; "
                    + "train the vocabulary again or restore the file")
        }
        return (spec, vocabulary, provenance)
    }

    private static func readSpec(
        _ scanner: inout JSONScanner
    ) throws(JSONScanner.Failure) -> TokenizerSpec {
        var seen: Set<String> = []
        var spec = TokenizerSpec(level: .byte)
        try scanner.object(seen: &seen) { scanner, name throws(JSONScanner.Failure) in
            switch TokenizerSpec.CodingKeys(rawValue: name) {
            case .level: spec.level = try scanner.choice()
            case .profile: spec.profile = try scanner.choice()
            case .normalization: spec.normalization = try scanner.choice()
            case .caseFolding: spec.caseFolding = try scanner.boolean()
            case .locale:
                spec.locale = try scanner.literal("null") ? nil : try scanner.string()
                if let fault = spec.localeFault { throw scanner.failure(fault) }
            case .rules: spec.rules = try scanner.string()
            case nil: throw scanner.failure("unknown key")
            }
        }
        for key in TokenizerSpec.CodingKeys.allCases
        where key.isRequired && !seen.contains(key.rawValue) {
            scanner.key = "\(Key.spec.rawValue).\(key.rawValue)"
            throw scanner.failure("the key is missing")
        }
        if let fault = spec.rulesFault {
            scanner.key = "\(Key.spec.rawValue).rules"
            throw scanner.failure(fault)
        }
        return spec
    }

    private static func readTokens(
        _ scanner: inout JSONScanner, level: TokenLevel
    ) throws(JSONScanner.Failure) -> Vocabulary {
        var vocabulary = Vocabulary(level: level)
        var token: [UInt8] = []
        try scanner.expect("[")
        if try scanner.peek() == UInt8(ascii: "]") {
            try scanner.expect("]")
            return vocabulary
        }
        repeat {
            try scanner.expect("[")
            let start = scanner.offset
            if try scanner.peek() == UInt8(ascii: "{") {
                try readBytes(&scanner, into: &token)
            } else {
                try scanner.string(into: &token)
            }
            try scanner.expect(",")
            let count = try scanner.unsigned()
            try scanner.expect("]")
            let fault = token.withUnsafeBufferPointer { vocabulary.add($0, count: count) }
            if let fault {
                throw scanner.failure("entry \(vocabulary.table.count): \(fault)", at: start)
            }
        } while try scanner.another(before: "]")
        return vocabulary
    }

    /// An entry that is no UTF-8, such as {"bytes": "ff00"}.
    private static func readBytes(
        _ scanner: inout JSONScanner, into token: inout [UInt8]
    ) throws(JSONScanner.Failure) {
        try scanner.expect("{")
        let name = try scanner.string()
        if name != "bytes" { throw scanner.failure("got the key \"\(name)\", want \"bytes\"") }
        try scanner.expect(":")
        var digits: [UInt8] = []
        try scanner.string(into: &digits)
        guard digits.count.isMultiple(of: 2) else {
            throw scanner.failure("the bytes have an odd number of hexadecimal digits")
        }
        token.removeAll(keepingCapacity: true)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = JSONScanner.hexDigit(digits[index]),
                let low = JSONScanner.hexDigit(digits[index + 1])
            else { throw scanner.failure("the bytes are not hexadecimal") }
            token.append(high << 4 | low)
        }
        try scanner.expect("}")
    }
}

extension JSONScanner {
    /// Reads an object whose keys come in any order, but once; `body` reads the value of each.
    fileprivate mutating func object(
        seen: inout Set<String>, _ body: (inout JSONScanner, String) throws(Failure) -> Void
    ) throws(Failure) {
        let outer = key
        try expect("{")
        repeat {
            let name = try string()
            key = outer.isEmpty ? name : "\(outer).\(name)"
            if !seen.insert(name).inserted { throw failure("the key stands here twice") }
            try expect(":")
            try body(&self, name)
        } while try another(before: "}")
        key = outer
    }

    /// Reads the raw value of an enumeration.
    fileprivate mutating func choice<Choice>() throws(Failure) -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        let name = try string()
        if let choice = Choice(rawValue: name) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw failure("got \"\(name)\", want one of \(known)")
    }
}

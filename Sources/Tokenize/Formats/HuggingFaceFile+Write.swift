import Files

extension Tokenizer {
    /// The contents of a `tokenizer.json` that gives the same ids for the same text.
    /// - Throws: `TokenizeError.inexpressible` where a WordLevel model cannot: at the word and
    ///   character levels, with case folding, and with entries that are no UTF-8.
    public func huggingFaceJSON() throws -> [UInt8] {
        try StrictJSON.bytes(of: try HuggingFaceFile.value(of: self), indented: true)
    }
}

extension HuggingFaceFile {
    static func value(of tokenizer: Tokenizer) throws(TokenizeError) -> JSONValue {
        let isByte = tokenizer.spec.level == .byte
        return [
            "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": [],
            "normalizer": try normalizer(of: tokenizer.spec),
            "pre_tokenizer": isByte ? byteSplit : whiteSpaceSplit,
            "post_processor": nil,
            "decoder": isByte ? byteDecoder : nil,
            "model": [
                "type": "WordLevel", "vocab": .object(try vocabulary(of: tokenizer)),
                "unk_token": "<unk>",
            ],
        ]
    }

    private static func normalizer(of spec: TokenizerSpec) throws(TokenizeError) -> JSONValue {
        if spec.caseFolding || spec.normalization == .nfkcCasefold {
            throw refusal("case folding cannot be said there, which has lower-casing only")
        }
        guard let form = forms.first(where: { $0.form == spec.normalization }) else { return nil }
        return ["type": .string(form.type)]
    }

    private static func vocabulary(of tokenizer: Tokenizer) throws(TokenizeError) -> [JSONMember] {
        switch tokenizer.spec.level {
        case .word, .character:
            throw refusal(
                "\(tokenizer.spec.level.rawValue)s outside the vocabulary are spelled in smaller "
                    + "pieces and bytes, for which a WordLevel model has nothing but <unk>; "
                    + "the levels byte and whitespace can be written")
        case .byte:
            return [JSONMember("<bos>", .int(0)), JSONMember("<eos>", .int(1))]
                + byteCharacters.enumerated().map {
                    JSONMember($1, .int(Int(Vocabulary.firstByte) + $0))
                }
        case .whitespace:
            var members = [JSONMember("<unk>", .int(2))]
            for id in 3..<tokenizer.vocabularySize {
                let bytes = tokenizer.bytes(of: Int32(id)) ?? []
                let isText = bytes.withUnsafeBufferPointer { $0.nextIllFormed(from: 0) == nil }
                guard isText else {
                    throw refusal("entry \(id) is no UTF-8, and JSON holds text only")
                }
                members.append(JSONMember(String(decoding: bytes, as: UTF8.self), .int(id)))
            }
            return members
        }
    }

    private static func refusal(_ reason: String) -> TokenizeError {
        .inexpressible(path: nil, format: format, reason: reason)
    }
}

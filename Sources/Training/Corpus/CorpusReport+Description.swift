extension CorpusReport: CustomStringConvertible {
    /// The report for people, one finding a line; the first line says what was read.
    public var descriptionLines: [String] {
        var text = [
            "\(Self.number(records, "record")) in \(Self.number(bytes, "byte")) of "
                + Self.number(sources, "file")
        ]
        if let tokens {
            text.append(
                "\(Self.number(tokens.trainingRecords, "sequence")) "
                    + "(\(Self.number(tokens.trainingTokens, "token"))) to train on, "
                    + "\(Self.number(tokens.heldOutRecords, "sequence")) "
                    + "(\(Self.number(tokens.heldOutTokens, "token"))) held out")
            if tokens.heldOutIsCopy {
                text.append(
                    "no record could be spared: the held-out sequences are copies of training "
                        + "sequences and say nothing about new text")
            }
        }
        if byteOrderMarks > 0 {
            text.append("\(Self.number(byteOrderMarks, "byte order mark")) removed")
        }
        if carriageReturns > 0 {
            text.append("\(Self.number(carriageReturns, "line")) ended in CR LF: CR removed")
        }
        add(innerCarriageReturns, "with a CR inside (kept; are the line ends CR alone?)", to: &text)
        add(illFormedLines, "with ill-formed UTF-8 (kept; is the encoding another?)", to: &text)
        add(nulLines, "with NUL bytes (kept; is this UTF-16 or no text?)", to: &text)
        add(emptyLines, "without text (left out)", to: &text)
        add(overlongLines, "with more bytes than a record may have (left out)", to: &text)
        if let tokens {
            add(tokens.tooLong, "with more tokens than the maximum length (left out)", to: &text)
            add(tokens.withoutTokens, "of white space without a token (left out)", to: &text)
        }
        return text
    }

    /// ``descriptionLines``, joined.
    public var description: String { descriptionLines.joined(separator: "\n") }

    private func add(_ finding: CorpusFinding, _ what: String, to text: inout [String]) {
        guard finding.count > 0 else { return }
        let places = finding.firstPlaces.map(\.description).joined(separator: ", ")
        let more = finding.count > finding.firstPlaces.count ? ", …" : ""
        text.append("\(Self.number(finding.count, "line")) \(what): \(places)\(more)")
    }

    private static func number(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }
}

/// Where each token of a packed batch comes from: sentence and time of every row, time-major, for lengths that decrease.
public func packedPlaces(_ lengths: [Int]) -> [(sentence: Int, time: Int)] {
    (0..<(lengths.max() ?? 0)).flatMap { time in
        lengths.indices.filter { lengths[$0] > time }.map { (sentence: $0, time: time) }
    }
}

/// Sentences → packed rows.
public func packed<Element>(_ sentences: [[Element]]) -> [Element] {
    packedPlaces(sentences.map(\.count)).map { sentences[$0.sentence][$0.time] }
}

/// Packed rows → sentences.
public func unpacked<Element>(_ rows: [Element], lengths: [Int]) -> [[Element]] {
    var sentences = [[Element]](repeating: [], count: lengths.count)
    for (row, place) in packedPlaces(lengths).enumerated() {
        sentences[place.sentence].append(rows[row])
    }
    return sentences
}

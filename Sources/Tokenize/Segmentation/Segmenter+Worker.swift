import CICU

extension Segmenter {
    /// Finds the boundaries of one text after another: one per thread.
    ///
    ///     worker.begin(text)
    ///     while case let count = worker.next(ends: ends, statuses: statuses), count > 0 { … }
    ///
    /// Nothing is allocated per segment. Memory beside the caller's buffers is that of the longest
    /// run of dictionary characters, and up to 10 MB to remember such runs; on the `reference` path
    /// it is three times the text.
    public final class Worker {
        private enum Source {
            case bytes, scalars
            case rules(OpaquePointer)
        }

        private let source: Source
        private var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        private var isLast = true
        /// Where the segments written so far end, in bytes.
        public private(set) var position = 0

        /// - Parameter attachesSpaces: whether a U+0020 that ends a segment belongs to what stands
        ///   behind it, unless that is white space. Then there are no statuses, and texts are whole.
        init(level: SegmentLevel?, rules: BoundaryRules?, path: Path, attachesSpaces: Bool) {
            self.rules = rules
            guard let rules else {
                source = level == .scalar ? .scalars : .bytes
                return
            }
            var status: Int32 = 0
            guard let walker = cicu_walker_open(rules.handle, path == .reference ? 1 : 0, &status)
            else { ICU.isOutOfMemory(to: "copy an iterator", status) }
            if attachesSpaces { cicu_walker_attach_spaces(walker) }
            source = .rules(walker)
        }

        deinit { if case .rules(let walker) = source { cicu_walker_close(walker) } }

        // Outlives the walker that reads it.
        private let rules: BoundaryRules?

        /// How boundaries are found now.
        ///
        /// A worker that begins on `tables` goes over to `reference` if ICU's dictionaries do not
        /// pass their test when they are met first.
        public var path: Path {
            guard case .rules(let walker) = source else { return .tables }
            return cicu_walker_reads_tables(walker) != 0 ? .tables : .reference
        }

        /// Starts on a text, which must stay in place while its boundaries are read.
        ///
        /// - Parameter isLast: false when more text will follow. The segments at the end that it
        ///   could change are then held back; begin again with the bytes from `position` on and
        ///   those that follow.
        public func begin(_ text: UnsafeBufferPointer<UInt8>, isLast: Bool = true) {
            self.text = text
            self.isLast = isLast
            position = 0
            if case .rules(let walker) = source {
                cicu_walker_begin(walker, text.baseAddress, text.count, isLast ? 1 : 0)
            }
        }

        /// Writes the next segments and returns how many; 0 when there are no more.
        ///
        /// - Parameters:
        ///   - ends: takes the offset behind each segment, in bytes from the beginning of the text.
        ///     Not empty; a few thousand entries are a good size.
        ///   - statuses: takes the rule status of each segment if not nil; as long as `ends`. For
        ///     words ICU's are 0 no word, 100 a number, 200 letters, 400 kana or ideographs, by the
        ///     last character that has a say: "abc1" is a number.
        public func next(
            ends: UnsafeMutableBufferPointer<Int>,
            statuses: UnsafeMutableBufferPointer<Int32>? = nil
        ) -> Int {
            guard let base = ends.baseAddress, !ends.isEmpty else { return 0 }
            let capacity = min(ends.count, statuses?.count ?? ends.count)
            let written: Int
            switch source {
            case .rules(let walker):
                var status: Int32 = 0
                written = cicu_walker_next(
                    walker, base, statuses?.baseAddress, capacity, &status)
                guard written >= 0 else { ICU.isOutOfMemory(to: "find boundaries", status) }
            case .scalars:
                written =
                    text.baseAddress.map {
                        cicu_scalar_ends(
                            $0, text.count, position, isLast ? 1 : 0, base, capacity)
                    } ?? 0
            case .bytes:
                written = min(capacity, text.count - position)
                for index in 0..<written { base[index] = position + index + 1 }
            }
            if case .rules = source {} else { statuses?.update(repeating: 0) }
            if written > 0 { position = base[written - 1] }
            return written
        }

        /// Calls `body` with the byte range and rule status of one segment after another.
        public func forEachSegment(
            in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, Int32) throws -> Void
        ) rethrows {
            begin(text)
            try withUnsafeTemporaryAllocation(of: Int.self, capacity: 1024) { ends in
                try withUnsafeTemporaryAllocation(of: Int32.self, capacity: 1024) { statuses in
                    var start = 0
                    while case let count = next(ends: ends, statuses: statuses), count > 0 {
                        for index in 0..<count {
                            try body(start..<ends[index], statuses[index])
                            start = ends[index]
                        }
                    }
                }
            }
        }
    }
}

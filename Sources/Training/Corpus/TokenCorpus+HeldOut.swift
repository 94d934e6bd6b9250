extension TokenCorpus {
    /// Reads the held-out sequences in batches, alike in length, in an order that is always the same.
    ///
    /// A batch tells which record each sequence is, so that what is computed from them can be put
    /// back in the order of the corpus. Memory is one window of the index and one batch.
    /// - Parameters:
    ///   - batchSize: sequences in a batch, 1 … 65,536; a window's last batch may have fewer.
    ///   - windowBatches: batches sorted together, 1 … 4,096.
    /// - Throws: ``TrainingError``, or what `body` throws.
    public func forEachHeldOutBatch(
        batchSize: Int, windowBatches: Int = 64, _ body: (RecordBatch) throws -> Void
    ) throws {
        try BatchWindow.check(batchSize: batchSize, windowBatches: windowBatches)
        let windowCount = BatchWindow.batchCount(heldOut.recordCount, batchSize * windowBatches)
        for number in 0..<windowCount {
            let window = try BatchWindow(
                heldOut, number: number, batchSize: batchSize, windowBatches: windowBatches
            ) { $0 }
            for batch in 0..<window.batchCount { try body(try window.batch(batch, of: heldOut)) }
        }
    }
}

import Configuration
import Files

/// A line of `epochs.jsonl`: means per image, nats.
struct EpochRecord: Codable, Equatable {
    /// E_q[log p(x | z)] by one draw, and KL(q ‖ uniform).
    struct Bound: Codable, Equatable {
        var reconstruction = 0.0
        var kl = 0.0

        /// Their difference.
        var elbo: Double { reconstruction - kl }
    }

    /// From 1.
    var epoch = 0
    /// The running average over the epoch, while parameters moved.
    var train = Bound()
    /// The test images after the epoch.
    var test = Bound()

    /// The line, without its end.
    func line() throws -> [UInt8] {
        try StrictJSON.bytes(of: ConfigurationTree.encode(self))
    }

    /// Reads a log.
    ///
    /// - Throws: ``MNISTError/badLog(path:line:reason:)`` where a line is none of ours or out of order.
    static func read(_ path: String) throws -> [EpochRecord] {
        let bytes = try DurableFile.read(path, maximumByteCount: 1 << 28)
        return try bytes.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            do {
                let tree = try StrictJSON.parse(Array(line), source: path)
                let record = try ConfigurationTree.decode(
                    tree, defaults: EpochRecord(), source: path)
                guard record.epoch == index + 1 else {
                    throw MNISTError.badLog(
                        path: path, line: index + 1,
                        reason: "got epoch \(record.epoch), want \(index + 1)")
                }
                return record
            } catch let error as MNISTError {
                throw error
            } catch {
                throw MNISTError.badLog(path: path, line: index + 1, reason: "\(error)")
            }
        }
    }
}

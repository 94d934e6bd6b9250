import ArgumentParser
import DVAE
import Files
import Glibc
import SeqModel
import Tensors
import TextCodec

/// Whole training steps against the clock: forward, backward, clipping, Adam.
///
/// A driver that measures several programs in turn writes `run N` to the standard input, a line for each round of N
/// steps, and reads one JSON object a line.
struct Time: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time whole training steps.",
        discussion: "Without --seconds, runs N steps for every line `run N` on the standard input.")

    @OptionGroup
    var workload: WorkloadOptions

    @Flag(help: "Sentences of 1 … T tokens instead of T.")
    var ragged = false

    @Option(help: "What matrix products multiply: fp32 or bf16.")
    var precision = Precision.fp32

    @Option(help: "Threads.")
    var threads = 2

    @Option(help: "How long to run, once.")
    var seconds: Double?

    @Flag(help: "With --seconds: also a line of JSON for every operation.")
    var profile = false

    @Option(help: "The seed of weights, batches and noise.")
    var seed: UInt64 = 1

    func validate() throws {
        guard 1...1024 ~= threads else {
            throw ValidationError("--threads: got \(threads), want 1 … 1024")
        }
        guard (0...86_400).contains(seconds ?? 0) else {
            throw ValidationError("--seconds: got \(seconds ?? 0), want 0 … 86400")
        }
    }

    func run() throws {
        ThreadPool.setThreadCount(threads)
        let trainer = try StepTrainer(
            workload.model, ragged: ragged, precision: precision, seed: seed)
        if let seconds {
            trainer.run(stepCount: 3)
            if profile { trainer.profiler = StepProfiler() }
            var round = Round()
            while round.seconds < seconds { round.add(trainer.run(stepCount: 1)) }
            try report(round)
            try trainer.profiler.map(report)
            return
        }
        while let line = readLine() {
            let words = line.split(separator: " ")
            guard words.count == 2, words[0] == "run", let count = Int(words[1]),
                1...1_000_000 ~= count
            else {
                throw ValidationError("got the line \(line.prefix(40)), want `run N`")
            }
            try report(trainer.run(stepCount: count))
        }
    }

    private func report(_ profiler: StepProfiler) throws {
        let steps = Double(max(1, profiler.steps))
        for line in profiler.lines.sorted(by: { $0.seconds > $1.seconds }) {
            try write([
                JSONMember("operation", .string(line.name)),
                JSONMember("forward_ms", .double(1000 * line.forward / steps)),
                JSONMember("backward_ms", .double(1000 * line.backward / steps)),
                JSONMember("product_ms", .double(1000 * line.productSeconds / steps)),
                JSONMember("gflop", .double(line.productOperations / steps / 1e9)),
            ])
        }
    }

    private func report(_ round: Round) throws {
        try write([
            JSONMember("steps", .int(round.steps)),
            JSONMember("seconds", .double(round.seconds)),
            JSONMember("ms_per_step", .double(1000 * round.seconds / Double(round.steps))),
            JSONMember("fastest_ms", .double(1000 * round.fastest)),
            JSONMember("tokens_per_second", .double(Double(round.tokens) / round.seconds)),
            JSONMember("loss", .double(Double(round.loss))),
        ])
    }

    private func write(_ members: [JSONMember]) throws {
        print(String(decoding: try StrictJSON.bytes(of: .object(members)), as: UTF8.self))
        fflush(nil)
    }
}

extension Precision: ExpressibleByArgument {}

import ArgumentParser
import Files
import Foundation
import TextCodec
import Tokenize
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a model on text: one record a line.",
        discussion: """
            EXAMPLES:
              textvae train corpus.txt --output model
              textvae train corpus.txt --output model --level character
              textvae train a.txt b.txt --valid c.txt --output model
              textvae train corpus.txt --output model --set model.latent_count=48
              textvae train corpus.txt --output model --recipe free-bits
              textvae train corpus.txt --output model --resume

            The output folder holds the best model so far at every moment (config.json, tokenizer.json, \
            model.safetensors), metrics.jsonl, and checkpoints. Without --valid some sentences are held out. Ctrl-C \
            saves and ends with status 130; --resume goes on from there as if nothing had happened.
            """)

    @Argument(
        help: ArgumentHelp(
            "Files to train on, a record a line; - is standard input.", valueName: "corpus"),
        completion: .file())
    var corpus: [String]

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Folder of the run.", valueName: "dir"),
        completion: .directory)
    var output: String

    @Option(
        help: ArgumentHelp(
            "Held-out sentences; repeatable (default: some of the corpus).", valueName: "file"),
        completion: .file())
    var valid: [String] = []

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var settings: RunOptions

    @Option(
        help: ArgumentHelp("Use this tokenizer instead of learning one.", valueName: "file"),
        completion: .file())
    var tokenizer: String?

    @Flag(help: "Go on with the run in --output, with its own configuration.")
    var resume = false

    @OptionGroup var threading: ThreadOptions

    @Flag(name: .shortAndLong, help: "Only errors and the verdict.")
    var quiet = false

    @Flag(help: "At the end, a table of where the time of the steps went.")
    var profile = false

    func run() throws {
        Signals.watch()
        try threading.apply()
        let console = TrainingConsole(isQuiet: quiet)
        let run = RunDirectory(output)
        let given = try tokenizer.map { try Tokenizer(contentsOf: $0) }
        let config = try configuration(of: run, given)
        try requireInput()
        let isNew = access(output, F_OK) != 0
        let trainer: Trainer
        do {
            trainer = try prepare(config, run, given, console)
        } catch {
            run.close()
            if isNew { try? FileManager.default.removeItem(atPath: output) }
            throw error
        }
        defer { run.close() }
        if resume { try trainer.resume(console.show) }
        let outcome: Trainer.Outcome
        do {
            outcome = try Signals.catching {
                try trainer(shouldStop: { isToStop(console) }, report: console.show)
            }
        } catch {
            console.endLine()
            throw error
        }
        console.endLine()
        if let profiler = trainer.profiler { StandardError.put(profiler.table.text) }
        try conclude(outcome, console)
    }

    private func isToStop(_ console: TrainingConsole) -> Bool {
        guard Signals.received != nil else { return false }
        console.line("stopping: saving first; once more to stop at once")
        return true
    }

    /// Makes the folder, the token cache, tokenizer and, last, configuration: a folder with one holds a run.
    private func prepare(
        _ config: ExperimentConfig, _ run: RunDirectory, _ given: Tokenizer?,
        _ console: TrainingConsole
    ) throws -> Trainer {
        try run.open()
        let corpus = try openCorpus(config, run, given)
        for line in corpus.report.descriptionLines { console.line(line) }
        try writeTokenizer(corpus.tokenizer, run)
        let trainer = try Trainer(
            config, tokenizer: corpus.tokenizer, corpus: corpus, run: run, profiles: profile)
        if !resume { try DurableFile.write(config.configJSON(), to: run.model.configPath) }
        return trainer
    }

    /// Names a missing file before a folder is made.
    private func requireInput() throws {
        for path in corpus + valid where path != "-" && access(path, R_OK) != 0 {
            throw UserError.noInput("cannot open '\(path)': \(String(cString: strerror(errno)))")
        }
    }

    /// The configuration of a new run, or of the run to go on with, which flags must not contradict.
    private func configuration(
        of run: RunDirectory, _ given: Tokenizer?
    ) throws -> ExperimentConfig {
        let extra = settings.assignments + (try given.map(tokenizerAssignments) ?? [])
        guard run.holdsRun else {
            guard !resume else {
                throw UserError.noInput(
                    "'\(output)' holds no run to resume; leave --resume away to begin one")
            }
            return try experiment.resolve(adding: extra)
        }
        guard resume else {
            throw UserError.usage(
                "'\(output)' already holds a run; give --resume to go on with it, or another "
                    + "--output to begin anew")
        }
        let own = try ExperimentConfig(contentsOf: run.model.configPath)
        if experiment.isEmpty && extra.isEmpty { return own }
        let base = experiment.preset == nil && experiment.recipe == nil && experiment.config == nil
        let asked = try experiment.resolve(
            over: base ? run.model.configPath : nil, adding: extra)
        let differences = try own.differences(from: asked)
        guard differences.isEmpty else {
            throw UserError.usage(
                "the run in '\(output)' has another configuration ("
                    + differences.joined(separator: "; ")
                    + "); leave these flags away to go on with it, or give another --output")
        }
        return own
    }

    /// What a given tokenizer says of itself, so that the configuration tells the truth.
    private func tokenizerAssignments(_ tokenizer: Tokenizer) throws -> [String] {
        let spec = tokenizer.spec
        if let level = experiment.level, level != spec.level {
            throw UserError.usage(
                "--level \(level.rawValue): the tokenizer given is of the \(spec.level.rawValue) level; "
                    + "leave one of the two away")
        }
        return [
            "tokenizer.level=\(spec.level.rawValue)",
            "tokenizer.profile=\(spec.profile.rawValue)",
            "tokenizer.normalization=\(spec.normalization.rawValue)",
            "tokenizer.case_folding=\(spec.caseFolding)",
        ] + (spec.locale.map { ["tokenizer.locale=\($0)"] } ?? [])
    }

    private func openCorpus(
        _ config: ExperimentConfig, _ run: RunDirectory, _ given: Tokenizer?
    ) throws -> TokenCorpus {
        let source = CorpusSource(
            paths: corpus, heldOutPaths: valid.isEmpty ? nil : valid,
            maximumLength: config.model.maximumLength,
            maximumRecordBytes: config.data.maximumRecordBytes,
            heldOutShare: config.data.heldOutShare, heldOutLimit: config.data.heldOutLimit,
            seed: config.seed)
        let learned = TokenizerSource.learned(
            config.tokenizer.spec, minimumFrequency: config.tokenizer.minimumFrequency,
            maximumSize: config.tokenizer.maximumSize)
        return try TokenCorpus.open(
            run.cachePath, source, tokenizer: given.map { .given($0) } ?? learned)
    }

    /// The tokenizer beside the model, where it stays: weights of another would be refused.
    private func writeTokenizer(_ tokenizer: Tokenizer, _ run: RunDirectory) throws {
        let path = run.model.tokenizerPath
        let present = try? DurableFile.read(path, maximumByteCount: 1 << 30)
        guard present != tokenizer.json() else { return }
        guard present == nil || !resume else {
            throw UserError.data(
                "'\(path)' is not the tokenizer this corpus and configuration give; give the corpus of the run, "
                    + "or another --output to begin anew")
        }
        try tokenizer.write(to: path)
    }

    private func conclude(_ outcome: Trainer.Outcome, _ console: TrainingConsole) throws {
        switch outcome {
        case .interrupted:
            StandardError.write(
                "stopped and saved; go on with: textvae train \(corpus.joined(separator: " ")) "
                    + "--output \(output) --resume")
            throw Interruption(signal: Signals.received ?? 2)
        case .alreadyFinished:
            StandardError.write("all steps of the run in \(output) are done; nothing to resume")
        case .finished: break
        }
        if let report = console.lastReport {
            StandardError.write("verdict: \(report.verdict.rawValue)")
            for line in report.advice { StandardError.write("  " + line) }
        }
        guard !quiet else { return }
        StandardError.write(
            """
            the model is in \(output); next:
              textvae evaluate --model \(output) FILE
              textvae reconstruct --model \(output) --side-by-side FILE
              textvae sample --model \(output) --count 10
            """)
    }
}

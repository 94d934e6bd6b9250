"""Times training steps of ours and of PyTorch in turn, in one run, and writes Benchmarks/results/peers.json.

Machines drift and share their cores; only ratios taken in one run hold. So the programs stay loaded side by side and
take turns of a few seconds, round by round; what counts is the median of the rounds' ratios.

    python Benchmarks/peers/bench.py [--rounds 7] [--seconds 3] [--configs words characters]
                                     [--precisions fp32 bf16] [--peers eager compile]

The best PyTorch mode of a precision is what ours is to be held against. The share of the arithmetic peak is taken
against a register loop (peak.c) that runs between the rounds; both sides are credited with the operations of ours.
"""

import argparse
import itertools
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "peers.json"


class Program:
    """A process that makes N training steps when told to."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[0]} ended with {self.process.wait()}")
        return json.loads(line)

    def run(self, steps):
        self.process.stdin.write(f"run {steps}\n")
        self.process.stdin.flush()
        return self.read()

    def warm_up(self, seconds):
        """Steps that fill about this many seconds."""
        self.run(3)
        return max(1, round(1000 * seconds / self.run(3)["ms_per_step"]))

    def peak_memory(self):
        """The most bytes ever resident."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])
        raise RuntimeError("no VmHWM in /proc")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Peak:
    """The arithmetic peak, measured again and again because machines drift; none without a C compiler."""

    def __init__(self, threads, folder):
        self.command = None
        compiler = next(filter(None, map(shutil.which, ["cc", "clang", "gcc"])), None)
        if compiler is None:
            print("no C compiler: the share of the peak is left out", file=sys.stderr)
            return
        program = pathlib.Path(folder) / "peak"
        subprocess.run(
            [compiler, "-O2", "-pthread", HERE / "peak.c", "-o", program], check=True)
        self.command = [str(program), str(threads)]

    def measure(self, precision):
        """10⁹ operations a second, or None where it is unknown."""
        if self.command is None:
            return None
        return json.loads(subprocess.check_output(self.command))[precision]


def model_flags(config):
    """`words` or `words:encoder:decoder` as flags of `step-benchmark`."""
    size, *parts = config.split(":")
    flags = ["--config", size]
    for flag, part in zip(["--encoder", "--decoder"], parts):
        flags += [flag, part]
    return flags


def operations(config, arguments):
    """10⁹ floating-point operations of the matrix products of a step of ours."""
    flags = model_flags(config) + (["--ragged"] if arguments.ragged else [])
    lines = subprocess.check_output(
        [arguments.step, "time", *flags, "--profile", "--seconds", "0.1"], text=True).splitlines()
    return sum(json.loads(line)["gflop"] for line in lines[1:])


def measure(config, precision, kind, peak, arguments):
    """The entries of one configuration against one peer."""
    model = model_flags(config)
    description = subprocess.run(
        [arguments.step, "describe", *model], check=True, capture_output=True, text=True).stdout
    flags = ["--threads", arguments.threads, "--precision", precision]
    flags += ["--ragged"] if arguments.ragged else []
    ours = Program([arguments.step, "time", *model, *flags])
    compiled = ["--compile"] if kind == "compile" else []
    peer = Program([sys.executable, HERE / "step.py", "--model", description, *flags, *compiled])
    try:
        hello = peer.read()
        ours_steps, peer_steps = ours.warm_up(arguments.seconds), peer.warm_up(arguments.seconds)
        rounds, peaks = [], []
        for index in range(arguments.rounds):
            pair = [(ours, ours_steps), (peer, peer_steps)]
            # Each goes first in turn.
            results = {p: p.run(n) for p, n in pair[:: 1 if index % 2 else -1]}
            rounds.append((results[ours], results[peer]))
            peaks.append(peak.measure(precision))
        memory = [(ours.peak_memory(), peer.peak_memory())]
    finally:
        ours.close()
        peer.close()
    name = f"training step, {config}" + (", ragged" if arguments.ragged else "") + f", {precision}"
    mode = {"fp32": "", "bf16": " autocast"}[precision]
    peer_name = f"PyTorch {hello['version']} {kind}{mode}"
    mebibyte = 1 << 20
    entries = [
        entry(name, "ms/step", peer_name, times(rounds, "ms_per_step")),
        entry(name + ": fastest step", "ms", peer_name,
              [[min(side) for side in zip(*times(rounds, "fastest_ms"))]]),
        entry(name + ": peak memory", "MiB", peer_name,
              [(a / mebibyte, b / mebibyte) for a, b in memory]),
        entry(name + ": peak memory beyond imports", "MiB", peer_name,
              [(a / mebibyte, (b - hello["memory"]) / mebibyte) for a, b in memory]),
    ]
    if None not in peaks:
        work = operations(config, arguments)
        highest = max(peaks)
        shares = [[100 * work / (ms / 1000) / highest for ms in pair]
                  for pair in times(rounds, "ms_per_step")]
        entries.append(
            entry(name + ": share of the arithmetic peak", "%", peer_name, shares, more=True))
    return entries


def times(rounds, key):
    return [(ours[key], peer[key]) for ours, peer in rounds]


def entry(name, unit, peer_name, rounds, more=False):
    """Medians over rounds; `ratio` above 1 means that ours takes less, or does `more`; `spread` is the least and the
    greatest."""
    ratios = [a / b if more else b / a for a, b in rounds]
    return {
        "name": name, "unit": unit, "ours": round(statistics.median(a for a, _ in rounds), 2),
        "peer": round(statistics.median(b for _, b in rounds), 2), "peer_name": peer_name,
        "ratio": round(statistics.median(ratios), 3),
        "spread": [round(min(ratios), 3), round(max(ratios), 3)],
    }


TABLE_HEAD = "| what | unit | ours | peer | | ratio | spread |\n|---|---|---|---|---|---|---|"


def table_line(e):
    return (f"| {e['name']} | {e['unit']} | {e['ours']} | {e['peer']} | {e['peer_name']} "
            f"| {e['ratio']:.2f} | {e['spread'][0]:.2f} … {e['spread'][1]:.2f} |")


def save(entries):
    """Puts the entries into the file in place of those of the same name and peer."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    merged = {(e["name"], e["peer_name"]): e for e in known + entries}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(list(merged.values()), indent=2) + "\n")


def has_compiler():
    """Whether torch.compile finds what it needs, in a process of its own."""
    probe = "import torch; torch.compile(lambda x: (x + 1).sin())(torch.ones(8))"
    return subprocess.run([sys.executable, "-c", probe], capture_output=True).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", default=".build/release/step-benchmark")
    parser.add_argument("--configs", nargs="+",
                        default=["words", "characters", "words:transformer:transformer"])
    parser.add_argument("--precisions", nargs="+", choices=["fp32", "bf16"],
                        default=["fp32", "bf16"])
    parser.add_argument("--peers", nargs="+", choices=["eager", "compile"],
                        default=["eager", "compile"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ragged", action="store_true")
    arguments = parser.parse_args()
    peers = arguments.peers
    if "compile" in peers and not has_compiler():
        print("torch.compile does not work here (it wants a C++ compiler): skipped",
              file=sys.stderr)
        peers = [p for p in peers if p != "compile"]
    print(TABLE_HEAD)
    with tempfile.TemporaryDirectory() as folder:
        peak = Peak(arguments.threads, folder)
        for config, precision, kind in itertools.product(
                arguments.configs, arguments.precisions, peers):
            entries = measure(config, precision, kind, peak, arguments)
            for e in entries:
                print(table_line(e), flush=True)
            save(entries)
    return 0


if __name__ == "__main__":
    sys.exit(main())

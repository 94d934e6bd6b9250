"""Times training steps of ours and of PyTorch in turn, in one run, and writes Benchmarks/results/peers.json.

Machines drift and share their cores; only ratios taken in one run hold. So the programs stay loaded side by side and
take turns of a few seconds, round by round; what counts is the median of the rounds' ratios.

    python Benchmarks/peers/bench.py [--rounds 7] [--seconds 3] [--configs words characters] [--peers eager compile]
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

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


def measure(config, kind, arguments):
    """The entries of one configuration, `words` or `words:encoder:decoder`, against one peer."""
    size, *parts = config.split(":")
    model = ["--config", size]
    for flag, part in zip(["--encoder", "--decoder"], parts):
        model += [flag, part]
    description = subprocess.run(
        [arguments.step, "describe", *model], check=True, capture_output=True, text=True).stdout
    flags = ["--threads", arguments.threads]
    flags += ["--ragged"] if arguments.ragged else []
    ours = Program([arguments.step, "time", *model, *flags])
    compiled = ["--compile"] if kind == "compile" else []
    peer = Program([sys.executable, HERE / "step.py", "--model", description, *flags, *compiled])
    try:
        hello = peer.read()
        ours_steps, peer_steps = ours.warm_up(arguments.seconds), peer.warm_up(arguments.seconds)
        rounds = []
        for index in range(arguments.rounds):
            pair = [(ours, ours_steps), (peer, peer_steps)]
            # Each goes first in turn.
            results = {p: p.run(n) for p, n in pair[:: 1 if index % 2 else -1]}
            rounds.append((results[ours], results[peer]))
        memory = [(ours.peak_memory(), peer.peak_memory())]
    finally:
        ours.close()
        peer.close()
    name = f"training step, {config}" + (", ragged" if arguments.ragged else "") + ", fp32"
    peer_name = f"PyTorch {hello['version']} {kind}"
    mebibyte = 1 << 20
    return [
        entry(name, "ms/step", peer_name, times(rounds, "ms_per_step")),
        entry(name + ": fastest step", "ms", peer_name,
              [[min(side) for side in zip(*times(rounds, "fastest_ms"))]]),
        entry(name + ": peak memory", "MiB", peer_name,
              [(a / mebibyte, b / mebibyte) for a, b in memory]),
        entry(name + ": peak memory beyond imports", "MiB", peer_name,
              [(a / mebibyte, (b - hello["memory"]) / mebibyte) for a, b in memory]),
    ]


def times(rounds, key):
    return [(ours[key], peer[key]) for ours, peer in rounds]


def entry(name, unit, peer_name, rounds):
    """Medians over rounds; `ratio` above 1 means that ours takes less; `spread` is the least and the greatest."""
    ratios = [b / a for a, b in rounds]
    return {
        "name": name, "unit": unit, "ours": round(statistics.median(a for a, _ in rounds), 2),
        "peer": round(statistics.median(b for _, b in rounds), 2), "peer_name": peer_name,
        "ratio": round(statistics.median(ratios), 3),
        "spread": [round(min(ratios), 3), round(max(ratios), 3)],
    }


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
    print("| what | unit | ours | peer | | ratio | spread |\n|---|---|---|---|---|---|---|")
    for config in arguments.configs:
        for kind in peers:
            entries = measure(config, kind, arguments)
            for e in entries:
                print(f"| {e['name']} | {e['unit']} | {e['ours']} | {e['peer']} | {e['peer_name']} "
                      f"| {e['ratio']:.2f} | {e['spread'][0]:.2f} … {e['spread'][1]:.2f} |",
                      flush=True)
            save(entries)
    return 0


if __name__ == "__main__":
    sys.exit(main())

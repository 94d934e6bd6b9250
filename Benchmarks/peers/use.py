"""Times the use of a trained model, ours against PyTorch and ONNX Runtime with the same weights, and adds the figures
to Benchmarks/results/peers.json.

    python Benchmarks/peers/use.py --model DIR --corpus FILE [--rows encode sample start] [--rounds 3]

Ours is the command `textvae`, started anew each time, with text in and codes or text out. The peers are loaded, warm,
and given token ids; each gets the best of its modes and batch sizes. Programs take turns. Ours decodes a batch, or a
sentence, on each thread; so `pair` lets PyTorch do the same with two processes.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import bench

HERE = pathlib.Path(__file__).resolve().parent
SIZES = {"eager": [256, 1024], "onnx": [64, 128]}

START = """
import json, sys
sys.path.insert(0, {here!r})
import torch, codec
torch.set_num_threads(2)
twin = codec.Codec({model!r})
print(*twin.encode(torch.tensor([{ids}]))[0].tolist())
"""


class Worker(bench.Program):
    """A warm peer."""

    def __init__(self, kind, arguments, ids):
        super().__init__([
            sys.executable, HERE / "use_worker.py", "--model", arguments.model, "--peer", kind,
            "--ids", ids, "--threads", arguments.threads])
        self.name = {"eager": "PyTorch", "compile": "PyTorch", "bf16": "PyTorch", "onnx": "ONNX Runtime"}[kind]
        self.name += f" {self.read()['version']}" + {"onnx": ""}.get(kind, f" {kind}")

    def send(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()

    def ask(self, *words):
        self.send(*words)
        answer = self.read()
        return answer["count"] / answer["seconds"]


class Pair:
    """Two warm processes of PyTorch at a time, each with half of the threads and half of the sentences."""

    def __init__(self, kind, arguments, ids):
        half = argparse.Namespace(**{**vars(arguments), "threads": max(1, arguments.threads // 2)})
        self.workers = [Worker("eager", half, ids) for _ in range(2)]
        self.name = self.workers[0].name + " × 2"

    def ask(self, verb, size, count):
        for worker in self.workers:
            worker.send(verb, size, -(-count // 2))
        answers = [worker.read() for worker in self.workers]
        return (sum(answer["count"] for answer in answers)
                / max(answer["seconds"] for answer in answers))

    def close(self):
        for worker in self.workers:
            worker.close()


def command(arguments, *words):
    return [arguments.textvae, words[0], "--model", arguments.model, "--threads",
            arguments.threads, *words[1:]]


def timed(words, **options):
    """Seconds a whole command takes."""
    start = time.perf_counter()
    subprocess.run([str(word) for word in words], check=True, stderr=subprocess.DEVNULL, **options)
    return time.perf_counter() - start


def encode(arguments, folder, ids):
    """Sentences a second."""
    count = sum(1 for _ in open(arguments.corpus, "rb"))
    ours = command(arguments, "encode", arguments.corpus, "--output", folder / "codes.txt")
    for kind in arguments.encoders:
        peer = Worker(kind, arguments, ids)
        try:
            best = max(SIZES[kind], key=lambda size: peer.ask("encode", size))
            rounds = [(count / timed(ours), peer.ask("encode", best))
                      for _ in range(arguments.rounds)]
        finally:
            peer.close()
        yield bench.entry("encode, sentences a second", "1/s", peer.name, rounds, more=True)


def sample(arguments, folder, ids):
    """Tokens a second, end marks included, one sentence at a time and 256 side by side."""
    tokenizer = pathlib.Path(arguments.model) / "tokenizer.json"
    for kind in arguments.samplers:
        peer = (Pair if kind == "pair" else Worker)(kind, arguments, ids)
        try:
            for size, ours_count, peer_count in [(1, 1000, 64), (256, 16384, 512)]:
                text = folder / "sample.txt"
                ours = command(
                    arguments, "sample", "--temperature", 1, "--count", ours_count,
                    "--precision", arguments.precision,
                    "--batch-size", size, "--output", text)
                peer.ask("sample", size, size + 15)
                seconds = [(timed(ours), peer.ask("sample", size, peer_count))
                           for _ in range(arguments.rounds)]
                drawn = subprocess.check_output(
                    [arguments.textvae, "tokenize", "encode", "--tokenizer", tokenizer, text],
                    stderr=subprocess.DEVNULL)
                tokens = len(drawn.split()) + ours_count
                rounds = [(tokens / ours, theirs) for ours, theirs in seconds]
                yield bench.entry(
                    f"sample, batch {size}, tokens a second", "1/s", peer.name, rounds, more=True)
        finally:
            peer.close()


def start(arguments, folder, ids):
    """Milliseconds from a cold start to the codes of one line."""
    line = open(arguments.corpus).readline()
    first = ",".join(open(ids).readline().split() + ["1"])
    program = START.format(here=str(HERE), model=str(arguments.model), ids=f"[{first}]")
    ours = command(arguments, "encode")
    rounds = []
    for _ in range(arguments.rounds):
        own = statistics.median(
            timed(ours, input=line, text=True, stdout=subprocess.DEVNULL) for _ in range(5))
        peer = timed([sys.executable, "-c", program], stdout=subprocess.DEVNULL)
        rounds.append((1000 * own, 1000 * peer))
    version = subprocess.check_output(
        [sys.executable, "-c", "import importlib.metadata as m; print(m.version('torch'))"],
        text=True).strip()
    yield bench.entry(
        "first code from a cold start", "ms", f"Python + PyTorch {version}", rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="a folder that `textvae train` wrote")
    parser.add_argument("--corpus", required=True, help="a sentence a line")
    parser.add_argument("--label", default="", help="what stands after the names of the rows")
    parser.add_argument("--textvae", default=".build/release/textvae")
    parser.add_argument("--rows", nargs="+", choices=["encode", "sample", "start"],
                        default=["encode", "sample", "start"])
    parser.add_argument("--encoders", nargs="+", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--samplers", nargs="+", choices=["eager", "compile", "bf16", "pair"],
                        default=["eager", "compile", "bf16", "pair"])
    parser.add_argument("--precision", choices=["auto", "fp32", "bf16"], default="auto",
                        help="of our weights in sampling")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    print(bench.TABLE_HEAD)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        ids = folder / "ids.txt"
        subprocess.run(
            [arguments.textvae, "tokenize", "encode", "--tokenizer",
             pathlib.Path(arguments.model) / "tokenizer.json", arguments.corpus, "--output", ids],
            check=True, stderr=subprocess.DEVNULL)
        for row in arguments.rows:
            for entry in {"encode": encode, "sample": sample, "start": start}[row](
                    arguments, folder, ids):
                entry["name"] += arguments.label and f", {arguments.label}"
                print(bench.table_line(entry), flush=True)
                bench.save([entry])


if __name__ == "__main__":
    main()

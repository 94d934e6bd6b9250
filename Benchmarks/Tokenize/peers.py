"""Text to ids at the word level against Hugging Face tokenizers, in one run on one thread.

    swift build -c release --product tokenize-benchmark
    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install tokenizers gigatoken
    /tmp/peers/bin/python Benchmarks/Tokenize/peers.py /tmp/textvae-corpora/en.txt ...

For each text a WordLevel vocabulary of 50,000 is learned on both sides, and `encode_batch_fast` is
given blocks of lines; the fastest of three pre-tokenizers counts. Both times are CPU seconds, the
best of some rounds that take turns. What a token is differs: their WordLevel drops white space, cannot
give the text back and has [UNK] for what it does not know; ours keeps every byte.

Training is timed by the clock on the wall: `train` on the file or `train_from_iterator` on blocks,
whichever is faster, with one thread as ours.

If gigatoken is there its speed is told beside: byte-level BPE, which is another job, over the merges
that Hugging Face's trainer learns from the first 4 MB.

`TEXTVAE_BENCHMARK` names our binary if it is elsewhere.
"""

import os
import pathlib
import re
import subprocess
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Tokenizer, models, pre_tokenizers, trainers  # noqa: E402

try:
    import gigatoken
except ImportError:
    gigatoken = None

OURS = pathlib.Path(os.environ.get("TEXTVAE_BENCHMARK", ".build/release/tokenize-benchmark"))
VOCABULARY = 50_000
BLOCK = 16 << 10
ROUNDS = 3
PRE_TOKENIZERS = {
    "WhitespaceSplit": pre_tokenizers.WhitespaceSplit,
    "Whitespace": pre_tokenizers.Whitespace,
    "UnicodeScripts": lambda: pre_tokenizers.Sequence(
        [pre_tokenizers.UnicodeScripts(), pre_tokenizers.WhitespaceSplit()]
    ),
}


def blocks(text: str):
    """Lines in blocks, as long texts are given to tokenizers."""
    block, size, result = [], 0, []
    for line in text.splitlines(keepends=True):
        block.append(line)
        size += len(line)
        if size >= BLOCK:
            result.append("".join(block))
            block, size = [], 0
    return result + ["".join(block)]


def trained(name: str, parts, path: str):
    """A tokenizer, and the seconds of the faster of the two ways to train it."""
    best = float("inf")
    for is_file in (True, False):
        tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
        tokenizer.pre_tokenizer = PRE_TOKENIZERS[name]()
        trainer = trainers.WordLevelTrainer(
            vocab_size=VOCABULARY, special_tokens=["[UNK]"], show_progress=False
        )
        start = time.monotonic()
        if is_file:
            tokenizer.train([path], trainer)
        else:
            tokenizer.train_from_iterator(parts, trainer)
        best = min(best, time.monotonic() - start)
    return tokenizer, best


def byte_pairs(parts):
    """Seconds gigatoken takes for the text, on the calling thread."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=20_000, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(parts[: (4 << 20) // BLOCK], trainer)
    fast = gigatoken.Tokenizer(tokenizer)
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        fast.encode_batch(parts, parallel=False)
        best = min(best, time.process_time() - start)
    return best


def theirs(tokenizer, parts) -> float:
    start = time.process_time()
    for index in range(0, len(parts), 64):
        tokenizer.encode_batch_fast(parts[index : index + 64])
    return time.process_time() - start


def ours(path: str, command: str, *options: str) -> float:
    """MB/s of the best of a few rounds."""
    output = subprocess.run(
        [OURS, command, "--rounds", "3", "--vocabulary", str(VOCABULARY), *options, path],
        check=True, capture_output=True, text=True,
    ).stdout
    found = re.search(r"([0-9.]+) MB/s", output)
    if found is None:
        sys.exit(f"{OURS} says {output!r}")
    return float(found.group(1))


def compare(path: str):
    data = pathlib.Path(path).read_bytes()
    size = len(data) / 1e6
    parts = blocks(data.decode("utf-8", "replace"))
    tokenizers, training = {}, {}
    own_training = {"1": 0.0, "2": 0.0}
    for name in PRE_TOKENIZERS:
        tokenizers[name], seconds = trained(name, parts, path)
        training[name] = size / seconds
        for threads in own_training:
            speed = ours(path, "train", "--threads", threads)
            own_training[threads] = max(own_training[threads], speed)
    best = {name: 0.0 for name in tokenizers}
    own = 0.0
    for _ in range(ROUNDS):
        for name, tokenizer in tokenizers.items():
            best[name] = max(best[name], size / theirs(tokenizer, parts))
        own = max(own, ours(path, "ids"))
    name = pathlib.Path(path).name
    for job, mine, peers in (("ids", own, best), ("train", own_training["1"], training)):
        fastest = max(peers, key=peers.get)
        print(
            f"{name} {job}: ours {mine:.1f} MB/s, "
            + ", ".join(f"{peer} {speed:.1f}" for peer, speed in peers.items())
            + f" MB/s; {mine / peers[fastest]:.1f} × {fastest}",
            flush=True,
        )
    two = own_training["2"]
    print(f"{name} train: two threads {two:.1f} MB/s, {two / own_training['1']:.2f} × one")
    if gigatoken is not None:
        print(f"{name} byte BPE: gigatoken {size / byte_pairs(parts):.1f} MB/s", flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        compare(path)


if __name__ == "__main__":
    main()

"""Text to ids at the word level against Hugging Face tokenizers, in one run on one thread.

    swift build -c release --product tokenize-benchmark
    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install tokenizers
    /tmp/peers/bin/python Benchmarks/Tokenize/peers.py /tmp/textvae-corpora/en.txt ...

For each text a WordLevel vocabulary of 50,000 is learned on both sides, and `encode_batch_fast` is
given blocks of lines; the fastest of three pre-tokenizers counts. Both times are CPU seconds, the
best of some rounds that take turns. What a token is differs: their WordLevel drops white space, cannot
give the text back and has [UNK] for what it does not know; ours keeps every byte.
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

OURS = pathlib.Path(".build/release/tokenize-benchmark")
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


def trained(name: str, parts):
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = PRE_TOKENIZERS[name]()
    trainer = trainers.WordLevelTrainer(
        vocab_size=VOCABULARY, special_tokens=["[UNK]"], show_progress=False
    )
    tokenizer.train_from_iterator(parts, trainer)
    return tokenizer


def theirs(tokenizer, parts) -> float:
    start = time.process_time()
    for index in range(0, len(parts), 64):
        tokenizer.encode_batch_fast(parts[index : index + 64])
    return time.process_time() - start


def ours(path: str) -> float:
    """MB/s of one round."""
    output = subprocess.run(
        [OURS, "ids", "--rounds", "3", "--vocabulary", str(VOCABULARY), path],
        check=True, capture_output=True, text=True,
    ).stdout
    found = re.search(r"([0-9.]+) MB/s", output)
    if found is None:
        sys.exit(f"{OURS} says {output!r}")
    return float(found.group(1))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        data = pathlib.Path(path).read_bytes()
        parts = blocks(data.decode("utf-8", "replace"))
        tokenizers = {name: trained(name, parts) for name in PRE_TOKENIZERS}
        best = {name: 0.0 for name in tokenizers}
        own = 0.0
        for _ in range(ROUNDS):
            for name, tokenizer in tokenizers.items():
                best[name] = max(best[name], len(data) / 1e6 / theirs(tokenizer, parts))
            own = max(own, ours(path))
        fastest = max(best, key=best.get)
        print(
            f"{pathlib.Path(path).name}: ours {own:.1f} MB/s, "
            + ", ".join(f"{name} {speed:.1f}" for name, speed in best.items())
            + f" MB/s; {own / best[fastest]:.1f} × {fastest}",
            flush=True,
        )


if __name__ == "__main__":
    main()

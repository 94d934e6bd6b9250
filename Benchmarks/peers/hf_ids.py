"""Are token ids equal to those of Hugging Face tokenizers, both ways?

    swift build -c release --product textvae
    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install tokenizers
    /tmp/peers/bin/python Benchmarks/peers/hf_ids.py corpus.txt ...

Out: tokenizers learned by `textvae tokenize train` at the levels whitespace and byte, in every normalization
form, are exported as `tokenizer.json`, and every line is encoded by both. In: tokenizers with every
combination of normalizers and pre-tokenizers that can be read are imported, and the tokens of every line are
compared, since ids may be renumbered. Where the import says that ids are equal only for text without white
space outside ASCII, lines that have some are left out. Ends with status 1 at the first difference.
"""

import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

OURS = ".build/release/textvae"
LINES = 100_000
FORMS = ["none", "nfc", "nfd", "nfkc", "nfkd"]
NORMALIZERS = {
    "none": None,
    "NFD NFC": normalizers.Sequence([normalizers.NFD(), normalizers.NFC()]),
    "NFKC NFD": normalizers.Sequence([normalizers.NFKC(), normalizers.NFD()]),
    "Strip NFKC": normalizers.Sequence([normalizers.Strip(), normalizers.NFKC()]),
    "Bert, all off": normalizers.BertNormalizer(
        clean_text=False, handle_chinese_chars=False, strip_accents=None, lowercase=False
    ),
}
ASCII = pre_tokenizers.Split(Regex(r"[\t-\r ]+"), "removed")
PRE_TOKENIZERS = {
    "WhitespaceSplit": pre_tokenizers.WhitespaceSplit(),
    "Split \\s+": pre_tokenizers.Split(Regex(r"\s+"), "removed"),
    "Split ASCII": ASCII,
    "Split ASCII, WhitespaceSplit": pre_tokenizers.Sequence([ASCII, pre_tokenizers.WhitespaceSplit()]),
}


def ours(*arguments, text=b""):
    run = subprocess.run([OURS, "tokenize", *arguments], input=text, capture_output=True, check=False)
    return run.returncode, run.stdout, run.stderr.decode()


def ours_ids(tokenizer, lines):
    status, output, errors = ours(
        "encode", "--tokenizer", tokenizer, "--record", "null", text=b"\0".join(lines) + b"\0"
    )
    if status:
        sys.exit(errors)
    return [[int(word) for word in row.split()] for row in output.splitlines()]


def same(name, lines, left, right):
    if len(left) != len(right):
        sys.exit(f"{name}: {len(left)} rows of ours, {len(right)} of theirs")
    for line, own, other in zip(lines, left, right):
        if own != other:
            sys.exit(f"{name}: {line.decode()!r} gives {own} here and {other} there")
    print(f"{name}: {len(lines)} lines, {sum(map(len, left))} tokens, equal", flush=True)


def out(folder, lines):
    for level, form in itertools.product(["whitespace", "byte"], FORMS):
        file = f"{folder}/ours.json"
        flags = ["--level", level, "--form", form, "--minimum-frequency", "2", "-o", file]
        ours("train", *flags, text=b"\n".join(lines[::2]))
        status, foreign, errors = ours("vocab", "export", "--tokenizer", file, "--format", "hf")
        if status:
            sys.exit(errors)
        theirs = Tokenizer.from_str(foreign.decode()).encode_batch([line.decode() for line in lines])
        name = f"out, {level}, {form}"
        same(name, lines, ours_ids(file, lines), [encoding.ids for encoding in theirs])


def into(folder, lines):
    found = {word for line in lines[::2] for word in line.decode().split()}
    words = sorted(word for word in found if len(word.encode()) <= 255)[:30_000]
    vocabulary = {"[UNK]": 0} | {word: index + 1 for index, word in enumerate(words)}
    for (normal, normalizer), (split, pre) in itertools.product(NORMALIZERS.items(), PRE_TOKENIZERS.items()):
        theirs = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
        if normalizer is not None:
            theirs.normalizer = normalizer
        theirs.pre_tokenizer = pre
        theirs.save(f"{folder}/theirs.json")
        file = f"{folder}/imported.json"
        status, _, notes = ours("vocab", "import", "--format", "hf", f"{folder}/theirs.json", "-o", file)
        name = f"in, {normal}, {split}"
        if status:
            if "Strip" in normal and split == "Split ASCII":
                print(f"{name}: refused, as it must be")
                continue
            sys.exit(f"{name}: {notes}")
        subset = lines
        if "outside ASCII" in notes:
            strange = "".join(chr(c) for c in range(0x80, 0x3001) if chr(c).isspace())
            subset = [line for line in lines if not any(c in line.decode() for c in strange)]
        _, table, _ = ours("vocab", "export", "--tokenizer", file, "--format", "text")
        numbers = {token: index for index, token in enumerate(table.decode().split("\n"))}
        numbers["[UNK]"] = 2
        expected = [
            [numbers.get(token, 2) for token in encoding.tokens]
            for encoding in theirs.encode_batch([line.decode() for line in subset])
        ]
        same(name, subset, ours_ids(file, subset), expected)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    lines = []
    for path in sys.argv[1:]:
        text = pathlib.Path(path).read_bytes().decode("utf-8", "replace").replace("\0", " ")
        lines += [line.encode() for line in text.split("\n")]
    step = max(1, len(lines) // LINES)
    lines = lines[::step][:LINES]
    with tempfile.TemporaryDirectory() as folder:
        out(folder, lines)
        into(folder, lines)
    print(json.dumps({"lines": len(lines), "different": 0}))


if __name__ == "__main__":
    main()

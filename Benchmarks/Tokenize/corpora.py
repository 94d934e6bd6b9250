"""Builds speed corpora from text that Debian installs or offers, into a folder outside the repository.

    python3 Benchmarks/Tokenize/corpora.py /tmp/textvae-corpora

English is package documentation; other languages are message catalogues (gettext), those installed
and those of LibreOffice's language packs, which are downloaded with `apt-get download` and not
installed. Every distinct message stands in a corpus once, in an order drawn from a fixed seed.
"""

import gzip
import html
import pathlib
import random
import re
import struct
import subprocess
import sys

PACKS = {
    "ru": "ru", "ko": "ko", "th": "th", "km": "km", "ja": "ja", "zh_CN": "zh-cn", "de": "de",
    "fr": "fr", "el": "el", "ar": "ar", "he": "he", "hi": "hi", "vi": "vi",
}
ALONE = ("ru", "ko", "th")
MEGABYTE = 1 << 20


def messages(catalogue: bytes):
    """The translations in a .mo file, without the header."""
    if len(catalogue) < 28:
        return
    order = "<" if catalogue[:4] == b"\xde\x12\x04\x95" else ">"
    count, ids, texts = struct.unpack(order + "8x3I", catalogue[:20])
    for index in range(count):
        id_length, _ = struct.unpack_from(order + "2I", catalogue, ids + 8 * index)
        length, offset = struct.unpack_from(order + "2I", catalogue, texts + 8 * index)
        if id_length:
            for plural in catalogue[offset : offset + length].split(b"\0"):
                yield plural.decode("utf-8", "replace")


def download(folder: pathlib.Path):
    """Unpacks language packs below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for pack in PACKS.values():
        if (folder / pack).exists():
            continue
        name = f"libreoffice-l10n-{pack}"
        subprocess.run(["apt-get", "-qq", "download", name], cwd=folder, check=True)
        for archive in folder.glob(f"{name}_*.deb"):
            subprocess.run(["dpkg-deb", "-x", archive, folder / pack], check=True)
            archive.unlink()


def translations(language: str, packs: pathlib.Path):
    """Every distinct message of a language, in seeded order."""
    found = set()
    folders = [
        pathlib.Path("/usr/share/locale", language), packs / PACKS[language],
    ]
    for folder in folders:
        for path in sorted(folder.rglob("*.mo")):
            # Messages left in English do not belong in the corpus of a language.
            found.update(m for m in messages(path.read_bytes()) if not m.isascii())
    ordered = sorted(found)
    random.Random(1).shuffle(ordered)
    return ordered


def documentation(limit: int):
    """Package documentation as plain text, in seeded order, each content once."""
    paths = sorted(p for p in pathlib.Path("/usr/share/doc").rglob("*") if p.is_file())
    random.Random(3).shuffle(paths)
    seen, size = set(), 0
    for path in paths:
        try:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            text = data.decode("utf-8")
        except (OSError, EOFError, UnicodeDecodeError):
            continue
        if path.suffix in (".html", ".htm"):
            text = html.unescape(re.sub(r"<[^>]*>", "", text))
        if "\0" in text or text[:4096] in seen:
            continue
        seen.add(text[:4096])
        yield text
        size += len(text)
        if size > limit:
            return


def write(path: pathlib.Path, text: str, limit: int):
    data = text.encode()[:limit]
    data = data[: data.rfind(b"\n") + 1]
    path.write_bytes(data)
    print(f"{path}: {len(data)} bytes, {sum(b >= 0x80 for b in data) / len(data):.1%} not ASCII")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    packs = folder / "packs"
    download(packs)
    english = "\n".join(documentation(24 * MEGABYTE)) + "\n"
    write(folder / "en.txt", english, 24 * MEGABYTE)
    languages = {name: translations(name, packs) for name in PACKS}
    for name in ALONE:
        write(folder / f"{name}.txt", "\n".join(languages[name]) + "\n", 16 * MEGABYTE)
    # As much of each language as of the others, and twice that of English.
    share = MEGABYTE
    parts = [english[: 2 * share]]
    for name in PACKS:
        parts.append("\n".join(languages[name]).encode()[:share].decode("utf-8", "ignore"))
    lines = "\n".join(parts).split("\n")
    random.Random(2).shuffle(lines)
    write(folder / "mixed.txt", "\n".join(lines) + "\n", 64 * MEGABYTE)


if __name__ == "__main__":
    main()

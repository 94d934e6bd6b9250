"""Is our model the model it claims to be?

Repeats steps of `step-benchmark` in PyTorch, from the same weights, batch and noise, and compares the loss and every
gradient. Exits with 1 when one differs by more than the tolerance.

    python Benchmarks/peers/twin.py [--step .build/release/step-benchmark]
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile

import torch
from safetensors import safe_open

import model as peer


def read(path):
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


def step(tensors, metadata, dtype):
    """Loss and gradients of the step in PyTorch."""
    twin = peer.Model(metadata["model"])
    twin.load(tensors)
    twin = twin.to(dtype)
    lengths = tensors["lengths"].long()
    loss = twin.loss(
        tensors["inputs"].long(), tensors["targets"].long(),
        None if (lengths == lengths[0]).all() else lengths, tensors["noise"].to(dtype),
        float(metadata["kl_weight"]), float(metadata["free_bits"]))
    loss.backward()
    return {"loss": loss.detach()} | twin.gradients()


def difference(a, b):
    """‖a − b‖ / ‖b‖."""
    a, b = a.double(), b.double()
    return ((a - b).norm() / b.norm()).item()


def compare(name, tensors, metadata, tolerance):
    """Prints a table of relative differences; whether all are within the tolerance."""
    ours = {k.removeprefix("gradient."): v for k, v in tensors.items() if k.startswith("gradient.")}
    ours = {"loss": tensors["loss"]} | ours
    single, double = (step(tensors, metadata, t) for t in (torch.float32, torch.float64))
    if ours.keys() != double.keys():
        print(f"{name}: gradients of one side only: {sorted(ours.keys() ^ double.keys())}")
        return False
    print(f"\n### {name}: loss {ours['loss'].item():.6f}\n")
    print("| gradient | norm | ours : float64 | PyTorch float32 : float64 | ours : float32 |")
    print("|---|---|---|---|---|")
    worst = 0.0
    for key, value in ours.items():
        errors = (difference(value, double[key]), difference(single[key], double[key]),
                  difference(value, single[key]))
        # NaN must fail too.
        worst = max(worst, *(e if e == e else float("inf") for e in errors[::2]))
        print(f"| {key} | {value.norm():.3e} | " + " | ".join(f"{e:.1e}" for e in errors) + " |")
    print(f"\n{name}: worst {worst:.1e}, tolerance {tolerance:.0e}: "
          + ("equal" if worst <= tolerance else "DIFFERENT"))
    return worst <= tolerance


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", default=".build/release/step-benchmark")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--configs", nargs="+", default=["words", "characters"])
    parser.add_argument("--encoders", nargs="+", default=["gru", "lstm", "transformer", "bag"])
    parser.add_argument(
        "--decoders", nargs="+",
        help="transformer:prefix has the codes before its tokens; with :told two codes tell the length",
        default=["gru", "gru:told", "lstm", "transformer", "transformer:told",
                 "transformer:prefix", "convolution"])
    parser.add_argument("--file", help="a file that `step-benchmark export` wrote; default: makes all")
    arguments = parser.parse_args()
    if arguments.file:
        return 0 if compare(arguments.file, *read(arguments.file), arguments.tolerance) else 1
    equal = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "step.safetensors")
        for encoder, decoder in itertools.product(arguments.encoders, arguments.decoders):
            for config, ragged in itertools.product(arguments.configs, ([], ["--ragged"])):
                kind, _, form = decoder.partition(":")
                flags = ["--config", config, "--encoder", encoder, "--decoder", kind, *ragged]
                flags += {"": [], "prefix": ["--codes-as", "prefix"],
                          "told": ["--length-latents", "2"]}[form]
                subprocess.run([arguments.step, "export", *flags, "--output", path], check=True)
                name = " ".join([encoder, "→", decoder, config, *ragged])
                equal.append(compare(name, *read(path), arguments.tolerance))
    print(f"\n{sum(equal)} of {len(equal)} steps are equal")
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())

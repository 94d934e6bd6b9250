"""Whole training steps in PyTorch, driven as `step-benchmark time` is: a line `run N` in, a JSON line out.

The first line tells the memory the process holds before there is a model.
"""

import argparse
import json
import resource
import sys
import time

import torch

import model as peer

BATCH, BATCHES, LATENTS, CATEGORIES = 64, 4, 16, 16
KL_WEIGHT, FREE_BITS, CLIP = 0.3, 1.0, 1.0


def peak_memory():
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def make_batch(description, ragged):
    """Inputs, targets and lengths (None when all are equal), longest first."""
    description = json.loads(description)
    tokens, vocabulary = description["model"]["maximum_length"] + 1, description["vocabulary_size"]
    ids = torch.randint(2, vocabulary, (BATCH, tokens))
    lengths = torch.tensor(
        [i * tokens // BATCH + 1 if ragged else tokens for i in reversed(range(BATCH))])
    inputs = torch.cat([torch.zeros(BATCH, 1, dtype=torch.long), ids[:, :-1]], 1)
    return inputs, ids, lengths if ragged else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="what `step-benchmark describe` printed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--ragged", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    print(json.dumps({"version": torch.__version__, "memory": peak_memory()}), flush=True)

    model = peer.Model(arguments.model)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    batches = [make_batch(arguments.model, arguments.ragged) for _ in range(BATCHES)]
    loss_of = torch.compile(model.loss) if arguments.compile else model.loss
    mixed = arguments.precision == "bf16"

    def train(inputs, targets, lengths):
        noise = -torch.empty(BATCH, LATENTS, CATEGORIES).exponential_().log()
        optimizer.zero_grad(set_to_none=True)
        # Mixed precision as PyTorch has it: weights and moments float32, products bfloat16.
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=mixed):
            loss = loss_of(inputs, targets, lengths, noise, KL_WEIGHT, FREE_BITS)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        return loss.item()

    step = 0
    for line in sys.stdin:
        count = int(line.removeprefix("run "))
        tokens, seconds, fastest = 0, 0.0, float("inf")
        for _ in range(count):
            batch = batches[step % BATCHES]
            start = time.perf_counter()
            loss = train(*batch)
            elapsed = time.perf_counter() - start
            tokens += batch[1].numel() if batch[2] is None else int(batch[2].sum())
            seconds += elapsed
            fastest = min(fastest, elapsed)
            step += 1
        print(json.dumps({
            "steps": count, "seconds": seconds, "ms_per_step": 1000 * seconds / count,
            "fastest_ms": 1000 * fastest, "tokens_per_second": tokens / seconds, "loss": loss,
        }), flush=True)


if __name__ == "__main__":
    main()

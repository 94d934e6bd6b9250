"""A trained model in use by PyTorch or ONNX Runtime, driven by lines: `encode SIZE` or `sample SIZE COUNT` in, JSON out.

    python use_worker.py --model DIR --peer eager|compile|bf16|onnx [--ids FILE] [--threads 2]

`--ids` holds the token ids of sentences, a line each; sorting, batching and tensors are made before the clock starts.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import time

import torch

import codec


class ONNX:
    """The encoder as ONNX Runtime has it, exported by the twin."""

    def __init__(self, twin, threads):
        import onnxruntime

        class Encoder(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.model = twin.model

            def forward(self, ids):
                return codec.posterior(self.model, ids).argmax(-1)

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        with tempfile.TemporaryDirectory() as folder:
            path = str(pathlib.Path(folder) / "encoder.onnx")
            batch, time = torch.export.Dim("batch", min=1), torch.export.Dim("time", min=1)
            torch.onnx.export(
                Encoder().eval(), (torch.full((3, 7), 2),), path, dynamo=True, verbose=False,
                input_names=["ids"], dynamic_shapes={"ids": {0: batch, 1: time}})
            self.session = onnxruntime.InferenceSession(
                path, options, providers=["CPUExecutionProvider"])
        self.version = onnxruntime.__version__

    def encode(self, ids):
        return self.session.run(None, {"ids": ids})[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--peer", choices=["eager", "compile", "bf16", "onnx"], default="eager")
    parser.add_argument("--ids")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save", help="where `encode` writes its codes, for a comparison")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    twin = codec.Codec(arguments.model, compiled=arguments.peer == "compile",
                       dtype=torch.bfloat16 if arguments.peer == "bf16" else torch.float32)
    peer, version = twin, torch.__version__
    if arguments.peer == "onnx":
        peer = ONNX(twin, arguments.threads)
        version = peer.version
    sentences = []
    if arguments.ids:
        for line in open(arguments.ids):
            sentences.append([int(word) for word in line.split()] + [twin.eos])
    print(json.dumps({"version": version}), flush=True)

    for line in sys.stdin:
        verb, size, *rest = line.split()
        if verb == "encode":
            work = list(codec.batches(sentences, int(size)))
            if arguments.peer == "onnx":
                work = [(places, ids.numpy()) for places, ids in work]
            start = time.perf_counter()
            results = [(places, peer.encode(ids)) for places, ids in work]
            seconds = time.perf_counter() - start
            answer = {"seconds": seconds, "count": len(sentences)}
            if arguments.save:
                codes = [None] * len(sentences)
                for places, rows in results:
                    for place, row in zip(places, rows.tolist()):
                        codes[place] = row
                with open(arguments.save, "w") as file:
                    file.writelines(" ".join(map(str, row)) + "\n" for row in codes)
        else:
            size, count = int(size), int(rest[0])
            codes = torch.randint(0, twin.categories, (count, twin.latents))
            start = time.perf_counter()
            tokens = sum(len(row) + 1 for first in range(0, count, size)
                         for row in twin.sample(codes[first:first + size]))
            answer = {"seconds": time.perf_counter() - start, "count": tokens}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

# The whole interface of the repository: every command of README is one of these.
SHELL := /bin/bash
PACKAGES := libicu-dev libdnnl-dev libxxhash-dev zlib1g-dev unicode-data
TEXTVAE := .build/release/textvae

.PHONY: setup build demo test bench bench-peers mnist lint format docs clean

setup:  ## Installs the system libraries that are missing; does nothing when all are there.
	@Scripts/setup $(PACKAGES)

build: setup  ## Builds the command line tool.
	swift build -c release --product textvae

demo: build  ## Trains on the bundled grammar and shows reconstructions, codes and samples.
	@Scripts/demo $(TEXTVAE)

test: setup  ## Runs every test, numeric code optimised.
	@Scripts/test

bench: setup  ## Times products, layers, estimators, the tokenizer and whole training steps on this machine.
	swift package --package-path Benchmarks/Micro --disable-sandbox benchmark
	swift build -c release --product tokenize-benchmark
	.build/release/tokenize-benchmark ids README.md docs/*.md
	swift build -c release --product step-benchmark
	for config in words characters; do .build/release/step-benchmark time --config $$config --threads 2 --seconds 10; done

bench-peers: build  ## Holds ours against PyTorch and ONNX Runtime: equal, and at what cost (makes its own Python environment).
	swift build -c release --product step-benchmark
	sh Benchmarks/peers/setup.sh
	Benchmarks/peers/.venv/bin/python Benchmarks/peers/twin.py
	Benchmarks/peers/.venv/bin/python Benchmarks/peers/bench.py
	Scripts/bench-use $(TEXTVAE) Benchmarks/peers/.venv/bin/python

MNIST_DATA ?= data/mnist

mnist: setup  ## Repeats the paper's experiment on the IDX files in MNIST_DATA: about 6 minutes a run, ended runs are kept.
	swift build -c release --product mnist
	@Examples/MNIST/run .build/release/mnist $(MNIST_DATA) runs/mnist

lint: setup  ## Checks layout, documentation, warnings and the imports between targets.
	@Scripts/lint

docs: setup  ## Writes the documentation of the library modules as web pages into .build/documentation.
	@Scripts/docs .build/documentation

format:  ## Rewrites sources in the one layout.
	swift format format --in-place --parallel --recursive Sources Tests Benchmarks/Step Examples Package.swift

clean:
	rm -rf .build runs

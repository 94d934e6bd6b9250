# The whole interface of the repository: every command of README is one of these.
SHELL := /bin/bash
PACKAGES := libicu-dev libdnnl-dev libxxhash-dev unicode-data
TEXTVAE := .build/release/textvae

.PHONY: setup build demo test bench bench-peers lint format docs clean

setup:  ## Installs the system libraries that are missing; does nothing when all are there.
	@Scripts/setup $(PACKAGES)

build: setup  ## Builds the command line tool.
	swift build -c release --product textvae

demo: build  ## Trains on the bundled grammar and shows reconstructions, codes and samples.
	@Scripts/demo $(TEXTVAE)

test: setup  ## Runs every test, numeric code optimised.
	swift test -c release -Xswiftc -enable-testing

bench: build  ## Times a training step of the reference model.
	swift run -c release step-benchmark measure

bench-peers: setup  ## Times training against PyTorch in one interleaved run (makes its own Python environment).
	Benchmarks/peers/run.sh

lint: setup  ## Checks layout, documentation, warnings and the imports between targets.
	@Scripts/lint

format:  ## Rewrites sources in the one layout.
	swift format format --in-place --parallel --recursive Sources Tests Benchmarks/Step Package.swift

clean:
	rm -rf .build runs

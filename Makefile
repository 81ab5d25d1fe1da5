# Everything here needs only Go and make, unless it says otherwise.
SHELL = bash
GO ?= go
TOOL = GOWORK=off $(GO) tool -modfile=$(CURDIR)/.ci/tools.mod
# The search is a module of its own, so that users of cells get nothing of it.
ALL = ./... ./cmd/search/...

.PHONY: help generate test lint fresh vet cross openblas bench table curves peers environments frameworks onnx openai demo search-demo search-table exhaustive fuzz race mutate soak

help:           ## list the targets
	@sed -n 's/^\([a-z-]*\): *.*## */  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

generate:       ## regenerate every generated file
	$(GO) generate ./runtime ./gen/equation
	$(GO) generate ./generated/... ./benchmarks/cells/...

test: lint fresh  ## everything: style, freshness of generated files, all tests
	$(GO) build $(ALL)
	$(GO) test -timeout 30m $(ALL)

lint:           ## gofumpt, go vet, staticcheck
	@unformatted="$$($(TOOL) gofumpt -l .)"; test -z "$$unformatted" || { echo "gofumpt would change:"; echo "$$unformatted"; exit 1; }
	$(GO) vet $(ALL)
	$(TOOL) staticcheck ./...
	cd cmd/search && $(TOOL) staticcheck ./...

fresh:          ## delete generated files, regenerate them, check that nothing changed
	.ci/fresh

vet:            ## compile and vet for linux, darwin and windows, on amd64 and arm64
	.ci/cross vet

cross: vet      ## test the portable path: here, on 386, and with qemu-user on arm64 and s390x
	.ci/cross test

openblas:       ## test with OpenBLAS, and time its products beside the others; needs cgo
	.ci/openblas

RESULTS = benchmarks/results
CELLS = $(addprefix generated/, nascell/spec.toml lstm/spec.toml simplecell/spec.toml gru/gru.cell enas/enas.cell) \
	benchmarks/cells/sru/sru.cell

bench:          ## time generated against interpreted cells, in turns; four minutes
	@mkdir -p $(RESULTS)
	@set -e -o pipefail; for c in $(CELLS); do \
		name=$$(basename $$(dirname $$c)); \
		$(GO) run ./cmd/cellgen bench $$c -batch 1,16,32 -plot $(RESULTS)/$$name.svg | tee $(RESULTS)/$$name.txt; done

table:          ## time every cell, shape and implementation, as Go benchmarks; five minutes
	@mkdir -p $(RESULTS)
	@set -o pipefail; $(GO) test ./benchmarks -run "^$$" -bench Layer -cpu 1 -benchtime 0.3s -timeout 2h | tee $(RESULTS)/table.txt

curves:         ## time and memory over H, B and T; the compiler's over base; a minute
	$(GO) run ./benchmarks/curves -o $(RESULTS)

PYTHON ?= python3.11
PEERS = benchmarks/peers

PEERCELLS ?= nascell gru lstm enas darts sru mingru

peers: environments ## time cells in PyTorch, JAX, ONNX Runtime …, in turns; needs Python 3.11; hours
	@set -e; for c in $(PEERCELLS); do $(GO) run ./benchmarks/peers -cell $$c -o $(RESULTS); done

frameworks: environments ## compare torch.nn and Keras layers, and files of theirs, with ours; a minute
	$(PEERS)/.venv/main/bin/python $(PEERS)/compare_frameworks.py torch
	$(PEERS)/.venv/tensorflow/bin/python $(PEERS)/compare_frameworks.py keras
	$(PEERS)/.venv/main/bin/python $(PEERS)/formats.py torch
	$(PEERS)/.venv/tensorflow/bin/python $(PEERS)/formats.py tensorflow

onnx: environments ## compare exported ONNX models with cells and stacks, in ONNX Runtime; half a minute
	$(PEERS)/.venv/main/bin/python $(PEERS)/onnx_export.py

openai:         ## use lm serve through OpenAI's Python client; needs Python 3.11; half a minute
	PYTHON=$(PYTHON) .ci/openai

# Installing takes three minutes and 8 GB the first time. What cannot be installed is named and left out.
environments:
	-@for env in main tensorflow; do \
		$(PYTHON) -m venv $(PEERS)/.venv/$$env && $(PEERS)/.venv/$$env/bin/python -m pip install -q -r $(PEERS)/requirements-$$env.txt; done
	-@cd $(PEERS)/gorgonia && $(GO) build -o ../.venv/gorgonia .

demo:           ## NASCell from its tokens: generate, check, train, time; two minutes
	.ci/demo

search-demo:    ## a controller designs cells; the best is drawn, generated, checked; two minutes
	.ci/search-demo

STUDY ?= base2
search-table:   ## train every cell of base 2, in the folder STUDY, and replace the table; 80 core minutes, goes on where it stopped
	$(GO) run ./cmd/search run -study $(STUDY) -strategy every -space "tokens 2" -trials 0 -batch 64 -rungs 800 -rates 0.03 -repeat 1000 -seeds 4
	$(GO) run ./cmd/search table -study $(STUDY) -o benchmarks/search/base2.csv.gz

exhaustive:     ## test elementwise functions on all 2^32 inputs; ten minutes
	$(GO) test ./runtime/kernel -run "TestElementwiseError|TestVectorsAgree" -timeout 2h -v -exhaustive

FUZZTIME ?= 30s
FUZZ = ./gen/cell:FuzzParse ./gen/cell:FuzzReadSpec ./gen/equation:FuzzRead ./cmd/cellgen:FuzzVectors \
	./runtime/nn:FuzzReadModel ./runtime/safetensors:FuzzRead ./runtime/npz:FuzzRead \
	./runtime/onnx:FuzzRead ./runtime/tfbundle:FuzzRead ./runtime/tfbundle:FuzzEntry ./runtime/tfbundle:FuzzBlock

fuzz:           ## fuzz every reader, for FUZZTIME=30s each
	@set -e; for f in $(FUZZ); do $(GO) test "$${f%:*}" -run "^$$" -fuzz "^$${f#*:}$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x; done

race:           ## test concurrent code under the race detector; needs a C compiler
	CGO_ENABLED=1 $(GO) test -race -short ./runtime/... ./generated/...

mutate:         ## seed faults one at a time, and check that a test fails; two hours
	$(GO) run ./cmd/mutate >killed.tmp && mv killed.tmp cmd/mutate/killed.txt

soak: race mutate  ## run all tests that draw cases, with many cases; three hours
	CELLGEN_SOAK=1 $(GO) test ./gen/... ./runtime/... ./cmd/cellgen ./cmd/lm ./cmd/search/... -timeout 12h
	$(MAKE) --no-print-directory fuzz FUZZTIME=10m

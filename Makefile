# One command for everything; `make help` lists them.
SHELL := /bin/bash
VENV  := .venv
PY    := $(VENV)/bin/python
STAMP := $(VENV)/.locked

.PHONY: help setup demo test check lint types fmt faults soak bench lock clean

help:            ## what there is
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 12

setup: $(STAMP)  ## make .venv with the locked packages

$(STAMP): requirements-dev.txt requirements-build.txt pyproject.toml
	@./.ci/venv $(VENV)
	@touch $@

demo: setup      ## the whole main job on simulators, in under three minutes
	@$(VENV)/bin/glue-bridge demo

test: setup      ## the tests, in under six minutes
	@./.ci/test

check: setup lint types test  ## what CI runs

lint: setup      ## format and rules
	@$(VENV)/bin/ruff format --check -q . && $(VENV)/bin/ruff check -q .

types: setup     ## mypy, strict
	@$(VENV)/bin/mypy

fmt: setup       ## put the format right
	@$(VENV)/bin/ruff format -q . && $(VENV)/bin/ruff check -q --fix .

faults: setup    ## long fault histories on both shapes, in under forty minutes
	@$(PY) -m tests.faults

soak: setup      ## an hour of changes and faults
	@$(PY) -m tests.faults --soak

bench: setup     ## the numbers of the design; ROW=name for one
	@$(PY) -m benchmarks $(ROW)

lock: setup      ## resolve the dependencies anew
	@./.ci/lock

clean:           ## remove what was made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

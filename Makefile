# Two commands matter: `make demo` shows what this is, `make test` shows that it works. Each sets up .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --no-compile -c constraints.txt
# Without a GPU, fetch the small CPU build of torch: make test TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# What `make demo` runs, and all that `make test` needs on top: torch among it.
DEMO_INSTALLED := $(VENV)/.installed-demo
INSTALLED := $(VENV)/.installed
DEMO ?= demo-out
# Test processes at a time; each keeps its numeric libraries to one thread.
JOBS ?= 2

.PHONY: help install demo test lint types unit bench clean
.DEFAULT_GOAL := help

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(DEMO_INSTALLED): pyproject.toml constraints.txt deploy/minilm/pyproject.toml deploy/minilm/take_weights.py
	$(PYTHON) -m venv $(VENV)
	$(PIP) ./deploy/minilm -e ".[rag]"
	@touch $@

$(INSTALLED): $(DEMO_INSTALLED)
	$(if $(TORCH_INDEX),$(PIP) --no-deps torch --index-url $(TORCH_INDEX))
	$(PIP) -e ".[dev]"
	@touch $@

install: $(INSTALLED) ## Create .venv with every version pinned

demo: $(DEMO_INSTALLED) ## Answer a question with citations, then watch a silent drift being caught
	$(BIN)/drift demo $(DEMO)

test: lint types unit ## Lint, types and all tests

lint: $(INSTALLED) ## Style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## Static types
	$(BIN)/mypy

unit: $(INSTALLED) ## Tests alone; narrow with ARGS="tests/drift -k verdict"
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(JOBS) $(ARGS)

bench: $(INSTALLED) ## Measure; tables on screen, JSON in benchmarks/results/
	$(BIN)/python -m benchmarks.run

clean: ## Remove what was built, keep .venv
	rm -rf $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# Each target does its own set-up in .venv the first time; after that it starts at once.
# Another Python: make run PYTHON=python3.12.  Another port: make run PORT=9000.
PYTHON ?= python3
PORT   ?= 8501
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement
SERVE  := $(BIN)/streamlit run Home.py --server.port $(PORT)

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format mutants bench samples lock clean

help:    ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile | expand -t 14

run: .venv/runtime  ## open Storylib at http://localhost:8501
	@exec $(SERVE)

demo: .venv/runtime data/demo/people.txt  ## the same with sample people, stories and a year of calls
	@cat data/demo/people.txt
	@STORYLIB_DATA=data/demo exec $(SERVE)

test: .venv/developer  ## every test; some of them: make test ARGS="tests/test_db.py -k money"
	@CHROMIUM="$$(tools/chromium)" && export CHROMIUM && $(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

lint: .venv/developer  ## style, types and what may import what
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: .venv/developer  ## put the code into its style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

mutants: .venv/developer  ## change the code that counts line by line: which change does no test notice? (an hour)
	@$(BIN)/mutmut run $(ARGS); $(BIN)/mutmut results

bench: .venv/developer  ## measure speed and memory (a few minutes)
	@$(BIN)/python -m benchmarks

samples: .venv/runtime  ## make the sample books of docs/samples anew
	@PYTHONPATH=. $(BIN)/python tools/samples

lock: .venv/developer  ## write what is installed behind our own choices into constraints.txt
	@tools/lock > constraints.new && mv constraints.new constraints.txt

clean:   ## forget the set-up and every cache; data/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache mutants out test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Storylib needs Python 3.11 or newer: make PYTHON=python3.12")'
	@echo "Setting up .venv; this first time takes a minute or two…"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/runtime: requirements.txt constraints.txt | .venv/bin/python
	@$(PIP) requirements.txt
	@touch $@

.venv/developer: requirements-dev.txt requirements.txt constraints.txt | .venv/bin/python
	@$(PIP) requirements-dev.txt
	@touch $@ .venv/runtime

data/demo/people.txt: | .venv/runtime
	@mkdir -p data/demo
	@umask 077; STORYLIB_DATA=data/demo $(BIN)/python -m storylib demo > $@.new && mv $@.new $@

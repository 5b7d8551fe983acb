# Every target sets up what it needs: a virtual environment in .venv with the versions of constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup run test walk check format dictionary pictures clean

setup: .venv/ready

run: .venv/ready
	$(BIN)/newsframes ingest --raw data/raw --processed data/processed

test: .venv/ready-dev
	$(BIN)/python -m pytest -n auto --dist loadfile

# The operators' walk of docs/operating.md and the tutorial, line by line, from a clean clone of what is committed.
walk: .venv/ready-dev
	NEWSFRAMES_WALK=1 $(BIN)/python -m pytest -s tests/test_walk.py

check: test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

dictionary: .venv/ready
	$(BIN)/python -c 'from transforms.dictionary import data_dictionary; print(data_dictionary(), end="")' > docs/data_dictionary.md

# The pictures of README and tutorial; Debian's chromium takes them.
pictures: .venv/ready-dev
	$(BIN)/python docs/pictures/take.py

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "newsframes needs Python 3.11 or newer: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "this Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --editable '.[report]'
	touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

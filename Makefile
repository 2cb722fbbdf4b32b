# Everything a newcomer or a developer runs. Each target sets up what it needs first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8420
KILLS  ?= 1000
SEED   ?= 1
MINUTES ?= 30

.DEFAULT_GOAL := help
.PHONY: help setup playground run test check soak soak-kills soak-load clients screenshots bench clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Easel needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --upgrade pip setuptools
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@

setup: $(VENV)/.ready ## make the virtual environment

playground: setup ## a Discord on this machine with the bot in it, in your browser
	$(BIN)/easel playground --port $(PORT)

run: setup ## the bot, in your own Discord server (needs a token)
	$(BIN)/easel run

check: setup ## formatting, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: check ## everything CI runs
	$(BIN)/python -m pytest -m 'not soak and not clients' -n auto --maxprocesses 4 --dist loadfile

soak: soak-kills soak-load ## the long proofs
	$(BIN)/python -m pytest -m soak

soak-kills: setup ## kill the bot KILLS times under load, and account for every job
	@$(BIN)/python tests/support/soak_kills.py --kills $(KILLS) --seed $(SEED)

soak-load: setup ## MINUTES of steady load: memory, answers, accounts
	@$(BIN)/python tests/support/soak_load.py --minutes $(MINUTES) --seed $(SEED)

clients: setup ## other Discord client libraries against the loopback Discord (needs npm and node)
	test -d $(VENV)/clients || $(PYTHON) -m venv $(VENV)/clients
	$(VENV)/clients/bin/python -m pip install --quiet 'nextcord==2.6.0' 'disnake==2.12.2'
	npm install --silent --no-fund --no-audit --prefix $(VENV)/clients discord.js@14.28.1
	EASEL_CLIENTS=$(CURDIR)/$(VENV)/clients EASEL_TEST_NO_SKIPS=1 $(BIN)/python -m pytest -m clients

screenshots: setup ## draw the docs' pictures anew (needs chromium)
	$(BIN)/python tests/support/screenshots.py
	$(BIN)/python tests/support/moderating_pictures.py

bench: setup ## measure side by side with the stock pipeline
	$(BIN)/python -m benchmarks.solo
	$(BIN)/python -m benchmarks.first_picture
	$(BIN)/python -m benchmarks.scaling
	$(BIN)/python -m benchmarks.serve

clean: ## remove what was made here (not your data)
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info

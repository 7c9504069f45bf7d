# Two commands are enough: `make run` and `make test`. PORT=9000 make run chooses the port.
.DEFAULT_GOAL := help
.PHONY: help run reset test test-spark check lint types contracts assets messages lock bench bench-full bench-faults
BIN := .venv/bin
# Compiled Python is kept, whatever the surroundings say: else each of our many processes compiles a thousand files anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 14

run: ## set up and run everything, with the demonstration; Ctrl-C stops it
	@sh scripts/setup.sh run
	@exec $(BIN)/towpath run

reset: ## remove all data and start over
	@sh scripts/setup.sh run
	@$(BIN)/python -m towpath.project.reset

test: ## all tests, those in the browser included
	@sh scripts/setup.sh dev
	@$(BIN)/python scripts/browser.py
	@$(BIN)/python -m pytest -n 2 -m "not browser"
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m browser

test-spark: ## the mining engine on Spark gives the same answers: Java 17, 450 MB of packages
	@sh scripts/setup.sh dev
	@$(BIN)/python scripts/spark.py

check: lint types contracts assets ## lint, types, contracts, asset hashes, migrations
	@$(BIN)/towpath manage makemigrations --check --dry-run

lint:
	@sh scripts/setup.sh dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types:
	@sh scripts/setup.sh dev
	@$(BIN)/mypy

contracts:
	@sh scripts/setup.sh dev
	@$(BIN)/lint-imports

assets: ## compare the built assets with their sources, where Node is
	@sh scripts/setup.sh dev
	@$(BIN)/python scripts/assets.py

messages: ## bring the translations up to date after texts have changed
	@sh scripts/setup.sh dev
	@$(BIN)/python scripts/messages.py

lock: ## renew the lock files from pyproject.toml
	@sh scripts/setup.sh dev
	@sh scripts/lock.sh

bench: ## speed, in at most 10 minutes: 100,000 cases
	@sh scripts/setup.sh dev
	@$(BIN)/python -m bench

bench-full: ## the same with a million cases
	@sh scripts/setup.sh dev
	@$(BIN)/python -m bench --cases 1000000

bench-faults: ## kill web, worker and database a thousand times; nothing may be lost
	@sh scripts/setup.sh dev
	@$(BIN)/python -m bench.faults --times 1000

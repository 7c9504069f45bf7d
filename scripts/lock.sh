#!/bin/sh
# Renews the lock files. One set for every system and every Python from 3.11, each file with its hash.
set -eu
cd "$(dirname "$0")/.."
lock() { .venv/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header "$@"; }
lock scripts/bootstrap.in -o scripts/bootstrap.lock
lock pyproject.toml -o requirements.lock
lock pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
lock pyproject.toml --extra spark -c requirements-dev.lock -o requirements-spark.lock

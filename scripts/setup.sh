#!/bin/sh
# Finds a suitable Python and lets it set up .venv: `sh scripts/setup.sh [run|dev]`.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for python in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$python" ] || continue
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" "$here/setup.py" "$@"
    fi
done
echo "Towpath needs Python 3.11 or newer; none was found. On Debian 12 or later: apt install python3 python3-venv" >&2
echo "If it lies in an unusual place: PYTHON=/path/to/python3 make run" >&2
exit 1

"""`python -m demo.register [--port N] [--faults]`: runs until it is told to stop."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from demo.register import keys
from demo.register.faults import Faults
from demo.register.people import WrongPeople, load
from demo.register.server import Register, Server
from demo.register.store import Store


def main() -> int:
    options = _options()
    folder = Path(os.environ.get("TOWPATH_VAR") or "var").resolve() / "register"
    try:
        register = _register(folder, faults=options.faults)
        server = Server((options.host, options.port), register)
    except WrongPeople as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"The register can't run at {options.host}:{options.port}: {error}.", file=sys.stderr)
        return 1

    def stop(number: int, frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"The register listens at http://{options.host}:{server.server_address[1]}", flush=True)
    with server:
        server.serve_forever(poll_interval=0.1)
    return 0


def _register(folder: Path, *, faults: bool) -> Register:
    store = Store(folder / "register.sqlite3")
    store.register(load())
    admin = os.environ.get("TOWPATH_REGISTER_ADMIN_TOKEN", "")
    return Register(store, keys.signing_key(folder), keys.token(folder), Faults(allowed=faults), admin)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.register", description=__doc__)
    default = int(os.environ.get("TOWPATH_REGISTER_PORT") or 8002)
    parser.add_argument("--port", type=int, default=default, help="0 takes any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--faults", action="store_true", help="let faults be set, for tests only")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

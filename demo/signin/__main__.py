"""`python -m demo.signin --port 8001`: client and secret come from the environment, as the town's do."""

import argparse
import os
import signal
import sys
import threading

from demo.signin import people
from demo.signin.provider import Provider
from demo.signin.server import Server


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m demo.signin", description="A stand-in for a sign-in service."
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("TOWPATH_SIGNIN_PORT") or 8001))
    port = parser.parse_args().port
    secret = os.environ.get("TOWPATH_SIGNIN_SECRET", "")
    if not secret:
        print(
            "TOWPATH_SIGNIN_SECRET is not set: give the same secret to the town and to this.", file=sys.stderr
        )
        return 2
    provider = Provider(
        issuer=os.environ.get("TOWPATH_SIGNIN_ISSUER") or f"http://127.0.0.1:{port}",
        client_id=os.environ.get("TOWPATH_SIGNIN_CLIENT") or "towpath",
        client_secret=secret,
        people=people.load(),
    )
    server = Server(port, provider)
    # `shutdown` waits for the loop that this very signal interrupts, so another thread calls it.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"Demonstration sign-in at {provider.issuer}", flush=True)
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m demo.postoffice`: takes e-mail by SMTP and shows it on the web, until it is told to stop."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.postoffice.store import Store
from demo.postoffice.web import Office

HOST = "127.0.0.1"
SIZE = 20_000_000  # bytes


class Sorting:
    """Each message goes into the mailbox of each recipient before it is acknowledged."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        try:
            for address in dict.fromkeys(envelope.rcpt_tos):
                self.store.keep(address, envelope.original_content or b"")
        except OSError as error:
            print(f"A message could not be kept: {error}", file=sys.stderr)
            return "451 4.3.0 Not now; please try again"
        return "250 2.0.0 Kept"


def main(arguments: list[str] | None = None) -> int:
    given = options(arguments)
    store = Store(Path(os.environ.get("TOWPATH_VAR") or "var").resolve() / "postoffice")
    smtp = Controller(
        Sorting(store), hostname=HOST, port=given.smtp, data_size_limit=SIZE, enable_SMTPUTF8=True
    )
    host, _, port = given.intake.rpartition(":")
    office = Office((HOST, given.web), store, (host or HOST, int(port)))

    def stop(number: int, frame: FrameType | None) -> None:
        # shutdown() waits for the loop that this signal interrupts, hence the thread.
        threading.Thread(target=office.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    smtp.start()
    print(f"Post office: http://{HOST}:{given.web}, SMTP at {HOST}:{given.smtp}", flush=True)
    try:
        office.serve_forever()
    finally:
        office.server_close()
        smtp.stop()
    return 0


def options(arguments: list[str] | None) -> argparse.Namespace:
    """Ports come from the environment where they are not given: towpath run sets them."""
    base = int(os.environ.get("PORT") or 8000)
    parser = argparse.ArgumentParser(prog="python -m demo.postoffice", description=__doc__)
    smtp, web, intake = (
        os.environ.get(f"TOWPATH_{name}_PORT") or base + away
        for name, away in (("SMTP", 26), ("POSTOFFICE", 3), ("INTAKE", 25))
    )
    parser.add_argument("--smtp", type=int, default=int(smtp), help="port that takes what Towpath sends")
    parser.add_argument("--web", type=int, default=int(web), help="port of the pages")
    parser.add_argument("--intake", default=f"{HOST}:{intake}", help="host:port where Towpath takes e-mail")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

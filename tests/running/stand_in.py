"""`towpath run` with a real database and the smallest possible web, worker and register.

`python -m tests.running.stand_in`: for the tests of running itself, which need none of the product.
"""

import sys
from pathlib import Path

from towpath.project import run
from towpath.project.health import HEARTBEAT
from towpath.project.ports import answers
from towpath.project.processes import Site
from towpath.project.steps import Step
from towpath.project.supervise import Child

SERVE = """
import http.server, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""
BEAT = """
import pathlib, sys, time
while True:
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(0.2)
"""
COUNT = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
    connection.execute("create table if not exists runs (n int)")
    connection.execute("insert into runs values (1)")
    print("runs:", connection.execute("select count(*) from runs").fetchone()[0])
"""


def steps(site: Site) -> list[Step]:
    return [Step("migrate", [sys.executable, "-c", COUNT], site.owner_env())]


def surroundings(site: Site) -> list[Child]:
    return [_serving("register", site, site.ports.register)]


def processes(site: Site) -> list[Child]:
    beat = site.var / HEARTBEAT
    worker = Child("worker", [sys.executable, "-c", BEAT, str(beat)], site.env(), beat.exists)
    return [worker, _serving("web", site, site.ports.web)]


def _serving(name: str, site: Site, port: int) -> Child:
    return Child(name, [sys.executable, "-c", SERVE, str(port)], site.env(), lambda: answers(port))


if __name__ == "__main__":
    run.steps, run.surroundings, run.processes = steps, surroundings, processes
    run.welcome = lambda ports: f"stand-in in {Path.cwd()}"
    sys.exit(run.main(sys.argv[1:]))

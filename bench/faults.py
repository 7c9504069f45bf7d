"""`python -m bench.faults [--times N] [--seed S]`: kills web, worker and database while people are at work.

What was acknowledged must be there afterwards, once; the register must show one effect for each call; repeated
e-mails must bear the same Message-ID and be counted; the journal must verify. It stops by itself.
"""

import argparse
import os
import random
import secrets
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from bench import clients, installation, mail
from towpath.project import postgres
from towpath.project.ports import answers
from towpath.project.processes import Site
from towpath.project.supervise import RunError, Stopped, Supervisor

VICTIMS = {"web": 10, "web worker": 25, "worker": 30, "database": 15, "backend": 20}
APPLICANTS, CASEWORKERS = 4, 2
ANSWERS = 14  # of the server at most between two deaths: work must get done, or there is nothing to break off
PAUSE = 4.0  # seconds at most that we wait for them
SETTLE = 240.0  # seconds at most until all work is done after the last kill


@dataclass
class Siege:
    """Everything that one run knows."""

    site: Site
    times: int
    seed: int
    mails: mail.Sink
    ledger: clients.Ledger = field(default_factory=clients.Ledger)
    pids: dict[str, int] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--times", type=int, default=1000, help="how often something is killed")
    parser.add_argument("--seed", type=int, default=0, help="0 draws one; it is printed")
    given = parser.parse_args(argv)
    seed = given.seed or secrets.randbelow(2**31) + 1
    print(f"{given.times} kills, --seed {seed}", flush=True)
    begun = time.monotonic()
    with installation.folder() as folder:
        site = installation.make(folder, durable=True)
        with mail.sink(site.ports.smtp) as mails:
            siege = Siege(site, given.times, seed, mails)
            _run(siege, folder)
    report(siege, time.monotonic() - begun)
    return 1 if siege.failures else 0


def _run(siege: Siege, folder: Path) -> None:
    """The supervisor needs the main thread; the siege has a thread of its own and ends it."""
    site = siege.site
    installation.settle_in(site)
    from bench import town

    with Supervisor(folder / "log", lambda line: None, changed=siege.pids.update) as supervisor:
        supervisor.start(installation.database_child(site), installation.register_child(site))
        installation.migrate(site)
        tenant = town.set_up(site.var)
        installation.collect(site)
        supervisor.start(installation.nursery_child(site, "web"), installation.nursery_child(site, "worker"))
        thread = threading.Thread(target=_besiege, args=[siege, tenant.pk], name="siege")
        thread.start()
        try:
            supervisor.watch()
        except Stopped:
            pass
        except RunError as why:
            siege.failures.append(f"not kept alive: {why}")
        thread.join()


def _besiege(siege: Siege, tenant: int) -> None:
    from django.db import connections

    from bench import verdict

    begun = time.monotonic()
    try:
        sessions = _sessions(tenant)
        connections.close_all()
        installation.until(lambda: answers(siege.site.ports.web), 30, "the web server is there")
        _kill_while_people_work(siege, sessions)
        siege.facts["seconds of killing"] = round(time.monotonic() - begun, 1)
        verdict.settle(siege, tenant, SETTLE)
        verdict.judge(siege, tenant)
    except Exception as error:
        siege.failures.append(f"{type(error).__name__}: {error}")
    finally:
        connections.close_all()
        os.kill(os.getpid(), signal.SIGINT)


def _sessions(tenant: int) -> list[str]:
    from bench import town
    from towpath.foundation import tenancy
    from towpath.foundation.models import Tenant

    with tenancy.inside(Tenant.objects.get(pk=tenant)):
        return [
            town.signed_in(town.member(f"w{number}@example.org", "Ana Ruiz", (None, "lead")))
            for number in range(CASEWORKERS)
        ]


def _kill_while_people_work(siege: Siege, sessions: list[str]) -> None:
    stop, chance = threading.Event(), random.Random(siege.seed)
    port, ledger = siege.site.ports.web, siege.ledger
    people = [
        clients.applicant(port, ledger, stop, random.Random(chance.random())) for _ in range(APPLICANTS)
    ]
    people += [
        clients.caseworker(port, session, ledger, stop, random.Random(chance.random()))
        for session in sessions
    ]
    threads = [threading.Thread(target=clients.run, args=[work, ledger, stop]) for work in people]
    for thread in threads:
        thread.start()
    try:
        while sum(siege.killed.values()) < siege.times:
            _let_work(ledger, chance)
            victim = chance.choices(list(VICTIMS), list(VICTIMS.values()))[0]
            _kill(siege, victim, chance)
            if chance.random() < 0.1:
                _register_loses_answers(siege, chance.random() * 0.5)
    finally:
        _everything_answers(siege)
        _let_finish(ledger)
        stop.set()
        for thread in threads:
            thread.join()


def _let_finish(ledger: clients.Ledger, patience: float = 40) -> None:
    """Until an applicant got something done after the last death, and a caseworker at any time."""
    before, deadline = len(ledger.submitted), time.monotonic() + patience
    while (len(ledger.submitted) == before or not ledger.completed) and time.monotonic() < deadline:
        time.sleep(0.05)


def _let_work(ledger: clients.Ledger, chance: random.Random) -> None:
    """A number of answers that nobody foresees, then a moment in the midst of the next ones."""
    wanted, deadline = ledger.answers + chance.randint(1, ANSWERS), time.monotonic() + PAUSE
    while ledger.answers < wanted and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(chance.random() * 0.03)


def _kill(siege: Siege, victim: str, chance: random.Random) -> None:
    pid = _pid(siege, victim, chance)
    if pid is None:
        victim, pid = "worker", int((siege.site.var / "worker.pid").read_text())
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it is dead already, by what was killed before
    siege.killed[victim] = siege.killed.get(victim, 0) + 1
    if (number := sum(siege.killed.values())) % 100 == 0:
        print(f"{number} kills: {len(siege.ledger.submitted)} requests acknowledged", flush=True)
    if victim in ("database", "backend"):
        _everything_answers(siege)


def _pid(siege: Siege, victim: str, chance: random.Random) -> int | None:
    web = int((siege.site.var / "web.pid").read_text())
    match victim:
        case "web":
            return web
        case "web worker":
            return chance.choice(_children(web) or [web])
        case "database":
            return siege.pids["database"]
        case "backend":
            return _backend(siege.site, chance)
    return int((siege.site.var / "worker.pid").read_text())


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _backend(site: Site, chance: random.Random) -> int | None:
    """A connection of the application; its death makes PostgreSQL throw all others off and recover."""
    try:
        with psycopg.connect(site.owner, connect_timeout=3) as connection:
            asked = "select pid from pg_stat_activity where usename = 'towpath_app'"
            found = [pid for (pid,) in connection.execute(asked)]
    except psycopg.Error:
        return None
    return chance.choice(found) if found else None


def _everything_answers(siege: Siege) -> None:
    server = siege.site.server
    assert server is not None
    installation.until(lambda: postgres.is_ready(server), 30, "the database is back")


def _register_loses_answers(siege: Siege, seconds: float) -> None:
    """It does the work and hangs up: whoever asked must ask again, under the same key."""
    _register_is(siege, "lost")
    time.sleep(seconds)
    _register_is(siege, "ok")


def _register_is(siege: Siege, mode: str) -> None:
    url = siege.site.ports.url(siege.site.ports.register)
    headers = {"X-Admin-Token": installation.ADMIN}
    httpx.post(f"{url}/faults", json={"mode": mode}, headers=headers, trust_env=False).raise_for_status()


def report(siege: Siege, seconds: float) -> None:
    told = {**siege.facts, "killed": siege.killed, "asked again by browsers": siege.ledger.repeated}
    for name, value in told.items():
        print(f"  {name}: {value}")
    for failure in siege.failures:
        print(f"FAILED: {failure}")
    outcome = "nothing lost, nothing doubled" if not siege.failures else f"{len(siege.failures)} failures"
    print(f"{sum(siege.killed.values())} kills in {seconds:.0f} s: {outcome} (--seed {siege.seed})")


if __name__ == "__main__":
    sys.exit(main())

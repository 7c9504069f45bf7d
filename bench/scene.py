"""The installation that is measured: set up once for all benchmarks."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench import installation, mail
from towpath.project.processes import Site, processes
from towpath.project.supervise import Supervisor


@dataclass
class Scene:
    site: Site
    mails: mail.Sink
    pids: dict[str, int] = field(default_factory=dict)
    tenant: Any = None
    session: str = ""  # of somebody who leads every team
    kinds: Any = None  # template cases

    def pid(self, name: str) -> int:
        return self.pids[name]

    @contextmanager
    def still(self, name: str) -> Iterator[None]:
        """A process that does nothing meanwhile: the worker would take copies for events of its own."""
        os.kill(self.pid(name), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid(name), signal.SIGCONT)


@contextmanager
def scene() -> Iterator[Scene]:
    with installation.folder() as folder:
        site = installation.make(folder, durable=True, careful=True)
        with mail.sink(site.ports.smtp) as mails:
            made = Scene(site, mails)
            installation.settle_in(site)
            from bench import copies

            with Supervisor(folder / "log", lambda line: None, changed=made.pids.update) as supervisor:
                supervisor.start(installation.database_child(site), installation.register_child(site))
                installation.migrate(site)
                copies.partitions_of_last_year("owner")
                installation.collect(site)
                wanted = [child for child in processes(site) if child.name in ("web", "worker")]
                supervisor.start(*wanted)
                _furnish(made)
                yield made


def _furnish(made: Scene) -> None:
    from bench import templates, town
    from towpath.foundation import tenancy
    from towpath.people import queries as people

    made.tenant = town.set_up(made.site.var)
    with tenancy.inside(made.tenant):
        staff = town.member("lead@example.org", "Ana Ruiz", (None, "lead"))
        made.session = town.signed_in(staff)
        actor = people.staff_actor(staff.user)
    assert actor is not None
    made.kinds = templates.make(made.tenant, actor)

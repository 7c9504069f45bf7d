import http.server
import os
import threading
import time
from collections.abc import Iterator

import pytest

from towpath.project import health

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def web() -> Iterator[str]:
    class Health(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/health" else 503)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Health) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()
        thread.join()


def test_only_a_200_is_an_answer(web):
    assert health.get(f"{web}/health")
    with pytest.raises(OSError, match="503 instead of 200"):
        health.get(f"{web}/broken")
    assert not health.is_well(lambda: health.get(f"{NOWHERE}/health"))


def test_the_worker_is_well_while_its_heartbeat_is_fresh(tmp_path):
    beat = tmp_path / "beat"
    with pytest.raises(OSError, match="no sign of life"):
        health.beat(beat)
    beat.touch()
    assert "0 s ago" in health.beat(beat)
    os.utime(beat, (time.time() - health.FRESH - 5,) * 2)
    with pytest.raises(OSError, match="20 s ago"):
        health.beat(beat)


def test_each_part_that_fails_has_a_line_and_the_whole_fails(web, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TOWPATH_VAR", str(tmp_path))
    monkeypatch.setenv("TOWPATH_URL", web)
    monkeypatch.setenv("TOWPATH_REGISTER_URL", NOWHERE)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://app@/towpath?host={tmp_path}")
    assert health.main() == 1
    told = {
        line.split()[0]: line.split()[1] for line in capsys.readouterr().out.splitlines() if line[0] != "\t"
    }
    assert told["web"] == "ok"
    assert told["worker"] == told["register"] == told["database"] == "FAIL"

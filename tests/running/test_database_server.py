"""Our own server: private, never as root, and its data survives."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.running.conftest import command_of
from towpath.project import postgres
from towpath.project.postgres import place
from towpath.project.postgres.__main__ import dump, restore
from towpath.project.postgres.binaries import Binaries

pytestmark = pytest.mark.system


def ask(server: postgres.Server, sql: str, role: postgres.Role = "owner") -> object:
    with psycopg.connect(server.dsn(role)) as connection:
        row = connection.execute(sql).fetchone()  # type: ignore[call-overload]
    assert row is not None
    return row[0]


def do(server: postgres.Server, sql: str, role: postgres.Role = "owner") -> None:
    with psycopg.connect(server.dsn(role), autocommit=True) as connection:
        connection.execute(sql)  # type: ignore[call-overload]


def test_it_listens_on_a_private_socket_and_on_nothing_else(server):
    assert ask(server, "show listen_addresses") == ""
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    assert server.socket.stat().st_uid == server.account.uid


def test_a_wrong_password_is_refused_even_on_the_socket(server):
    for role in ("owner", "app", "superuser"):
        wrong = replace(server, passwords=server.passwords | {role: "guess"})
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong.dsn(role))


def test_passwords_are_kept_as_scram_and_read_by_nobody_else(server):
    assert ask(
        server,
        "select bool_and(rolpassword like 'SCRAM-SHA-256$%') from pg_authid where rolcanlogin",
        "superuser",
    )
    assert stat.S_IMODE((server.folder / "passwords.json").stat().st_mode) == 0o600
    assert server.app_password not in repr(server)


def test_checksums_are_on_and_letters_beyond_ascii_have_case(server):
    assert ask(server, "show data_checksums") == "on"
    assert ask(server, "select lower('ÉÅŽ')") == "éåž"


def test_neither_role_is_a_superuser_and_only_the_owner_owns(server):
    unsafe = "rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication"
    names = "('towpath_owner', 'towpath_app')"
    assert ask(server, f"select count(*) from pg_roles where rolname in {names} and not ({unsafe})") == 2
    assert ask(
        server,
        "select rolname from pg_roles r join pg_database d on d.datdba = r.oid where datname = 'towpath'",
    ) == ("towpath_owner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        do(server, "create table mine (id int)", "app")


def test_only_test_clusters_let_the_owner_make_databases(server):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        do(server, "create database another")


def test_the_server_never_runs_as_root(server):
    pid = postgres.running(server.data)
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_started_twice_it_is_recognised(server):
    assert postgres.is_ready(server)
    assert postgres.start(server) is False
    again = postgres.ensure(server.folder)
    assert postgres.start(again) is False
    assert again == server


def test_what_was_committed_survives_kill_9(server):
    do(server, "create table kept (n int); insert into kept select generate_series(1, 1000)")
    pid = postgres.running(server.data)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert postgres.start(server) is True
    assert ask(server, "select count(*) from kept") == 1000
    do(server, "drop table kept")


def test_stopping_and_starting_keeps_the_data(server):
    do(server, "create table calm as select 7 as n")
    assert postgres.stop(server) is True
    assert postgres.stop(server) is False
    assert not postgres.is_ready(server)
    postgres.start(server)
    assert ask(server, "select n from calm") == 7
    do(server, "drop table calm")


def test_a_lock_left_by_a_number_that_now_belongs_to_another_process_is_no_obstacle(server):
    postgres.stop(server)
    options = server.account.options()
    with subprocess.Popen(
        ["sleep", "60"], **options
    ) as stranger:  # of the same account, so the lock looks held
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n{server.data}\n")
        assert postgres.running(server.data) is None
        assert postgres.start(server) is True
        assert command_of(stranger.pid).startswith("sleep")
        stranger.kill()


def test_another_major_version_is_refused_with_the_way_to_migrate(server):
    marker = server.data / "PG_VERSION"
    try:
        marker.write_text("14\n")
        with pytest.raises(postgres.DatabaseError) as refused:
            postgres.ensure(server.folder)
    finally:
        marker.write_text(f"{server.version}\n")
    told = str(refused.value)
    assert "made by PostgreSQL 14" in told
    assert (
        told.index("postgres dump towpath.dump")
        < told.index("postgres reset")
        < told.index("restore towpath.dump")
    )


def test_a_dump_brings_back_rows_that_row_level_security_hides_from_the_owner(server, open_folder, cluster):
    do(
        server,
        "create table guarded (n int); insert into guarded values (1), (2);"
        "alter table guarded enable row level security, force row level security",
    )
    assert ask(server, "select count(*) from guarded") == 0
    file = open_folder / "towpath.dump"
    dump(server, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = postgres.ensure(cluster(open_folder / "other"))
    restore(other, file)
    assert not postgres.is_ready(other)  # as it was found
    postgres.start(other)
    assert ask(other, "select count(*) from guarded", "superuser") == 2
    assert ask(other, "select tableowner from pg_tables where tablename = 'guarded'") == "towpath_owner"
    do(server, "drop table guarded")


def test_several_processes_may_make_it_at_once_over_what_an_interrupted_making_left(open_folder, cluster):
    folder = cluster(open_folder / "crowd")
    (folder / "data.new" / "base").mkdir(parents=True)
    script = (
        "import sys; from pathlib import Path; from towpath.project import postgres as p;"
        "s = p.ensure(Path(sys.argv[1]), durable=False); print(p.start(s))"
    )
    command = [sys.executable, "-c", script, str(folder)]
    crowd = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = sorted(one.communicate(timeout=60)[0].strip() for one in crowd)
    assert told == ["False", "False", "True"]


def test_a_making_that_fails_leaves_no_data_folder(open_folder, cluster, monkeypatch):
    folder = cluster(open_folder / "halfway")
    monkeypatch.setattr("towpath.project.postgres.make._locale", lambda version: ["--locale-provider=none"])
    with pytest.raises(postgres.DatabaseError, match="unrecognized locale provider"):
        postgres.ensure(folder)
    assert not (folder / "data").exists()
    assert not (folder / "initial-password").exists()


def test_a_folder_with_an_odd_name_will_do(open_folder, cluster):
    server = postgres.ensure(cluster(open_folder / "a 'b' é % #"), durable=False)
    postgres.start(server)
    assert ask(server, "select current_user", "app") == "towpath_app"


def test_programs_in_a_path_that_a_shell_would_change_are_refused_in_plain_words(tmp_path):
    programs = Binaries(tmp_path / "a $(touch b)", 18, "wheel")
    programs.folder.mkdir()
    shutil.copy("/bin/true", programs.folder / "postgres")
    ourselves = place.Account(os.geteuid(), os.getegid(), "us", foreign=False)
    with pytest.raises(postgres.DatabaseError, match=r"contains \$(.|\n)*plainer name"):
        place.runnable(programs, tmp_path, ourselves)


@pytest.mark.parametrize("name", ["long" * 30, "with,comma"])
def test_a_socket_goes_elsewhere_when_its_path_would_not_do_and_stays_there(name, tmp_path):
    who, home = place.account(), tmp_path / name
    first = place.socket_folder(home, who, None)
    assert not first.is_relative_to(home)
    assert stat.S_IMODE(first.stat().st_mode) == 0o700
    assert place.socket_folder(home, who, first) == first
    first.chmod(0o755)
    second = place.socket_folder(home, who, first)
    assert second != first, "a folder that others may enter is not trusted"
    first.rmdir()
    second.rmdir()


def test_data_that_went_away_is_told_and_not_made_anew(server):
    postgres.stop(server)
    away = server.data.rename(server.folder / "away")
    try:
        with pytest.raises(postgres.DatabaseError, match=r"is gone(.|\n)*make reset"):
            postgres.ensure(server.folder)
    finally:
        away.rename(server.data)
        postgres.start(server)


def test_the_systems_programs_carry_it_too(open_folder, cluster):
    try:
        found = postgres.locate_binaries("system")
    except postgres.DatabaseError:
        found = None
    if found is None or found.kind != "system":
        pytest.skip("no PostgreSQL programs on this system")
    folder = cluster(open_folder / "system")
    server = postgres.ensure(folder, prefer="system", durable=False)
    postgres.start(server)
    assert ask(server, "select current_setting('server_version_num')::int / 10000") == found.version >= 15
    assert ask(server, "show data_checksums") == "on"
    # The programs that made the folder run it, whatever would be taken for a new one.
    assert postgres.ensure(folder, durable=False).programs == found

from towpath.project import steps
from towpath.project.ports import Ports
from towpath.project.processes import Site
from towpath.project.steps import Step


def test_a_step_is_left_out_once_it_ended_well_until_what_it_depends_on_changes(tmp_path):
    mark = tmp_path / "done" / "migrate"
    step = Step("migrate", [], {}, mark, "today")
    assert step.needed()
    step.done()
    assert not step.needed()
    assert Step("migrate", [], {}, mark, "tomorrow").needed()


def test_on_a_database_that_is_not_ours_nothing_is_left_out(tmp_path):
    site = Site(Ports(), tmp_path, "postgresql://app@db/towpath", "postgresql://owner@db/towpath")
    found = {step.name: step for step in steps.steps(site)}
    for name in ("migrate", "demo"):
        found[name].done()
        assert found[name].needed()
    assert "owner@db" in found["migrate"].env["DATABASE_OWNER_URL"]
    assert "DATABASE_OWNER_URL" not in found["demo"].env


def test_a_digest_changes_with_a_name_and_with_a_content(tmp_path):
    (tmp_path / "a").write_text("1")
    first = steps.digest(tmp_path.rglob("*"))
    assert steps.digest(tmp_path.rglob("*")) == first
    (tmp_path / "a").write_text("2")
    second = steps.digest(tmp_path.rglob("*"))
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, steps.digest(tmp_path.rglob("*"))}) == 3

"""Keeping files: whole, for their case, for those who may see it."""

import hashlib
from uuid import uuid4

import pytest

from tests.documents import files
from tests.factories import staff
from towpath.documents import actions, queries
from towpath.documents.models import Document
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM, Actor, NotAllowed
from towpath.foundation.models import AccessRecord, Event
from towpath.people import actions as people

VISITOR = Actor("visitor", "v", "portal")


def keep(actor=VISITOR, **changes):
    given = {"name": "plan.pdf", "content_type": "application/pdf", "content": files.PDF}
    return actions.keep(actor, **(given | changes))


def resident():
    person = people.register_person(SYSTEM, given_name="Sam", family_name="Reed", email="sam@example.org")
    return Actor("resident", "r", "portal", person=person.pk)


def test_a_file_is_kept_whole_and_says_that_nobody_scanned_it(tenant):
    draft = uuid4()
    kept = keep(draft_id=draft, question="site-plan")
    found = queries.document(VISITOR, kept.pk, draft_id=draft)
    assert bytes(found.content) == files.PDF
    assert found.sha256 == hashlib.sha256(files.PDF).hexdigest()
    assert (found.size, found.state, found.purpose) == (len(files.PDF), "unscanned", "site-plan")
    event = Event.objects.get(type="documents.kept")
    assert "plan" not in str(event.data)


def test_what_is_refused_leaves_nothing(tenant):
    with pytest.raises(actions.NotTaken):
        keep(content=files.PNG)
    assert Document.objects.count() == 0
    assert not Event.objects.filter(type__startswith="documents.").exists()


def test_a_draft_s_files_become_the_case_s_once(tenant):
    draft, case = uuid4(), uuid4()
    kept = keep(draft_id=draft)
    keep(draft_id=uuid4())
    assert actions.attach(draft, case) == 1
    assert actions.attach(draft, uuid4()) == 0
    assert [one.pk for one in queries.of_case(case)] == [kept.pk]
    assert Event.objects.filter(type="documents.attached").count() == 1


def test_a_file_can_be_taken_back_until_it_was_sent(tenant):
    draft = uuid4()
    one, two = keep(draft_id=draft), keep(draft_id=draft)
    actions.discard(VISITOR, one.pk, uuid4())
    assert len(queries.of_draft(draft)) == 2
    actions.discard(VISITOR, one.pk, draft)
    assert [left.pk for left in queries.of_draft(draft)] == [two.pk]
    actions.attach(draft, uuid4())
    actions.discard(VISITOR, two.pk, draft)
    assert len(queries.of_draft(draft)) == 1


def test_only_those_who_may_read_a_file(tenant):
    me, somebody = resident(), resident()
    case = uuid4()
    kept = keep(me, case_id=case)
    assert queries.document(me, kept.pk).pk == kept.pk
    assert queries.document(VISITOR, kept.pk, case_id=case).pk == kept.pk
    assert queries.document(staff("case.read"), kept.pk).pk == kept.pk
    refused = [somebody, VISITOR, staff("insight.read"), staff("case.read", team="parking")]
    for actor in refused:
        with pytest.raises(NotAllowed):
            queries.document(actor, kept.pk)
    with pytest.raises(NotAllowed):
        queries.document(somebody, kept.pk, case_id=uuid4())
    loose = keep()
    with pytest.raises(NotAllowed):
        queries.document(VISITOR, loose.pk, case_id=None, draft_id=None)


def test_staff_s_reading_is_logged(tenant):
    kept = keep(case_id=(case := uuid4()))
    queries.document(staff("case.read", team="parking"), kept.pk, case_id=case)
    assert [seen.subject_id for seen in AccessRecord.objects.filter(subject_kind="document")] == [
        str(kept.pk)
    ]


def test_lists_read_no_content(tenant):
    keep(case_id=(case := uuid4()))
    (listed,) = queries.of_case(case)
    assert "content" in listed.get_deferred_fields()


def test_another_body_s_files_are_not_there(outside, other):
    with tenancy.inside(outside):
        kept = keep(case_id=(case := uuid4()))
    with tenancy.inside(other):
        assert queries.of_case(case) == []
        with pytest.raises(Document.DoesNotExist):
            queries.document(SYSTEM, kept.pk, case_id=case)

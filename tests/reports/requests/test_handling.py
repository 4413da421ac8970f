"""The record of how a request was handled, and that nothing withheld is in it."""

from datetime import date, timedelta

import pytest

from reports.requests.models.file_check import KEEP_FOR
from reports.requests.services import file_checks, line_files, purging, requests, schedule
from reports.requests.services.handling import handling_of
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
)
from tests.reports.paper_reading import pages
from tests.reports.requests.conftest import FIRST, LAST, NOW, OMBUDSMAN, TODAY, at, client_of, fresh
from tests.reports.requests.test_file_checks import (  # noqa: F401
    BOXED,
    NAME,
    REDACTED,
    listed,
    upload,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(today, issued, scoped, adviser, decide, prepared, reviewer, sign):
    line = schedule.add_paper(request=scoped, paper=issued, by=adviser)
    requests.start_preparing(request=scoped, by=adviser)
    decide(line, "full")
    letter = prepared(scoped)
    act = {"request": scoped, "at": NOW}
    requests.send_for_review(ombudsman=OMBUDSMAN, by=adviser, **act)
    requests.finish_review(ombudsman=OMBUDSMAN, by=reviewer, **act)
    sign(letter)
    return scoped


def record_of(request, **others):
    return handling_of(
        fresh(request), **{"on": TODAY, "with_requester": True, "with_redactions": True, **others}
    )


def said(record, day=None):
    return [each["what"] for each in record["entries"] if day is None or each["on"] == day]


def test_a_record_tells_what_was_searched_listed_decided_signed_and_late(
    told,
):
    record = record_of(told)
    assert [(each["number"], each["decision"], each["grounds"]) for each in record["papers"]] == [
        (1, "Release in full", [])
    ]
    assert record["late"] == [
        "The decision: due on 21 May 2013, and the requester was told on 22 May 2013, "
        "1 working day late."
    ]
    assert ["Decision due", "21 May 2013: 20 working days (s 15(1))"] in record["facts"]
    assert said(record) == [
        "Received",
        "Searched for papers from 1 July 2010 to 31 July 2010",
        "Listed document 1",
        "Document 1: release in full",
        "Sent for review",
        "Review finished",
        "Decision signed: given in full",
        "Decision sent to the requester",
    ]
    (search,) = [each for each in record["entries"] if each["what"].startswith("Searched")]
    assert search["said"] == ["Papers found: 1. Returns, drafts and conversations found: 0."]


@pytest.mark.usefixtures("today")
def test_what_the_scope_shows_as_not_listed_is_told_of_a_request_that_ended_too(scoped, plan):
    draft = BriefingFactory(plan=plan)
    type(scoped).objects.filter(pk=scoped.pk).update(state="closed", closed_on=TODAY)
    ReturnFactory(
        round=RoundFactory(plan=plan, name="July 2010"),
        agency=plan.coordinating_agency,
        accepted=True,
    )
    assert list(record_of(scoped)["unlisted"]) == [
        f"1 return and 1 draft, of which no reason is asked: Return of {plan.coordinating_agency.name}, July 2010, 20 July 2010; Draft of {draft.tracker_number}: {draft.title}, a draft today.",
    ]


def test_a_second_search_of_the_same_days_is_recorded_too(scoped, adviser):
    requests.set_scope(
        request=scoped,
        scope_from=FIRST,
        scope_to=LAST,
        scope_note="",
        version=scoped.version,
        by=adviser,
        at=NOW,
    )
    searched = "Searched for papers from 1 July 2010 to 31 July 2010"
    assert said(record_of(scoped)).count(searched) == 2


def test_what_an_agency_was_asked_and_answered_is_told_and_that_it_was_late(
    request_, line, adviser
):
    justice = AgencyFactory(short_name="Justice", name="Ministry of Justice")
    answers = SeatFactory(agency=justice, role="contributor").user
    asked = schedule.ask_agency(
        line=line,
        agency=justice,
        question="May paragraph 2 go out?",
        on=date(2013, 5, 1),
        answer_by=date(2013, 5, 8),
        by=adviser,
        at=NOW,
    )
    schedule.answer_consultation(
        consultation=asked, answer="It may.", version=1, by=answers, at=NOW
    )
    record = record_of(request_)
    (question,) = [each for each in record["entries"] if each["what"].startswith("Consulted")]
    assert question["said"][:3] == [
        "About document 1",
        "Asked: May paragraph 2 go out?",
        "Answer wanted by 8 May 2013.",
    ]
    (answer,) = [each for each in record["entries"] if "answered about" in each["what"]]
    assert (answer["what"], answer["said"]) == (
        "Ministry of Justice answered about document 1",
        ["It may."],
    )
    assert record["late"][-1] == (
        "The answer of Ministry of Justice about document 1: wanted by 8 May 2013, and came on "
        "22 May 2013."
    )


def test_withheld_words_are_left_out_of_what_people_typed(request_, line, decide, propose):
    propose(place="cover.contacts.1.mobile", start=0, end=11)
    decide(line, "part", reason="021  555 010 is a private number.")
    (paper,) = record_of(request_)["papers"]
    assert paper["said"][:2] == ["[withheld] is a private number.", "1 place withheld."]
    assert paper["grounds"] == ["s 6(c) maintenance of the law and fair trial"]


def test_a_refused_copy_is_told_by_why_and_never_by_its_words(request_, upload):  # noqa: F811
    refused = upload(BOXED)
    line_files.keep_copy(check=upload(REDACTED), by=refused.added_by, at=NOW)
    file_checks.delete_outdated(at=NOW + KEEP_FOR + timedelta(days=1))
    entries = record_of(request_)["entries"]
    (entry,) = [each for each in entries if each["what"].endswith("refused by the check")]
    assert entry["what"] == "Document 2: a copy was refused by the check"
    assert "Page 1: text under a box or a picture can still be copied." in entry["said"][1]
    assert fresh(refused).pdf is None
    assert NAME not in str(fresh(refused).report) + str(entries)
    assert "Document 2: a copy of 1 page passed the check and was kept" in said(
        {"entries": entries}
    )


def test_a_coordinator_downloads_it_without_who_asked(recorded, plan, agency, today):
    row = recorded(plan=plan, text="The requester asks for the reports.")
    coordinator = SeatFactory(agency=agency, role="coordinator").user
    answer = client_of(coordinator).get(at("request-handling", row.pk))
    assert answer["Content-Disposition"] == 'attachment; filename="handling-of-13-02025.pdf"'
    words = " ".join(" ".join(pages(answer.content)).split())
    assert "How request 13/02025 was handled" in words
    assert "[who asked] asks for the reports." in words
    assert "The requester" not in words


def test_what_is_withheld_is_told_with_reason_and_public_interest_to_those_who_may_read_them(
    request_, line, decide, propose
):
    phone = {"grounds": ["9(2)(a)"], "reason": "A private phone.", "public_interest": "021 555 010"}
    propose(place="cover.contacts.1.mobile", start=0, end=11, **phone)
    propose(place="cover.contacts.1.name", start=0, end=4)
    decide(line, "part", reason="")
    (paper,) = record_of(request_)["papers"]
    assert paper["said"] == [
        "2 places withheld.",
        "1 place: s 9(2)(a) privacy of people.\nReason: A private phone.\n"
        "Public interest: [withheld]",
        "1 place: s 6(c) maintenance of the law and fair trial.\nNo reason was given.",
    ]
    (paper,) = record_of(request_, with_redactions=False)["papers"]
    assert paper["said"] == ["2 places withheld."]


def test_an_act_has_its_time_of_day_unless_it_was_recorded_on_another_day(told):
    timed = {each["what"]: each["is_timed"] for each in record_of(told)["entries"]}
    assert timed["Decision signed: given in full"]
    assert not timed["Received"]


def test_a_letter_that_was_signed_is_given_in_its_words_and_without_who_asked_if_need_be(told):
    (letter,) = record_of(told)["letters"]
    assert letter["title"].startswith("Decision, signed on 22 May 2013 by ")
    assert told.requester_name in letter["lines"]
    assert letter["lines"][-1].startswith("1 · ")
    (hidden,) = record_of(told, with_requester=False)["letters"]
    assert len(hidden["lines"]) == len(letter["lines"])
    assert told.requester_name not in str(hidden["lines"])


def test_a_letter_whose_requester_was_removed_is_told_by_its_digest(told):
    type(told).objects.filter(pk=told.pk).update(state="closed", closed_on=TODAY)
    purging.purge_requesters(closed_before=date(2020, 1, 1), on=date(2020, 1, 1))
    (purged,) = record_of(told)["letters"]
    assert (purged["lines"], purged["why_not"]) == (
        [],
        "Its text was removed with the name and address of who asked.",
    )

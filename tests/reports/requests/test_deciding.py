"""Test the decision: its letter, what blocks it, who may sign it, and how late it is."""

from dataclasses import replace
from datetime import date
from unittest import mock

import pytest
from django.db import transaction

from reports.requests.letters import letter_from
from reports.requests.models import RequestLetter
from reports.requests.services import deciding, letters, redactions, requests
from tests.factories import AgencyFactory, BriefingFactory, IssuedPaperFactory, SeatFactory
from tests.reports.requests.conftest import (
    NOW,
    OMBUDSMAN,
    TODAY,
    TYPED,
    fresh,
    killed_at_each_write,
)
from tests.reports.requests.factories import ConsultationFactory
from tests.reports.requests.test_requests import refusal_of
from workitems.plan.services import Conflict

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def blocked(request, on=TODAY):
    return deciding.obstacles(request, on=on, ombudsman=OMBUDSMAN)


def test_a_signed_decision_is_frozen_and_sent_with_its_letter(
    ready, sign, request_, decision_maker
):
    letter = ready()
    event = sign(letter)
    row = fresh(letter)
    assert (event.kind, event.outcome, event.letter) == ("decision_notified", "in_full", row)
    assert (row.sent_by, row.sent_on, bytes(row.pdf)) == (
        decision_maker,
        TODAY,
        b"%PDF-1.7 letter",
    )
    assert fresh(request_).state == "decided"
    # The real decision was due on 21 May.
    assert requests.clock(request_).late_by(date(2030, 1, 1)) == 1


@pytest.mark.both_databases
def test_a_decision_that_is_killed_at_any_write_leaves_nothing(ready, sign, request_):
    letter = ready()

    def stored():
        row = fresh(letter)
        state = fresh(request_).state
        return state, row.sent_on, bytes(row.pdf), request_.events.filter(letter=row).count()

    kills = killed_at_each_write(lambda: sign(letter, sends=False), stored=stored)
    assert kills == [("ready", None, b"", 0)] * len(kills)
    assert (
        len(kills) >= 5
    )  # the letter, an event, the request, and the history of letter and request
    assert stored() == ("decided", TODAY, b"%PDF-1.7 letter", 1)


def test_a_decision_that_gives_nothing_and_is_killed_at_any_write_leaves_the_request_open(
    ready, sign, request_
):
    letter = ready("withheld", grounds=["6(a)"])

    def stored():
        return fresh(request_).state, fresh(request_).closed_on, fresh(letter).sent_on

    kills = killed_at_each_write(lambda: sign(letter, sends=False), stored=stored)
    assert kills == [("ready", None, None)] * len(kills)
    assert stored() == ("refused", TODAY, TODAY)
    assert request_.events.get(kind="decision_notified").outcome == "refused"


def test_a_decision_is_not_signed_before_it_is_ready(request_, line, prepared, sign, decide):
    decide(line, "full")
    assert refusal_of(sign, letter=prepared(request_)) == (
        "This request is preparing; only a request that is ready is decided."
    )


def test_whoever_prepared_a_decision_never_signs_it(ready, sign, adviser):
    assert refusal_of(sign, letter=ready(), by=adviser) == (
        "You prepared this decision. Another decision-maker must sign it."
    )


def test_whoever_prepared_it_before_another_did_never_signs_it(
    request_, line, decide, prepared, sign, adviser, reviewer, decision_maker
):
    decide(line, "full")
    letter = prepared(request_, by=decision_maker)
    letter = prepared(request_, letter=letter, version=letter.version)
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    assert refusal_of(sign, letter=letter) == (
        "You prepared this decision. Another decision-maker must sign it."
    )


def test_whoever_advised_on_its_papers_never_signs_it(
    line, title_withheld, ready, sign, decision_maker, adviser
):
    row = title_withheld(line, by=decision_maker)
    assert row.proposed_by == decision_maker
    assert refusal_of(sign, letter=ready("part")) == (
        "You acted as adviser on this request. Another decision-maker must sign it."
    )


def test_whoever_recorded_what_happened_to_a_request_never_signs_it(
    request_, ready, sign, decision_maker
):
    requests.acknowledge(request=request_, on=date(2013, 4, 23), by=decision_maker, at=NOW)
    assert refusal_of(sign, letter=ready()) == (
        "You acted as adviser on this request. Another decision-maker must sign it."
    )


def test_whoever_sent_a_decision_back_may_sign_it_later(
    request_, ready, sign, prepared, adviser, reviewer, decision_maker
):
    letter = ready()
    requests.send_back(request=request_, reason="A date is wrong", by=decision_maker, at=NOW)
    letter = prepared(request_, letter=letter, version=letter.version)
    act = {"request": request_, "ombudsman": OMBUDSMAN, "at": NOW}
    assert refusal_of(requests.send_for_review, by=adviser, **act) == (
        "Answer what the request was sent back for."
    )
    requests.send_for_review(by=adviser, answer="Mended", **act)
    requests.finish_review(by=reviewer, **act)
    assert sign(letter).recorded_by == decision_maker


def test_whoever_reviewed_a_request_may_sign_its_decision(request_, ready, sign, reviewer, agency):
    SeatFactory(agency=agency, role="oia_decision_maker", user=reviewer)
    assert sign(ready(), by=reviewer).recorded_by == reviewer


def test_all_that_blocks_a_decision_is_said(request_, line, decide, prepared, adviser):
    undecided = f"Document 1, “{line.title}”, has no decision."
    assert blocked(request_) == (undecided, "The letter with the decision is not prepared.")
    letters.prepare_letter(
        request=request_,
        kind="decide",
        typed={},
        on=TODAY,
        ombudsman=OMBUDSMAN,
        by=adviser,
        at=NOW,
    )
    assert blocked(request_) == (
        "Name a contact, with a phone number or an email address.",
        "The letter has no signatory.",
        undecided,
    )


def test_a_paper_in_part_needs_words_withheld_and_their_notes(
    request_, line, decide, prepared, title_withheld, adviser
):
    decide(line, "part")
    prepared(request_)
    which = f"Document 1, “{line.title}”,"
    nothing = (
        f"{which} is released in part, but nothing of it is withheld. Choose the words to withhold, or "
        "release it in full."
    )
    assert blocked(request_) == (nothing,)
    act = {"request": request_, "ombudsman": OMBUDSMAN, "by": adviser, "at": NOW}
    assert refusal_of(requests.send_for_review, **act) == nothing
    title_withheld(line, grounds=["9(2)(j)"], public_interest="Little")
    letter = request_.letters.get()
    prepared(request_, letter=letter, version=letter.version)
    assert blocked(request_) == ()


def test_a_letter_without_how_to_complain_is_refused(ready, sign):
    letter = ready()
    whole = letters.write

    def write(kind, facts):
        text = whole(kind, facts)
        return replace(text, parts=tuple(p for p in text.parts if p.purpose != "complaint"))

    with mock.patch.object(letters, "write", write):
        assert refusal_of(sign, letter=letter) == (
            "The letter does not say how to complain to the Ombudsman (section 28(3))."
        )
    assert not fresh(letter).is_sent


@pytest.mark.both_databases
def test_a_late_decision_apologises_unless_somebody_says_why_not(request_, line, decide, prepared):
    decide(line, "full")
    letter = prepared(request_)
    sentences = str(letter.content)
    assert "sorry" in sentences or "apolog" in sentences
    assert refusal_of(prepared, request=request_, letter=letter, version=1, has_apology=False) == (
        "Say why a late decision has no apology."
    )
    without = prepared(
        request_,
        letter=letter,
        version=letter.version,
        has_apology=False,
        no_apology_reason="The requester agreed to wait",
    )
    assert blocked(request_) == ()
    assert str(without.content) != sentences


def test_a_decision_is_signed_as_it_was_read(ready, sign, request_, adviser):
    letter = ready()
    requests.acknowledge(request=request_, on=TODAY, by=adviser, at=NOW)
    assert refusal_of(sign, letter=letter) == (
        "The records have changed since this letter was written. Send it back, so that the adviser rewrites it."
    )
    with pytest.raises(Conflict), transaction.atomic():
        letter.version -= 1
        sign(letter)


def test_a_decision_is_dated_on_the_day_of_its_signature(ready, sign, request_):
    letter = ready()
    shown = letter_from(letter.content)
    day = date(2013, 5, 21)
    assert refusal_of(sign, letter=letter, on=day, shown=shown) == (
        "The records have changed since this page was opened. Read the letter again."
    )
    sign(letter, on=day)
    assert fresh(letter).content["dated"] == "2013-05-21"
    assert "sorry" not in str(fresh(letter).content) and "apolog" not in str(fresh(letter).content)


@pytest.mark.both_databases
def test_the_letter_is_written_again_when_it_is_sent_for_review_and_when_the_review_ends(
    request_, line, decide, prepared, propose, adviser, reviewer, sign
):
    """The adviser withholds more after writing it, and the reviewer declines that."""
    decide(line, "part", grounds=["6(a)"])
    kept = propose(start=9, end=11, grounds=["6(a)"])
    redactions.agree(redaction=kept, version=kept.version, by=reviewer, at=NOW)
    letter = prepared(request_)
    without = letter.content
    row = propose()
    assert blocked(request_) == (
        f"Document 1, “{line.title}”, has a redaction that is neither agreed nor declined.",
        "The records have changed since this letter was written. Rewrite it.",
    )
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    assert "s 6(c)" in str(fresh(letter).content)
    redactions.decline(redaction=row, version=row.version, reason="It says nothing", by=reviewer)
    requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW)
    letter = fresh(letter)
    assert (letter.content, letter.prepared_by) == (without, adviser)
    assert [each.history_user for each in letter.history.order_by("history_id")] == [
        adviser,
        adviser,
        reviewer,
    ]


def test_a_consultation_without_an_answer_is_left_with_a_reason(line, ready, sign):
    asked = ConsultationFactory(
        line=line, agency=AgencyFactory(name="New Zealand Police"), asked_on=date(2013, 5, 2)
    )
    letter = ready()
    said_of_it = "New Zealand Police was asked about document 1 on 2 May 2013 and has not answered."
    assert refusal_of(sign, letter=letter) == f"{said_of_it} Fix it, or say why you leave it."
    sign(letter, warnings_left={f"unanswered-{asked.pk}": "They agreed by telephone"})
    assert list(fresh(letter).warnings_left.values()) == ["They agreed by telephone"]


def test_a_request_has_one_letter_with_its_decision(request_, line, prepared):
    prepared(request_)
    assert refusal_of(prepared, request=request_) == (
        "There is already a letter with the decision. Change that one."
    )


def test_a_warning_is_left_with_a_reason(request_, line, plan, ready, sign, adviser):
    """A paper in scope is not in the schedule."""
    other = IssuedPaperFactory(
        briefing=BriefingFactory(plan=plan, state="with_minister", tracker_number="10/2")
    )
    row = fresh(request_)
    requests.set_scope(
        request=row,
        scope_from=date(2010, 1, 1),
        scope_to=date(2010, 12, 31),
        scope_note="",
        version=row.version,
        by=adviser,
        at=NOW,
    )
    letter = ready()
    (warned,) = deciding.warnings(fresh(request_))
    assert warned.key == f"unlisted-issued-{other.pk}"
    assert refusal_of(sign, letter=letter) == (
        f"“10/2: {other.briefing.title}” is of {other.briefing.dated:%-d %B %Y}, a day in scope, and the "
        "schedule does not list it. Fix it, or say why you leave it."
    )
    sign(letter, warnings_left={warned.key: "It is the same paper"})
    assert fresh(letter).warnings_left == {warned.key: "It is the same paper"}


def test_a_warning_that_the_adviser_left_needs_no_second_reason(
    line, propose, adviser, reviewer, ready, sign
):
    place = "cover.contacts.0.direct_dial"
    text = redactions.texts_of(redactions.document_of(line))[place]
    row = propose(place, end=len(text), grounds=["6(d)"])
    redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    keys = [warned.key for warned in deciding.warnings_of(fresh(line))]
    assert "unlike-1-direct_dial" in keys
    reasons = dict.fromkeys(keys, "It was public already")
    deciding.leave_warnings(line=line, reasons=reasons, version=line.version, by=adviser)
    letter = ready("part")
    sign(letter)
    assert fresh(letter).warnings_left == reasons


@pytest.mark.both_databases
def test_other_letters_are_sent_once_and_then_frozen(request_, adviser):
    letter = letters.prepare_letter(
        request=request_,
        kind="acknowledge",
        typed=TYPED,
        on=TODAY,
        ombudsman=OMBUDSMAN,
        by=adviser,
        at=NOW,
    )
    act = {
        "on": TODAY,
        "pdf": b"%PDF-1.7",
        "docx": b"PK",
        "ombudsman": OMBUDSMAN,
        "by": adviser,
        "at": NOW,
    }
    sent = letters.send_letter(letter=letter, version=letter.version, **act)
    assert (sent.is_sent, sent.sent_by) == (True, adviser)
    event = requests.acknowledge(request=request_, on=TODAY, by=adviser, at=NOW, letter=sent)
    assert event.letter == sent
    assert refusal_of(letters.send_letter, letter=sent, version=sent.version, **act) == (
        "This letter was sent on 22 May 2013."
    )
    assert RequestLetter.objects.sent().count() == 1


def test_a_phrase_that_can_be_read_elsewhere_is_asked_about_once_and_not_for_each_piece():
    phrase = "agencies ask for money for safe places to stay together."
    pieces = (phrase, "Agencies ask for money for safe places to", "04 915 4444")
    assert deciding._longest(pieces) == [phrase, "04 915 4444"]

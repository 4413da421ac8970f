"""Test redactions: who proposes and agrees them, their grounds, and words that have changed."""

from itertools import product

import pytest

from reports.requests.models import Redaction
from reports.requests.services import redactions, requests, schedule
from tests.factories import MeetingFactory, MeetingPaperFactory
from tests.reports.requests.conftest import NOW, OMBUDSMAN, fresh
from tests.reports.requests.factories import RedactionFactory
from tests.reports.requests.test_requests import refusal_of

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

State = Redaction.State
NAME = "cover.contacts.0.name"


def test_one_person_proposes_and_another_agrees(propose, adviser, reviewer):
    row = propose()
    act = {"redaction": row, "version": row.version, "at": NOW}
    assert refusal_of(redactions.agree, by=adviser, **act) == (
        "You proposed this redaction. Another reviewer must agree to it."
    )
    agreed = redactions.agree(by=reviewer, **act)
    assert (agreed.state, agreed.agreed_by, agreed.proposed_by) == ("agreed", reviewer, adviser)
    assert [span.grounds for span in redactions.spans_of(agreed.line)] == [("6(c)",)]


@pytest.mark.both_databases
def test_a_reviewer_declines_with_a_reason_and_the_proposer_withdraws(propose, adviser, reviewer):
    row = propose()
    act = {"redaction": row, "version": row.version}
    assert refusal_of(redactions.decline, reason=" ", by=reviewer, **act) == (
        "Say why these words can be released."
    )
    assert refusal_of(redactions.decline, reason="It is public", by=adviser, **act) == (
        "You proposed this redaction. Withdraw it instead."
    )
    assert redactions.decline(reason="It is public", by=reviewer, **act).state == "declined"
    other = propose()
    assert (
        redactions.withdraw(redaction=other, reason="", version=1, by=adviser).state == "withdrawn"
    )


def test_an_agreed_redaction_is_withdrawn_with_a_reason(line, title_withheld, adviser):
    row = title_withheld(line)
    act = {"redaction": row, "version": row.version, "by": adviser}
    assert refusal_of(redactions.withdraw, reason="", **act) == (
        "This was agreed. Say why the words can be released now."
    )
    assert redactions.withdraw(reason="They are public", **act).state == "withdrawn"
    assert redactions.spans_of(line) == ()


@pytest.mark.parametrize(("start", "end"), product(State, State))
def test_a_step_that_the_state_does_not_allow_is_refused(start, end, reviewer):
    made = RedactionFactory(agreed=True) if start == State.AGREED else RedactionFactory(state=start)
    if end == State.AGREED:
        made.agreed_by, made.agreed_as, made.agreed_at = reviewer, "Reviewer", NOW
    if end in Redaction.NEXT[start]:
        if end == State.DECLINED:
            made.agreed_by, made.agreed_as, made.agreed_at = None, "", None
        assert redactions._move(made, end, by=reviewer).state == end
        return
    assert refusal_of(redactions._move, row=made, to=end, by=reviewer) == (
        f"This redaction is {start.label.lower()}; it cannot become {end.label.lower()} from there."
    )


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"grounds": []}, "Choose the ground on which these words are withheld."),
        ({"end": 0}, "Choose the words that are withheld."),
        ({"end": 10_000}, "Choose the words that are withheld."),
        ({"place": "cover.secret"}, "Choose the words that are withheld."),
        ({"spans": []}, "Choose the words that are withheld."),
        ({"document_sha256": "0" * 64}, redactions.CHANGED),
        (
            {"grounds": ["SENSITIVE"]},
            "“SENSITIVE” is a security marking, and a marking is never a ground. Choose the section "
            "of the Act that protects these words.",
        ),
        (
            {"grounds": ["9(2)(f)(iv)"]},
            "s 9(2)(f)(iv) can be outweighed by the public interest. Say why release would be in the public "
            "interest, and why that does not outweigh the ground.",
        ),
    ],
)
@pytest.mark.both_databases
def test_a_wrong_proposal_is_refused_in_a_sentence(propose, others, sentence):
    assert refusal_of(propose, **others) == sentence
    assert not Redaction.objects.exists()


def test_the_same_words_are_withheld_once(propose, line):
    propose()
    title = redactions.texts_of(redactions.document_of(line))["cover.title"]
    assert refusal_of(propose) == f"“{title[:8].strip()}” is already withheld."


def test_privacy_alone_does_not_withhold_an_officials_name_without_why(propose, line):
    name = redactions.texts_of(redactions.document_of(line))[NAME]
    private = {"grounds": ["9(2)(a)"], "public_interest": "Little", "end": len(name)}
    assert refusal_of(propose, place=NAME, **private) == (
        "The Ombudsman does not accept privacy by itself for an official’s name. Say why this "
        "person’s name is withheld, or choose s 9(2)(g)(ii) (improper pressure or harassment) or "
        "s 6(d) (safety of a person)."
    )
    assert propose(place=NAME, reason="They were threatened", **private).reason
    both = {**private, "grounds": ["9(2)(a)", "6(d)"], "start": 1}
    assert propose(place=NAME, **both).ground_codes == ("6(d)", "9(2)(a)")


def test_an_officials_number_is_withheld_on_privacy_without_being_asked(propose, line):
    number = "cover.contacts.0.direct_dial"
    text = redactions.texts_of(redactions.document_of(line))[number]
    row = propose(
        place=number, end=len(text), grounds=["9(2)(a)"], public_interest="Little", reason=""
    )
    assert row.reason == ""


@pytest.mark.both_databases
def test_a_redaction_whose_words_have_changed_is_refused(propose, line, reviewer):
    right = propose()
    wrong = RedactionFactory(line=line, start=9, end=12)
    assert (
        refusal_of(redactions.agree, redaction=wrong, version=wrong.version, by=reviewer, at=NOW)
        == redactions.CHANGED
    )
    assert fresh(wrong).state == "proposed"
    redactions.agree(redaction=right, version=right.version, by=reviewer, at=NOW)


def test_a_whole_paragraph_can_be_withheld(propose, line, reviewer):
    document = redactions.document_of(line)
    whole = next(leaf for leaf in redactions.wholes(document) if "Paragraph 1" in leaf.where)
    row = propose(place=whole.place, end=len(whole.text))
    redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    withheld = redactions.withheld_strings(line)
    assert withheld
    assert all(text in whole.text for text in withheld)


def test_only_a_briefing_is_redacted_here(request_, line, plan, propose, adviser):
    pack = MeetingPaperFactory(meeting=MeetingFactory(plan=plan))
    other = schedule.add_paper(request=request_, paper=pack, by=adviser)
    assert refusal_of(propose, line=other, document_sha256="").startswith(
        "Only a briefing is redacted here."
    )


def test_a_redaction_without_an_answer_keeps_a_request_from_being_ready(
    line, propose, decide, request_, adviser, reviewer
):
    row = propose()
    decide(line, "part")
    requests.send_for_review(request=request_, ombudsman=OMBUDSMAN, by=adviser, at=NOW)
    assert refusal_of(
        requests.finish_review,
        request=request_,
        ombudsman=OMBUDSMAN,
        by=reviewer,
        at=NOW,
    ) == ("A redaction on line 1 is neither agreed nor declined.")
    redactions.agree(redaction=row, version=row.version, by=reviewer, at=NOW)
    assert (
        requests.finish_review(request=request_, ombudsman=OMBUDSMAN, by=reviewer, at=NOW).state
        == "ready"
    )
    assert refusal_of(
        redactions.withdraw, redaction=row, reason="No", version=2, by=adviser
    ).startswith("This request is ready to sign; its schedule changes")

"""Test clearance: asking agencies, answers, changes that ask again, and comments."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from reports import checks
from reports.briefings.services import states
from reports.clearance import services as clearance
from reports.document import Verb
from reports.drafting import concerns, draft_rows
from reports.drafting.paper import read_drafted
from reports.models import Briefing, Clearance, ClearanceComment
from reports.workshop.services import drafts
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    ClearanceCommentFactory,
    ClearanceFactory,
    SupportFactory,
    UserFactory,
)
from tests.reports.drafted import BEFORE, drafted
from workitems.plan.services import Conflict, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("before_the_paper")]

TODAY, DUE = date(2010, 7, 1), date(2010, 7, 15)
State = Briefing.State
ANSWERS = {
    "concurs": {"answer": "concurs", "words": ""},
    "comment": {"answer": "comment", "words": "The brochure is printed in two runs."},
    "dissents": {"answer": "dissents", "words": "The cost is not in our baseline."},
}


@pytest.fixture
def approver():
    return UserFactory(name="Police approver")


@pytest.fixture
def briefing(plan, item, by):
    """A draft in which one paragraph, the figures, comes from the item that Police leads."""
    return drafted(plan, item, by)


@pytest.fixture
def consulted(briefing, police, customs, by):
    return ask(briefing, [police, customs], by)


@pytest.fixture
def of_police(consulted, police):
    return consulted.clearances.get(agency=police)


def ask(briefing, agencies, by, due_on=DUE):
    return clearance.ask(
        briefing=briefing, agencies=agencies, due_on=due_on, by=by, on=TODAY, at=BEFORE
    )


def read(row):
    """Return the hash that the agency's page carries."""
    draft = draft_rows.read_draft(row.briefing).draft
    return concerns.fingerprint(concerns.current_texts(row, draft, concerns.owners_of(draft)))


def answer(row, by, **how):
    row = Clearance.objects.get(pk=row.pk)
    how = {"version": row.version, "read": read(row), **ANSWERS["concurs"]} | how
    return clearance.answer(clearance=row, by=by, at=BEFORE, **how)


def states_of(briefing):
    rows = briefing.clearances.order_by("agency__short_name")
    return [(row.agency.short_name, row.answer, row.is_withdrawn) for row in rows]


def own(briefing, agency):
    draft = draft_rows.read_draft(briefing).draft
    keys = concerns.own_keys(draft, concerns.owners_of(draft), agency.pk)
    return [draft.numbers[key] for key in keys]


# --- asking -----------------------------------------------------------------------------------


def test_asking_puts_the_draft_into_consultation(consulted):
    assert consulted.state == State.IN_CONSULTATION
    assert states_of(consulted) == [("Customs", "", False), ("Police", "", False)]
    assert [row.due_on for row in consulted.clearances.all()] == [DUE, DUE]


def test_members_can_be_asked_except_the_coordinating_agency(briefing, police, customs):
    AgencyFactory(short_name="Health")
    assert clearance.agencies_to_ask(briefing) == [customs, police]


def test_an_agency_can_be_added_later_and_an_unanswered_one_removed(briefing, police, customs, by):
    ask(briefing, [police], by)
    ask(briefing, [customs], by, due_on=date(2010, 7, 20))
    assert states_of(briefing) == [("Customs", "", False), ("Police", "", True)]
    ask(briefing, [police, customs], by)
    assert states_of(briefing) == [("Customs", "", False), ("Police", "", False)]
    police_history = briefing.clearances.get(agency=police).history.order_by("history_id")
    assert [row.history_change_reason for row in police_history] == [
        "Asked for clearance",
        "No longer asked",
        "Asked for clearance",
    ]


def test_asking_the_same_agencies_again_writes_nothing(consulted, police, customs, by):
    ask(consulted, [police, customs], by)
    assert [row.history.count() for row in consulted.clearances.all()] == [1, 1]


def test_an_agency_that_answered_cannot_be_removed(consulted, of_police, customs, approver, by):
    answer(of_police, approver, **ANSWERS["dissents"])
    with pytest.raises(Refused) as refusal:
        ask(consulted, [customs], by)
    assert str(refusal.value) == ("Police already answered, and the paper says so. Keep it ticked.")
    assert states_of(consulted) == [("Customs", "", False), ("Police", "dissents", False)]


def test_asking_needs_an_agency_of_the_plan_and_a_due_date_not_in_the_past(
    briefing, police, labour, by
):
    faults = [
        ([], DUE, "Choose at least one agency.", "agencies"),
        ([labour], DUE, "Choose only agencies of the working group.", "agencies"),
        ([AgencyFactory()], DUE, "Choose only agencies of the working group.", "agencies"),
        ([police], date(2010, 6, 30), "Enter today or a later date.", "due_on"),
    ]
    for agencies, due_on, words, field in faults:
        with pytest.raises(Refused) as refusal:
            ask(briefing, agencies, by, due_on=due_on)
        assert (str(refusal.value), refusal.value.field) == (words, field)
    briefing.refresh_from_db()
    assert (briefing.state, briefing.clearances.count()) == (State.DRAFTING, 0)


def test_agencies_are_not_asked_before_there_is_a_draft(plan, police, by):
    with pytest.raises(Refused) as refusal:
        ask(BriefingFactory(plan=plan), [police], by)
    assert str(refusal.value) == (
        "Begin the draft first. The agencies read it paragraph by paragraph."
    )


@pytest.mark.parametrize("state", set(State) - set(Briefing.OPEN))
def test_agencies_can_be_asked_only_about_an_open_draft(briefing, police, by, state):
    Briefing.objects.filter(pk=briefing.pk).update(state=state)
    with pytest.raises(Refused):
        ask(briefing, [police], by)
    assert briefing.clearances.count() == 0


# --- owners of paragraphs ---------------------------------------------------------------------


def test_an_agency_owns_paragraphs_written_from_its_items(briefing, police, customs):
    assert (own(briefing, police), own(briefing, customs)) == ([2], [])


def test_a_supporting_agency_owns_paragraphs_written_from_the_item(briefing, item, customs):
    SupportFactory(item=item, agency=customs)
    assert own(briefing, customs) == [2]


# --- answering --------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ANSWERS)
@pytest.mark.parametrize("second", ANSWERS)
def test_any_answer_can_be_changed_to_any_other(of_police, approver, first, second):
    answer(of_police, approver, **ANSWERS[first])
    row = answer(of_police, approver, **ANSWERS[second])
    assert (row.answer, row.words) == (second, ANSWERS[second]["words"])
    assert (row.answered_by, row.answered_as) == (approver, "Police approver")
    assert row.history.count() == 3


@pytest.mark.parametrize(
    ("how", "words", "field"),
    [
        ({"answer": ""}, "Choose your agency’s answer.", "answer"),
        ({"answer": "yes"}, "Choose your agency’s answer.", "answer"),
        (
            {"answer": "comment", "words": " "},
            "Write the comment that is to be printed.",
            "words",
        ),
        (
            {"answer": "dissents"},
            "Say why your agency does not concur; the reason is printed.",
            "words",
        ),
        (
            {"words": "But"},
            "Leave this blank to concur without comment. To have it printed, choose “Concurs with comment”.",
            "words",
        ),
        ({"answer": "comment", "words": "x" * 1001}, "Enter at most 1,000 characters.", "words"),
        (
            {"answer": "comment", "words": "Yes 🙂"},
            "The character “🙂” (U+1F642) cannot be printed in this paper’s typeface. Please write it "
            "another way.",
            "words",
        ),
    ],
)
def test_an_incomplete_answer_is_refused(of_police, approver, how, words, field):
    with pytest.raises(Refused) as refusal:
        answer(of_police, approver, **how)
    assert (str(refusal.value), refusal.value.field) == (words, field)
    assert Clearance.objects.get(pk=of_police.pk).answer == ""


def test_an_answer_after_a_colleagues_is_a_conflict(of_police, approver):
    version = of_police.version
    answer(of_police, approver, **ANSWERS["dissents"])
    with pytest.raises(Conflict) as conflict:
        answer(of_police, approver, version=version)
    assert conflict.value.current.answer == "dissents"


def test_an_answer_to_text_that_changed_meanwhile_is_refused(consulted, of_police, approver, by):
    seen = read(of_police)
    change(consulted, 2, by)
    with pytest.raises(Refused) as refusal:
        answer(of_police, approver, read=seen)
    assert refusal.value.field == "answer"
    assert answer(of_police, approver).is_answered


@pytest.mark.parametrize("state", set(State) - {State.IN_CONSULTATION})
def test_answers_and_comments_need_a_paper_in_consultation(of_police, approver, state):
    Briefing.objects.filter(pk=of_police.briefing_id).update(state=state)
    with pytest.raises(Refused):
        answer(of_police, approver)
    with pytest.raises(Refused):
        say(of_police, approver)


def test_an_agency_that_is_no_longer_asked_cannot_answer(
    consulted, of_police, customs, approver, by
):
    ask(consulted, [customs], by)
    with pytest.raises(Refused) as refusal:
        answer(of_police, approver)
    assert str(refusal.value) == "Police is no longer asked for its clearance."


# --- asked again ------------------------------------------------------------------------------


def change(briefing, number, by, text="Other words."):
    draft = draft_rows.read_draft(briefing).draft
    key = next(key for key, n in draft.numbers.items() if n == number)
    version = briefing.draft_paragraphs.get(key=key).version
    return drafts.edit(briefing=briefing, key=key, text=text, version=version, by=by)


@pytest.fixture
def cleared(consulted, approver):
    """A draft on which both agencies have concurred."""
    for row in consulted.clearances.all():
        answer(row, approver)
    return consulted


def asked_again(briefing):
    rows = briefing.clearances.filter(answer="").order_by("agency__short_name")
    return [(row.agency.short_name, row.reopened_because) for row in rows]


def test_a_dissent_reset_by_a_change_stops_authorisation_until_answered(
    consulted, of_police, customs, approver, by
):
    answer(of_police, approver, **ANSWERS["dissents"])
    assert blocking_dissents(consulted) == []
    change(consulted, 2, by)
    assert blocking_dissents(consulted) == [
        "Police did not concur, and has not answered since it was asked again. Until it answers, the paper "
        "does not say so."
    ]
    with pytest.raises(Refused) as refusal:  # and removing it from those asked is refused too
        ask(consulted, [customs], by)
    assert str(refusal.value) == (
        "Police answered before words changed, and is asked again. Keep it ticked."
    )
    answer(of_police, approver)
    assert blocking_dissents(consulted) == []


def blocking_dissents(briefing):
    found = checks.blocking(
        read_drafted(Briefing.objects.get(pk=briefing.pk)), checks.Gate.AUTHORISATION
    )
    return [check.words for check in found if check.key.startswith("dissent-")]


def test_changing_a_cleared_paragraph_asks_only_its_agency_again(cleared, by):
    change(cleared, 2, by)
    assert asked_again(cleared) == [("Police", "Paragraph 2 was changed.")]
    row = cleared.clearances.get(agency__short_name="Police")
    assert (row.answered_by, row.answered_at, row.answered_as) == (None, None, "")
    reasons = row.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(reasons) == [
        "Asked for clearance",
        "Concurs",
        "Asked again: Paragraph 2 was changed.",
    ]


def test_changing_another_paragraph_asks_nobody_again(cleared, by):
    change(cleared, 1, by)
    assert asked_again(cleared) == []


def test_moving_or_saving_the_same_text_asks_nobody_again(cleared, by):
    key = list(draft_rows.read_draft(cleared).draft.numbers)[1]
    drafts.step(briefing=cleared, key=key, places=-1, by=by)
    row = cleared.draft_paragraphs.get(key=key)
    drafts.edit(briefing=cleared, key=key, text=row.text, version=row.version, by=by)
    assert asked_again(cleared) == []


def test_hiding_or_restoring_a_cleared_paragraph_asks_its_agency_again(cleared, by, approver):
    change(cleared, 2, by)
    answer(cleared.clearances.get(agency__short_name="Police"), approver)
    key = list(draft_rows.read_draft(cleared).draft.numbers)[1]
    row = cleared.draft_paragraphs.get(key=key)
    first = row.history.order_by("history_id")[0]
    drafts.go_back(briefing=cleared, key=key, to=first.history_id, version=row.version, by=by)
    assert asked_again(cleared) == [("Police", "Paragraph 2 was changed.")]
    answer(cleared.clearances.get(agency__short_name="Police"), approver)
    drafts.hide(briefing=cleared, key=key, by=by)
    assert asked_again(cleared) == [("Police", "A paragraph was left out.")]


def test_changing_a_recommendation_asks_every_agency_again(cleared, by):
    row = cleared.draft_asks.get()
    drafts.save_ask(
        briefing=cleared,
        key=row.key,
        verb=Verb.AGREE,
        text="to fund it",
        options="",
        version=1,
        by=by,
    )
    words = "Recommendation 1 was changed."
    assert asked_again(cleared) == [("Customs", words), ("Police", words)]


def test_a_paragraph_that_an_agency_commented_on_is_cleared_with_its_own(consulted, customs, by):
    row = consulted.clearances.get(agency=customs)
    first = next(iter(draft_rows.read_draft(consulted).draft.numbers))
    say(row, by, key=first)
    answer(row, by)
    change(consulted, 1, by)
    assert asked_again(consulted)[0] == ("Customs", "Paragraph 1 was changed.")


def test_answers_are_kept_through_a_recall_and_a_second_consultation(cleared, police, customs, by):
    states.recall(briefing=cleared, reason="A figure is wrong", by=by)
    ask(cleared, [police, customs], by)
    assert states_of(cleared) == [("Customs", "concurs", False), ("Police", "concurs", False)]


def test_a_change_while_recalled_also_asks_the_agency_again(cleared, by):
    states.recall(briefing=cleared, reason="A figure is wrong", by=by)
    change(cleared, 2, by)
    assert asked_again(cleared) == [("Police", "Paragraph 2 was changed.")]


def test_a_long_list_of_changes_is_shortened(cleared, police, by):
    source = draft_rows.read_draft(cleared).draft
    sources = next(p for p in source.parts() if source.numbers.get(p.key) == 2).sources
    for number in range(6):
        drafts.add(
            briefing=cleared, section="purpose", text=f"Words {number}.", sources=sources, by=by
        )
    assert asked_again(cleared) == [("Police", "Paragraph 1 is new.")]
    row = cleared.clearances.get(agency=police)
    draft = draft_rows.read_draft(cleared).draft
    found = concerns.changes(draft, concerns.owners_of(draft), police.pk, row.cleared)
    assert concerns.changes_in_words(found) == (
        "Paragraph 1 is new, paragraph 2 is new, paragraph 3 is new, paragraph 4 is new and "
        "2 more places differ."
    )


# --- comments ---------------------------------------------------------------------------------


def say(row, by, key="", text="Say what it costs."):
    return clearance.comment(clearance=row, key=key, text=text, by=by, at=BEFORE)


def test_a_comment_keeps_the_text_of_its_paragraph(consulted, of_police, approver, by):
    key = list(draft_rows.read_draft(consulted).draft.numbers)[0]
    # What is asked of the Minister is filled in.
    before = consulted.draft_paragraphs.get(key=key).text.partition("{")[0]
    made = say(of_police, approver, key=key)
    change(consulted, 1, by)
    assert ClearanceComment.objects.get(pk=made.pk).about.startswith(before)


def test_a_comment_without_text_or_on_a_paragraph_not_in_the_paper_is_refused(of_police, approver):
    for how in ({"key": "p-unknown"}, {"text": " \n "}, {"text": "x" * 4001}):
        with pytest.raises(Refused) as refusal:
            say(of_police, approver, **how)
        assert refusal.value.field == "text"
    assert of_police.comments.count() == 0


def test_a_comment_is_resolved_once_and_reopened_by_a_reply(of_police, approver, by):
    made = say(of_police, approver)
    clearance.resolve(comment=made, resolution="The cost is in paragraph 9.", by=by, at=BEFORE)
    assert not ClearanceComment.objects.unresolved().exists()
    with pytest.raises(Refused) as refusal:
        clearance.resolve(comment=made, resolution="Again", by=by, at=BEFORE)
    assert str(refusal.value) == "Coordinator has resolved this: The cost is in paragraph 9."
    clearance.reply(comment=made, text="It is the wrong year.", by=approver, at=BEFORE)
    row = ClearanceComment.objects.unresolved().get()
    assert (row.resolution, [reply.text for reply in row.replies.all()]) == (
        "",
        ["It is the wrong year."],
    )
    assert row.history.count() == 3


def test_resolving_a_comment_needs_text(of_police, approver, by):
    made = say(of_police, approver)
    with pytest.raises(Refused) as refusal:
        clearance.resolve(comment=made, resolution=" ", by=by, at=BEFORE)
    assert (str(refusal.value), refusal.value.field) == (
        "Say how the comment was resolved.",
        "text",
    )


def test_comments_cannot_change_once_the_text_is_locked(of_police, approver, by):
    made = say(of_police, approver)
    Briefing.objects.filter(pk=of_police.briefing_id).update(state=State.AWAITING)
    with pytest.raises(Refused):
        clearance.resolve(comment=made, resolution="Done", by=by, at=BEFORE)
    with pytest.raises(Refused):
        clearance.reply(comment=made, text="More", by=by, at=BEFORE)


# --- constraints ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "maybe"},
        {"answer": "concurs"},
        {"words": "Words without an answer"},
        {"is_withdrawn": True},
        {"reopened_because": "Paragraph 5 was changed."},
        {"answered_as": ""},
    ],
)
def test_the_database_refuses_an_incomplete_clearance(changes):
    concurring = ClearanceFactory(concurs=True)
    if changes == {"answer": "concurs"}:
        concurring = ClearanceFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Clearance.objects.filter(pk=concurring.pk).update(**changes)


@pytest.mark.parametrize(
    "changes", [{"text": ""}, {"text": "Other"}, {"about": "Other"}, {"resolution": "Only this"}]
)
def test_the_database_refuses_to_change_the_text_of_a_comment(changes):
    made = ClearanceCommentFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ClearanceComment.objects.filter(pk=made.pk).update(**changes)


@pytest.mark.parametrize("statement", ["UPDATE {} SET text = 'Other'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_reply(of_police, approver, statement):
    clearance.reply(comment=say(of_police, approver), text="More", by=approver, at=BEFORE)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("reports_clearancereply"))

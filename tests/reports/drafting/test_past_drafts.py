"""Test rebuilding past drafts from history, and the moments that are offered."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from agencies.records import history
from reports.briefings.services import states
from reports.document import Verb, words
from reports.drafting import draft_rows, past_drafts
from reports.drafting.paper import composed, document_of
from reports.models import Briefing, DraftParagraph
from reports.workshop.services import drafts
from tests.factories import BriefingFactory
from tests.reports.drafted import drafted
from workitems.plan.asat import Moment

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

TODAY = date(2010, 9, 1)


def on(day, hour=0):
    """Write everything in the block then; midnight UTC is noon in New Zealand."""
    return time_machine.travel(datetime(2010, 8, day, hour, tzinfo=UTC), tick=True)


def instant(day, hour=0):
    return datetime(2010, 8, day, hour, tzinfo=UTC)


@pytest.fixture
def draft(plan, item, by):
    with on(2):
        return drafted(plan, item, by)


def first(draft, section):
    rows = draft.draft_paragraphs.filter(section__key=section, is_withdrawn=False)
    return rows.order_by("position")[0]


def texts(document):
    return [words(paragraph.text) for paragraph in document.paragraphs()]


@pytest.mark.both_databases
def test_the_draft_of_any_moment_is_the_paper_of_that_moment(draft, by):
    """After each edit, the draft of that moment is rebuilt completely."""
    row = first(draft, "purpose")
    then = {}

    def act(day, service, **arguments):
        with on(day):
            service(briefing=draft, by=by, **arguments)
        draft.refresh_from_db()
        then[day] = (draft_rows.read_draft(draft).draft, document_of(draft))

    act(3, drafts.edit, key=row.key, text="Our **own** words.", version=1)
    act(4, drafts.add, section="delay", text="Why, in short.", position=0, key="p-own")
    act(5, drafts.move, key="p-own", section="purpose", position=0)
    act(6, drafts.hide, key=row.key)
    act(7, drafts.restore, key=row.key)
    act(8, drafts.merge, key="p-own")
    act(9, drafts.retitle, section="delay", heading="What is late", was="Delay")
    act(
        10, drafts.save_ask,
        key="r-own", verb=Verb.AGREE, text="it", options="yes / no", version=0,
    )  # fmt: skip
    assert DraftParagraph.objects.get(key=row.key).is_withdrawn, "joined to the one before it"
    for day, (plain, document) in then.items():
        assert draft_rows.read_draft_as_at(draft, instant(day, 12)) == plain
        assert past_drafts.read_past_draft(draft, instant(day, 12)) == document


def test_the_cover_and_annexes_are_those_of_that_moment(draft):
    draft.title, draft.annexes = "Another title", []
    with on(4):
        history.save(draft, by=None)
    before, after = (
        past_drafts.read_past_draft(draft, instant(3)),
        past_drafts.read_past_draft(draft, instant(5)),
    )
    assert (before.title, len(before.annexes)) == ("Progress on the Plan", 2)
    assert (after.title, len(after.annexes)) == ("Another title", 0)


def test_there_is_no_draft_before_it_was_begun(draft):
    assert past_drafts.read_past_draft(draft, instant(1)) is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_draft_of_a_moment_is_read_in_three_queries(
    draft, by, count, django_assert_num_queries
):
    for number in range(count):
        drafts.add(briefing=draft, section="delay", text=f"Words {number}.", by=by)
    with django_assert_num_queries(3):
        draft_rows.read_draft_as_at(draft, datetime.now(UTC))


# --- moments offered --------------------------------------------------------------------------


def offered(draft):
    return [(then.moment.words, then.words) for then in past_drafts.moments(draft, TODAY)]


def test_a_draft_that_is_not_begun_has_no_past_versions(plan, item):
    assert past_drafts.moments(BriefingFactory(plan=plan), TODAY) == []


def test_the_beginning_steps_refreshes_and_days_of_editing_are_offered(draft, item, by):
    with on(3, 1):
        drafts.add(briefing=draft, section="delay", text="Why.", by=by)
    item.stage, item.completed_on = "complete", date(2010, 7, 20)
    history.save(item, by=None, at=datetime(2010, 7, 20, tzinfo=UTC))
    with on(4, 2):
        assert drafts.refresh(briefing=draft, composed=composed(draft), by=by) > 0
    with on(5):
        states.start_consultation(briefing=draft, by=by)
    with on(6):
        states.ask_for_authorisation(briefing=draft, by=by)
    with on(7):
        states.send_back(briefing=draft, reason="Say more", by=by)
    with on(8):
        states.recall(briefing=draft, reason="To say more", by=by)
    with on(9):
        states.withdraw(briefing=draft, reason="Not needed", by=by)
    assert offered(draft) == [
        ("9 August 2010 at 12:00", "when it was withdrawn"),
        ("8 August 2010 at 12:00", "when it came back"),
        ("7 August 2010 at 12:00", "when it came back"),
        ("6 August 2010 at 12:00", "when authorisation was asked for"),
        ("5 August 2010 at 12:00", "when it went to the agencies"),
        ("4 August 2010", "at the end of the day"),
        ("4 August 2010 at 14:00", "before it was updated from the records"),
        ("3 August 2010", "at the end of the day"),
        ("2 August 2010", "at the end of the day"),
        ("2 August 2010 at 12:00", "as it was begun"),
    ]


def test_the_current_day_is_not_offered_as_a_day_of_editing(draft):
    assert [then.words for then in past_drafts.moments(draft, date(2010, 8, 2))] == [
        "as it was begun"
    ]


def test_the_moment_of_a_refresh_shows_the_draft_before_it(draft, item, by):
    before = document_of(draft)
    item.stage, item.completed_on = "complete", date(2010, 7, 20)
    history.save(item, by=None, at=datetime(2010, 7, 20, tzinfo=UTC))
    with on(4):
        drafts.refresh(briefing=draft, composed=composed(draft), by=by)
    refreshed = next(
        then
        for then in past_drafts.moments(draft, TODAY)
        if then.words == "before it was updated from the records"
    )
    assert texts(past_drafts.read_past_draft(draft, refreshed.at)) == texts(before)
    assert texts(past_drafts.read_past_draft(draft, refreshed.at + timedelta(minutes=1))) != texts(
        before
    )


@pytest.mark.both_databases
def test_a_correction_starts_its_own_past_and_authorisation_is_a_version(draft):
    state = Briefing.State
    for day, step in (
        (3, state.AWAITING),
        (4, state.AUTHORISED),
        (5, state.DRAFTING),
        (6, state.RETURNED),
    ):
        with on(day):
            draft.state = step
            history.save(draft, by=None)
    assert offered(draft)[:3] == [
        ("6 August 2010 at 12:00", "when its correction was given up"),
        ("5 August 2010 at 12:00", "when its correction began"),
        ("3 August 2010 at 12:00", "when authorisation was asked for"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_moments_of_a_draft_are_found_in_five_queries(
    draft, by, count, django_assert_num_queries
):
    for number in range(count):
        with on(3 + number):
            drafts.add(briefing=draft, section="delay", text=f"Words {number}.", by=by)
    with django_assert_num_queries(5):
        found = past_drafts.moments(draft, TODAY)
    assert Moment.end_of(date(2010, 8, 2 + count)) in [then.moment for then in found]

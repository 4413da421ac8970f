"""Test lateness, freshness and reasons for attention on a day, without a database."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workitems.terms import lateness
from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Concerns, Fresh, Late, Lateness
from workitems.terms.spans import span_in_words

DAY = date(2010, 6, 30)
NOT_ENGLISH = re.compile(r"\b1 (days|months|times|variations)|\b0 ")


def days(number: int) -> date:
    """Return the date so many days after the day of these tests."""
    return DAY + timedelta(days=number)


@dataclass(frozen=True)
class Step:
    """A milestone, by its dates alone."""

    agreed_due: date = DAY
    forecast_due: date = DAY
    completed_on: date | None = None
    withdrawn_on: date | None = None
    original_due: date = DAY
    agreed_known_to: str = "day"
    forecast_known_to: str = "day"
    description: str = "Brochure printed"


# --- one milestone ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "forecast", "state", "late_by"),
    [
        (-2, -2, Late.OVERDUE, 2),
        (-1, -1, Late.OVERDUE, 1),
        (0, 0, Late.DUE_SOON, 0),
        (1, 1, Late.DUE_SOON, 0),
        (30, 30, Late.DUE_SOON, 0),
        (31, 31, Late.ON_TIME, 0),
        (0, 1, Late.SLIPPING, 1),
        (60, 152, Late.SLIPPING, 92),
        (31, 30, Late.ON_TIME, 0),
        (10, 5, Late.DUE_SOON, 0),
        # Once the date has passed it is overdue, whatever the forecast.
        (-1, 92, Late.OVERDUE, 1),
    ],
)
def test_the_status_of_an_open_milestone_follows_its_agreed_and_forecast_dates(
    due, forecast, state, late_by
):
    step = Step(agreed_due=days(due), forecast_due=days(forecast))
    assert lateness.milestone_lateness(step, DAY) == Lateness(state, late_by, days(due))


@pytest.mark.parametrize(
    ("due", "completed", "state", "late_by"),
    [
        (0, 0, Late.DONE, 0),
        (0, -1, Late.DONE, 0),
        (-1, 0, Late.DONE_LATE, 1),
        (-60, -48, Late.DONE_LATE, 12),
        # Done tomorrow is not done today.
        (0, 1, Late.DUE_SOON, 0),
        (-1, 1, Late.OVERDUE, 1),
    ],
)
def test_a_milestone_is_done_from_the_day_it_was_completed(due, completed, state, late_by):
    step = Step(agreed_due=days(due), forecast_due=days(due), completed_on=days(completed))
    assert lateness.milestone_lateness(step, DAY) == Lateness(state, late_by, days(due))


@pytest.mark.parametrize(
    ("withdrawn", "state"), [(-1, Late.WITHDRAWN), (0, Late.WITHDRAWN), (1, Late.OVERDUE)]
)
def test_a_milestone_is_withdrawn_from_the_day_of_the_decision(withdrawn, state):
    step = Step(agreed_due=days(-5), forecast_due=days(-5), withdrawn_on=days(withdrawn))
    assert lateness.milestone_lateness(step, DAY).state == state


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (Lateness(Late.OVERDUE, 1, DAY), "Overdue by one day"),
        (Lateness(Late.SLIPPING, 92, DAY), "Expected three months late"),
        (Lateness(Late.DONE_LATE, 3, DAY), "Done three days late"),
        (Lateness(Late.DUE_SOON), "Due soon"),
        (Lateness(Late.ON_TIME), "On time"),
        (Lateness(Late.DONE), "Done"),
        (Lateness(Late.WITHDRAWN), "Withdrawn"),
    ],
)
def test_lateness_is_given_in_words(late, words):
    assert late.words == words


@pytest.mark.parametrize("state", Late)
def test_only_open_milestones_behind_their_date_count_as_late(state):
    assert Lateness(state).is_late == (state in (Late.OVERDUE, Late.SLIPPING))


# --- an item with several milestones ----------------------------------------------------------

OVERDUE = Step(agreed_due=days(-3), forecast_due=days(-3))
VERY_OVERDUE = Step(agreed_due=days(-30), forecast_due=days(-30))
SLIPPING = Step(agreed_due=days(9), forecast_due=days(99))
SOON = Step(agreed_due=days(9), forecast_due=days(9))
ON_TIME = Step(agreed_due=days(90), forecast_due=days(90))
DONE_LATE = Step(agreed_due=days(-9), completed_on=days(-1))
DONE = Step(completed_on=DAY)
WITHDRAWN = Step(withdrawn_on=DAY)


@pytest.mark.parametrize(
    ("milestones", "state", "late_by"),
    [
        ([], Late.NO_DATE, 0),
        ([OVERDUE, VERY_OVERDUE], Late.OVERDUE, 30),
        ([SLIPPING, OVERDUE], Late.OVERDUE, 3),
        ([ON_TIME, SLIPPING], Late.SLIPPING, 90),
        ([ON_TIME, SOON], Late.DUE_SOON, 0),
        ([DONE_LATE, ON_TIME], Late.ON_TIME, 0),
        ([DONE, DONE_LATE], Late.DONE_LATE, 8),
        ([WITHDRAWN, DONE], Late.DONE, 0),
        ([WITHDRAWN], Late.WITHDRAWN, 0),
    ],
)
def test_an_item_is_as_late_as_its_worst_milestone(milestones, state, late_by):
    late = lateness.item_lateness(milestones, DAY)
    assert (late.state, late.days) == (state, late_by)


@pytest.mark.parametrize(
    ("stage", "milestones", "state"),
    [
        ("under_way", [DONE, WITHDRAWN], Late.NO_DATE),
        ("ongoing", [DONE_LATE], Late.NO_DATE),
        ("under_way", [DONE, ON_TIME], Late.ON_TIME),
        ("complete", [DONE, WITHDRAWN], Late.DONE),
        ("withdrawn", [OVERDUE], Late.WITHDRAWN),
    ],
)
def test_an_item_that_goes_on_without_an_open_milestone_is_not_done(stage, milestones, state):
    assert lateness.item_dates(stage, milestones, DAY).state == state


some_day = st.integers(-400, 400).map(days)
maybe_a_day = st.none() | some_day
steps = st.builds(
    Step,
    agreed_due=some_day,
    forecast_due=some_day,
    completed_on=maybe_a_day,
    withdrawn_on=maybe_a_day,
)


@given(st.lists(steps, min_size=1), some_day)
def test_an_items_lateness_is_that_of_its_worst_milestone(milestones, on):
    item = lateness.item_lateness(milestones, on)
    each = [lateness.milestone_lateness(milestone, on) for milestone in milestones]
    assert item in each
    order = list(Late)
    assert order.index(item.state) == min(order.index(late.state) for late in each)
    assert item.days == max(late.days for late in each if late.state == item.state)


@given(steps, some_day)
def test_lateness_is_at_least_one_day_with_correct_grammar(step, on):
    late = lateness.milestone_lateness(step, on)
    counts = late.state in (Late.OVERDUE, Late.SLIPPING, Late.DONE_LATE)
    assert (late.days >= 1) == counts
    reached = late.due + timedelta(days=late.days)
    length = span_in_words(late.due, reached) if counts else ""
    words = {
        Late.OVERDUE: f"Overdue by {length}",
        Late.SLIPPING: f"Expected {length} late",
        Late.DONE_LATE: f"Done {length} late",
        Late.WITHDRAWN: "Cancelled",
    }
    assert late.words == words.get(late.state, late.state.label)


@given(steps, some_day)
def test_the_lateness_of_an_unchanged_milestone_never_shrinks(step, on):
    """An unchanged open milestone never gets less late from one day to the next."""
    today, tomorrow = (lateness.milestone_lateness(step, on + timedelta(days=n)) for n in (0, 1))
    still_open = tomorrow.state not in (Late.DONE, Late.DONE_LATE, Late.WITHDRAWN)
    if still_open:
        order = list(Late)
        assert order.index(tomorrow.state) <= order.index(today.state)


@pytest.mark.parametrize(
    ("milestones", "due"),
    [
        ([], None),
        ([DONE, WITHDRAWN], None),
        ([ON_TIME, SOON, DONE_LATE], days(9)),
        ([Step(agreed_due=days(1), completed_on=days(1)), SOON], days(1)),
        ([Step(agreed_due=days(1), withdrawn_on=days(1)), SOON], days(1)),
    ],
)
def test_the_next_date_is_the_earliest_that_is_open_on_the_day(milestones, due):
    assert lateness.dates_ahead(milestones, DAY)[1] == (due and KnownDate(due))


def test_of_dates_with_the_same_end_the_next_is_the_most_precise():
    month, quarter = (Step(agreed_known_to=each) for each in ("month", "quarter"))
    for milestones in ([quarter, month], [month, quarter]):
        assert lateness.dates_ahead(milestones, DAY)[1] == KnownDate(DAY, "month")


# --- freshness --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heard", "state", "words"),
    [
        (None, Fresh.NEVER, "No accepted update yet"),
        (1, Fresh.NEVER, "No accepted update yet"),
        (0, Fresh.FRESH, "Updated today"),
        (-1, Fresh.FRESH, "Updated one day ago"),
        (-59, Fresh.FRESH, "Updated eight weeks ago"),
        (-15, Fresh.FRESH, "Updated two weeks ago"),
        (-92, Fresh.FRESH, "Updated three months ago"),
        (-93, Fresh.AGEING, "Updated three months ago"),
        (-184, Fresh.AGEING, "Updated six months ago"),
        (-185, Fresh.STALE, "Updated six months ago"),
    ],
)
def test_freshness_is_the_age_of_the_last_accepted_update(heard, state, words):
    fresh = lateness.freshness(None if heard is None else days(heard), DAY)
    assert (fresh.state, fresh.words) == (state, words)


UNDECIDED = "The cause (prior commitments) needs a decision."


# --- attention --------------------------------------------------------------------------------


# An open item without problems.
ITEM = {
    "confidence": "on_track",
    "reviewer_confidence": "",
    "heard_on": DAY,
    "starts_on": None,
    "late": Lateness(Late.ON_TIME),
}


def reasons(**differs) -> list[tuple[int, str]]:
    """Return the reasons of an open item without problems, but for what differs."""
    item = SimpleNamespace(**{name: differs.pop(name, value) for name, value in ITEM.items()})
    concerns = Concerns(**differs)
    found = lateness.reasons(lateness.ranks(item, DAY, concerns), item, DAY, concerns)
    return [(reason.rank, reason.words) for reason in found]


def test_an_item_without_problems_needs_no_attention():
    assert reasons() == []


@pytest.mark.parametrize(
    ("cause", "settlement", "by", "expected"),
    [
        ("funding", "", None, ""),
        ("funding", "settled", None, "The cause (funding) is settled."),
        ("prior_commitments", "needs_decision", None, UNDECIDED),
        ("cabinet", "settled", None, "The cause (Cabinet decision) is settled."),
        ("other", "needs_decision", None, "The cause needs a decision."),
        ("", "settled", None, "The cause is settled."),
        ("staffing", "being_settled", None, "The cause (staffing) is being settled by Police."),
        (
            "staffing",
            "being_settled",
            DAY,
            f"The cause (staffing) is being settled by Police by {DAY:%-d %B %Y}.",
        ),
        (
            "staffing",
            "being_settled",
            days(-1),
            f"The cause (staffing) was to be settled by Police by {days(-1):%-d %B %Y}.",
        ),
    ],
)
def test_the_cause_of_a_delay_is_named_with_how_it_stands(cause, settlement, by, expected):
    assert lateness.cause_in_words(cause, settlement, "Police", by, DAY) == expected


BY_3_DAYS = Lateness(Late.OVERDUE, 3, days(-3))
BY_90_DAYS = Lateness(Late.SLIPPING, 90, days(1))
MISSED = SimpleNamespace(sentence="The target of six was missed.")


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({"late": BY_3_DAYS}, (2, "Overdue by three days, and no mitigation is recorded.")),
        ({"late": BY_3_DAYS, "is_mitigated": True}, (3, "Overdue by three days.")),
        (
            {"late": BY_3_DAYS, "is_mitigated": True, "causes": [UNDECIDED]},
            (3, f"Overdue by three days. {UNDECIDED}"),
        ),
        (
            {"causes": [UNDECIDED], "late": BY_90_DAYS},
            (4, f"Expected nearly three months late. {UNDECIDED}"),
        ),
        ({"measures": [MISSED]}, (6, "The target of six was missed.")),
        (
            {"not_supported": "OAG"},
            (7, "OAG found that the evidence does not support what was reported."),
        ),
        ({"times_moved": 2}, (8, "Its date has moved twice.")),
        ({"confidence": "off_track"}, (9, "Its agency says it is off track.")),
        (
            {"confidence": "", "reviewer_confidence": "off_track"},
            (9, "The reviewer rates it off track."),
        ),
        ({"confidence": "at_risk"}, (11, "Its agency says it is at risk.")),
        (
            {"confidence": "at_risk", "reviewer_confidence": "at_risk"},
            (11, "Its agency says it is at risk."),
        ),
        ({"risks": ["R3"]}, (10, "R3 is escalated.")),
        ({"risks": ["R3", "R4", "R10"]}, (10, "R3, R4 and R10 are escalated.")),
        ({"late": BY_90_DAYS}, (4, "Expected nearly three months late.")),
        (
            {"reviewer_confidence": "at_risk"},
            (12, "The reviewer rates it at risk; the agency says on track."),
        ),
        ({"heard_on": days(-185)}, (13, "No update accepted for six months.")),
        ({"heard_on": days(-1234)}, (13, "No update accepted for three years and four months.")),
        ({"heard_on": days(-185), "starts_on": DAY}, (13, "No update accepted for six months.")),
        ({"variations_pending": 1}, (14, "A variation is waiting for a decision.")),
        ({"variations_pending": 2}, (14, "2 variations are waiting for a decision.")),
    ],
)
def test_one_fact_gives_its_reason_for_attention(differs, expected):
    assert reasons(**differs) == [expected]


@pytest.mark.parametrize(
    "differs",
    [
        {"late": Lateness(Late.DUE_SOON)},
        {"is_mitigated": True},
        {"times_moved": 1},
        {"confidence": "", "reviewer_confidence": "on_track"},
        {"heard_on": days(-184)},
        {"heard_on": None},
        {"heard_on": days(-400), "starts_on": days(1)},
    ],
)
def test_a_harmless_fact_gives_no_reason_for_attention(differs):
    assert reasons(**differs) == []


def test_reasons_are_ordered_by_urgency():
    found = reasons(
        confidence="off_track",
        reviewer_confidence="at_risk",
        heard_on=days(-200),
        late=BY_3_DAYS,
        times_moved=3,
        variations_pending=1,
        risks=["R1"],
    )
    assert found == [
        (2, "Overdue by three days, and no mitigation is recorded."),
        (8, "Its date has moved three times."),
        (9, "Its agency says it is off track."),
        (10, "R1 is escalated."),
        (12, "The reviewer rates it at risk; the agency says off track."),
        (13, "No update accepted for six months."),
        (14, "A variation is waiting for a decision."),
    ]


@given(
    st.fixed_dictionaries(
        {
            "confidence": st.sampled_from(["", "on_track", "at_risk", "off_track"]),
            "reviewer_confidence": st.sampled_from(["", "on_track", "at_risk", "off_track"]),
            "heard_on": maybe_a_day,
            "starts_on": maybe_a_day,
            "late": st.builds(
                lambda found: lateness.item_lateness(found, DAY), st.lists(steps, max_size=4)
            ),
            "is_mitigated": st.booleans(),
            "times_moved": st.integers(0, 9),
            "variations_pending": st.integers(0, 3),
            "risks": st.lists(st.sampled_from(["R1", "R2", "R3"]), unique=True),
        }
    )
)
def test_reasons_are_sentences_in_rank_order_without_duplicates(differs):
    found = reasons(**differs)
    ranks = [rank for rank, _ in found]
    assert ranks == sorted(set(ranks))
    for _, words in found:
        assert words.endswith(".")
        assert NOT_ENGLISH.search(words) is None


@pytest.mark.parametrize(
    ("state", "sent_back_on", "expected"),
    [
        ("due", None, [(16, "Due three days ago and not submitted.")]),
        ("sent_back", days(-2), [(15, "Sent back two days ago and not answered.")]),
        ("sent_back", days(-1), [(15, "Sent back yesterday and not answered yet.")]),
        ("sent_back", DAY, [(15, "Sent back and not answered yet.")]),
        ("submitted", None, []),
        ("accepted", None, []),
    ],
)
def test_a_return_needs_attention_when_it_is_missing_or_sent_back(state, sent_back_on, expected):
    found = lateness.return_attention(state, days(-3), sent_back_on, DAY)
    assert [(reason.rank, reason.words) for reason in found] == expected


@pytest.mark.parametrize("due_on", [DAY, days(1)])
def test_a_return_is_not_missing_before_its_due_date_is_past(due_on):
    assert lateness.return_attention("due", due_on, None, DAY) == []


# --- the status of an item ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "late", "confidence", "expected"),
    [
        ("complete", Late.OVERDUE, "off_track", "complete"),
        ("withdrawn", Late.OVERDUE, "off_track", "withdrawn"),
        ("under_way", Late.OVERDUE, "on_track", "late"),
        ("not_started", Late.SLIPPING, "at_risk", "late"),
        ("under_way", Late.ON_TIME, "at_risk", "in_doubt"),
        ("ongoing", Late.NO_DATE, "off_track", "in_doubt"),
        ("under_way", Late.DUE_SOON, "on_track", "on_time"),
        ("not_started", Late.ON_TIME, "", "on_time"),
        ("ongoing", Late.NO_DATE, "on_track", "unjudged"),
        ("under_way", Late.NO_DATE, "", "unjudged"),
    ],
)
def test_an_item_has_exactly_one_standing(stage, late, confidence, expected):
    assert lateness.status_of(stage, lateness.Lateness(late), confidence) == expected

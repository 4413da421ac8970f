"""Test what changed between two moments: the sentence of every kind of change, from plain data."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.progress.changes import Kind, counts_in_words, differences
from reports.progress.changes.change import in_order
from reports.progress.changes.compare import PlanThen
from tests.reports.in_memory import no_texts
from workitems.models import Delay
from workitems.models.item import Confidence, Stage
from workitems.plan.plan_at import DelayAt, ItemAt, MilestoneAt, VariationAt
from workitems.terms.item_texts import ITEM_TEXTS
from workitems.terms.lateness import LATE_ORDER, NO_DATES, Status, by_then, status_of

THEN, NOW = date(2009, 8, 1), date(2010, 10, 14)
AUGUST, SEPTEMBER, NOVEMBER = date(2009, 8, 31), date(2010, 9, 30), date(2010, 11, 30)
ITEM = ItemAt(**{
    **no_texts(ItemAt),
    "pk": 1, "number": "1.2", "title": "Print a brochure", "objective": "People know.",
    "action": "Print it.", "pillar": 1, "lead": 1, "is_key": False, "months": None,
    "starts_on": None, "stage": "under_way", "completed_on": None, "confidence": "on_track",
    "heard_on": None, "version": None, "on": NOW,
})  # fmt: skip
BROCHURE = MilestoneAt(
    **no_texts(MilestoneAt) | {
        "pk": 1, "item": 1, "number": 1, "description": "Brochure printed", "responsible": 1,
        "original_due": AUGUST, "original_known_to": "day", "agreed_due": AUGUST,
        "agreed_known_to": "day", "forecast_due": AUGUST, "forecast_known_to": "day",
        "completed_on": None, "withdrawn_on": None, "version": None, "on": NOW,
    },
)  # fmt: skip
FUNDING = DelayAt(
    pk=1, milestone=1, item=1, of="Brochure printed", number=1, cause="funding",
    explanation="the money came in July", effect="", meanwhile="", needs="", money_from="", if_declined="",
    settlement="", settling_agency=None, settling_other="", settling_by=None, found_on=date(2009, 8, 20), ended_on=None,
    due_before=AUGUST, before_known_to="day", due_after=AUGUST, after_known_to="day",
    times_moved=1, version=None, on=NOW,
)  # fmt: skip
WITHDRAWAL = VariationAt(
    pk=1, number=1, kind="withdrawal", item=1, milestone=None, of=None, wording="",
    text_before="", text_after="", reason="it is too dear", state="approved", due_before=None, due_after=None,
    after_known_to="day", adds=None, version=None, on=NOW,
)  # fmt: skip
NAMES = {
    "pillars": {1: "Prevention", 2: "Protection"},
    "agencies": {1: "Police", 2: "Customs"},
}


def compare(before, after):
    """Return the changes as pages list them."""
    return in_order(differences(before, after))


def plan(on, *rows, item=ITEM):
    """Return the plan with the item and its records as on the day."""
    approved = {row.pk: row for row in rows if isinstance(row, VariationAt)}
    items = [item] if item else []
    return plan_then(on, together(on, items, rows), approved)


def plan_then(on, items, approved):
    milestones = {pk: item.milestones for pk, item in items.items()}
    return PlanThen(on=on, items=items, milestones=milestones, approved=approved, **NAMES)


def together(on, items, rows):
    """The items by id, seen from the day, with their milestones and the delays of those."""

    def of(kind, name, pk):
        return [row for row in rows if isinstance(row, kind) and getattr(row, name) == pk]

    return {
        item.pk: item._replace(
            on=on,
            milestones=tuple(
                seen(step, on, "completed_on", "withdrawn_on")._replace(
                    delays=tuple(
                        seen(row, on, "ended_on")
                        for row in of(DelayAt, "milestone", step.pk)
                        if row.found_on <= on
                    )
                )
                for step in of(MilestoneAt, "item", item.pk)
            ),
        )
        for item in items
    }


def seen(row, on, *happened):
    """Return the row as read on the day, without later events."""
    return row._replace(on=on, **{name: by_then(getattr(row, name), on) for name in happened})


def sentences(before, after):
    return [(change.kind, change.sentence) for change in compare(before, after)]


def with_item(**changed):
    return sentences(plan(THEN), plan(NOW, item=ITEM._replace(**changed)))


def with_milestone(was=None, *rows, **changed):
    """What is told of a milestone that became something else; `was` is what it was before."""
    before = BROCHURE._replace(**(was or {}))
    return sentences(plan(THEN, before), plan(NOW, before._replace(**changed), *rows))


# --- the item ---------------------------------------------------------------------------------


def test_a_plan_compared_with_itself_has_no_changes():
    assert sentences(plan(NOW, BROCHURE, FUNDING), plan(NOW, BROCHURE, FUNDING)) == []


def test_a_new_item_shows_its_pillar_lead_and_first_due_date():
    later = BROCHURE._replace(pk=2, number=2, agreed_due=NOVEMBER)
    assert sentences(plan(THEN, item=None), plan(NOW, BROCHURE, later)) == [
        (
            Kind.NEW,
            "1.2 Print a brochure: added under Prevention, led by Police, with 2 milestones, the "
            "first due on 31 August 2009.",
        )
    ]
    assert sentences(plan(THEN, item=None), plan(NOW, BROCHURE))[0][1].endswith(
        "led by Police, with a milestone due on 31 August 2009."
    )
    assert sentences(plan(THEN, item=None), plan(NOW))[0][1].endswith("led by Police.")


def test_an_item_both_new_and_complete_is_reported_as_both():
    item = ITEM._replace(stage="complete", completed_on=SEPTEMBER)
    assert [kind for kind, _ in sentences(plan(THEN, item=None), plan(NOW, item=item))] == [
        Kind.COMPLETED,
        Kind.NEW,
    ]


@pytest.mark.parametrize(
    ("was", "changed", "kind", "sentence"),
    [
        (
            {},
            {"stage": "complete", "completed_on": SEPTEMBER},
            Kind.COMPLETED,
            "completed on 30 September 2010.",
        ),
        ({}, {"stage": "withdrawn"}, Kind.WITHDRAWN, "withdrawn from the plan."),
        (
            {"stage": "complete", "completed_on": THEN},
            {"stage": "withdrawn", "completed_on": None},
            Kind.WITHDRAWN,
            "withdrawn from the plan.",
        ),
        (
            {"stage": "complete", "completed_on": THEN},
            {"stage": "under_way", "completed_on": None},
            Kind.REOPENED,
            "reopened: it was complete and is under way again.",
        ),
        ({}, {"stage": "ongoing"}, Kind.STAGE, "moved from under way to ongoing."),
        (
            {},
            {"confidence": "off_track"},
            Kind.CONFIDENCE,
            "agency’s confidence moved from on track to off track.",
        ),
        (
            {},
            {"confidence": "at_risk", "reviewer_confidence": "off_track"},
            Kind.CONFIDENCE,
            "agency’s confidence moved from on track to at risk; "
            "reviewer’s confidence moved from none given to off track.",
        ),
        ({}, {"lead": 2}, Kind.MOVED, "lead moved from Police to Customs."),
        ({}, {"pillar": 2}, Kind.MOVED, "moved from Prevention to Protection."),
        ({"number": "1.1"}, {"number": "1.2"}, Kind.MOVED, "renumbered from 1.1 to 1.2."),
        ({}, {"action": "Print it twice."}, Kind.REWORDED, "action reworded."),
        (
            {"title": "A brochure"},
            {"title": "Print a brochure", "action": "Print it twice."},
            Kind.REWORDED,
            "title and action reworded.",
        ),
    ],
)
def test_each_change_of_an_item_has_one_sentence(was, changed, kind, sentence):
    before = ITEM._replace(**was)
    after = before._replace(**changed)
    assert sentences(plan(THEN, item=before), plan(NOW, item=after)) == [
        (kind, f"1.2 Print a brochure: {sentence}")
    ]


def test_several_changes_of_an_item_are_reported_separately():
    kinds = [kind for kind, _ in with_item(stage="ongoing", lead=2, confidence="at_risk")]
    assert kinds == [Kind.CONFIDENCE, Kind.STAGE, Kind.MOVED]


def test_a_variation_approved_meanwhile_is_named_with_its_reason():
    withdrawal = WITHDRAWAL._replace(number=3, reason="another agency prints one")
    earlier = WITHDRAWAL._replace(pk=2)
    gone = ITEM._replace(stage="withdrawn")
    assert sentences(plan(THEN, earlier), plan(NOW, earlier, withdrawal, item=gone)) == [
        (
            Kind.WITHDRAWN,
            "1.2 Print a brochure: withdrawn from the plan by V3. Another agency prints one.",
        )
    ]
    wording = WITHDRAWAL._replace(
        pk=4, number=7, kind="wording", wording="action", reason="the web is cheaper"
    )
    [change] = compare(plan(THEN), plan(NOW, wording, item=ITEM._replace(action="Publish it.")))
    assert change.words == "Action reworded by V7."
    assert (change.was, change.now) == ("Print it.", "Publish it.")
    assert [
        (strand.text, strand.is_removed, strand.is_added) for strand in change.wordings[0].strands
    ] == [("Print ", True, False), ("Publish ", False, True), ("it.", False, False)]


# --- its milestones ---------------------------------------------------------------------------


PASSED = (
    Kind.OVERDUE,
    "1.2 Print a brochure: “Brochure printed” passed its agreed date, 31 August 2009 (overdue by a year and "
    "a month).",
)


def test_a_slip_shows_both_dates_the_days_and_the_cause():
    assert with_milestone({}, FUNDING, forecast_due=SEPTEMBER) == [
        (
            Kind.SLIPPED,
            "1.2 Print a brochure: “Brochure printed” slipped from 31 August 2009 to "
            "30 September 2010 (a year and a month), because of funding. The money came in July.",
        ),
        PASSED,
    ]


@pytest.mark.parametrize(
    ("was", "changed", "kind", "words"),
    [
        (
            {},
            {"completed_on": date(2009, 9, 15)},
            Kind.SLIPPED,
            "“Brochure printed” was done on 15 September 2009, two weeks later than expected.",
        ),
        (
            {},
            {},
            Kind.OVERDUE,
            "“Brochure printed” passed its agreed date, 31 August 2009 (overdue by "
            "a year and a month).",
        ),
        (
            {"agreed_due": NOVEMBER, "forecast_due": NOVEMBER},
            {"forecast_due": SEPTEMBER},
            Kind.RECOVERED,
            "“Brochure printed” came nearer, from 30 November 2010 to 30 September 2010 (two months).",
        ),
        (
            {"agreed_due": SEPTEMBER + timedelta(days=30), "forecast_due": date(2011, 1, 31)},
            {"forecast_due": NOVEMBER},
            Kind.RECOVERED,
            "“Brochure printed” came nearer, from 31 January 2011 to 30 November 2010 "
            "(two months), and is still expected a month late.",
        ),
        (
            {"agreed_due": date(2009, 7, 1)},
            {"completed_on": SEPTEMBER},
            Kind.RECOVERED,
            "“Brochure printed” was done on 30 September 2010, nearly a year and three months after its agreed date; "
            "it was overdue by a month before.",
        ),
        (
            {"forecast_due": SEPTEMBER},
            {"completed_on": date(2010, 9, 20)},
            Kind.RECOVERED,
            "“Brochure printed” was done on 20 September 2010, 10 days sooner than expected.",
        ),
        (
            {"agreed_due": NOVEMBER, "forecast_due": NOVEMBER},
            {"completed_on": SEPTEMBER},
            Kind.DONE,
            "“Brochure printed” was done on 30 September 2010.",
        ),
        (
            {"forecast_due": SEPTEMBER},
            {"completed_on": SEPTEMBER},
            Kind.DONE,
            "“Brochure printed” was done on 30 September 2010, a year and a month after its agreed date.",
        ),
        (
            {},
            {"withdrawn_on": SEPTEMBER},
            Kind.MILESTONE_WITHDRAWN,
            "Milestone “Brochure printed” cancelled on 30 September 2010.",
        ),
        (
            {"completed_on": THEN},
            {"completed_on": None, "forecast_due": NOVEMBER},
            Kind.REOPENED,
            "Milestone “Brochure printed” is open again, expected on 30 November 2010.",
        ),
        (
            {"forecast_due": NOVEMBER},
            {"agreed_due": NOVEMBER},
            Kind.AGREED,
            "Agreed date of “Brochure printed” moved from 31 August 2009 to 30 November 2010 "
            "(a year and three months later).",
        ),
        (
            {"agreed_due": date(2011, 1, 31), "forecast_due": NOVEMBER},
            {"agreed_due": NOVEMBER},
            Kind.AGREED,
            "Agreed date of “Brochure printed” moved from 31 January 2011 to 30 November 2010 "
            "(two months earlier).",
        ),
    ],
)
def test_each_change_of_a_milestone_has_one_sentence(was, changed, kind, words):
    assert with_milestone(was, **changed) == [(kind, f"1.2 Print a brochure: {_lower(words)}")]


def _lower(words):
    return words[:1].lower() + words[1:]


def test_months_and_quarters_are_named_and_measured_by_their_last_days():
    month = {"agreed_known_to": "month", "forecast_known_to": "month"}
    slip = {"forecast_due": SEPTEMBER, "forecast_known_to": "quarter"}
    assert with_milestone(month, **slip) == [
        (
            Kind.SLIPPED,
            "1.2 Print a brochure: “Brochure printed” slipped from August 2009 to "
            "July–September 2010 (a year and a month).",
        ),
        (PASSED[0], PASSED[1].replace("31 August 2009", "August 2009")),
    ]
    change, _ = compare(plan(THEN, BROCHURE), plan(NOW, BROCHURE._replace(**slip)))
    assert (change.was, change.now) == ("31 August 2009", "July to September 2010")
    new = sentences(plan(THEN), plan(NOW, BROCHURE._replace(agreed_known_to="month", **slip)))
    assert new[0][1].endswith("due in August 2009 and expected between July and September 2010.")


def test_the_same_day_known_more_precisely_is_reported():
    due = dict.fromkeys(("agreed_due", "forecast_due"), NOVEMBER)
    month = {"agreed_known_to": "month", "forecast_known_to": "month"}
    assert with_milestone(due | month, agreed_known_to="day", forecast_known_to="day") == [
        (
            Kind.AGREED,
            "1.2 Print a brochure: agreed date of “Brochure printed” changed from November 2010 to "
            "30 November 2010.",
        ),
        (
            Kind.RESTATED,
            "1.2 Print a brochure: “Brochure printed” was expected in November 2010 and is now "
            "expected on 30 November 2010.",
        ),
    ]


def test_a_completion_on_a_future_day_is_not_reported_yet():
    far = {"agreed_due": NOVEMBER, "forecast_due": NOVEMBER}
    assert with_milestone(far, completed_on=NOW + timedelta(days=1)) == []


def test_a_moved_agreed_date_is_reported_with_its_variation_and_beside_a_slip_beyond_it():
    granted = WITHDRAWAL._replace(number=4, kind="date", milestone=1, reason="the printer is late.")
    other = WITHDRAWAL._replace(
        pk=2, number=5, kind="date", milestone=2, reason="of another milestone"
    )
    agreed = (
        Kind.AGREED,
        "1.2 Print a brochure: agreed date of “Brochure printed” moved from 31 August 2009 "
        "to 30 November 2010 (a year and three months later) by V4. The printer is late.",
    )
    dates = {"forecast_due": NOVEMBER, "agreed_due": NOVEMBER}
    assert with_milestone({}, granted, other, **dates) == [agreed]
    beyond = date(2010, 12, 31)
    found = with_milestone({}, granted, other, forecast_due=beyond, agreed_due=NOVEMBER)
    assert [kind for kind, _ in found] == [Kind.SLIPPED, Kind.AGREED]
    assert found[1] == agreed


def test_a_new_milestone_shows_its_due_and_forecast_or_completion_dates():
    def new(**changed):
        [(kind, sentence)] = sentences(plan(THEN), plan(NOW, BROCHURE._replace(**changed)))
        return kind, sentence.removeprefix("1.2 Print a brochure: ")

    assert new() == (
        Kind.NEW_MILESTONE,
        "new milestone “Brochure printed”, due on 31 August 2009.",
    )
    assert new(forecast_due=NOVEMBER) == (
        Kind.NEW_MILESTONE,
        "new milestone “Brochure printed”, due on 31 August 2009 and expected on 30 November 2010.",
    )
    assert new(completed_on=SEPTEMBER) == (
        Kind.NEW_MILESTONE,
        "new milestone “Brochure printed”, done on 30 September 2010.",
    )


def test_a_completed_item_reports_only_milestones_done_late_or_early():
    whole = ITEM._replace(stage="complete", completed_on=SEPTEMBER)
    for done_on, kinds in (
        (AUGUST, [Kind.COMPLETED]),
        (SEPTEMBER, [Kind.COMPLETED, Kind.SLIPPED]),
    ):
        after = plan(NOW, BROCHURE._replace(completed_on=done_on), item=whole)
        assert [kind for kind, _ in sentences(plan(THEN, BROCHURE), after)] == kinds


def test_a_withdrawn_item_reports_no_dates():
    after = plan(
        NOW, BROCHURE._replace(forecast_due=NOVEMBER), item=ITEM._replace(stage="withdrawn")
    )
    assert [kind for kind, _ in sentences(plan(THEN, BROCHURE), after)] == [Kind.WITHDRAWN]


def test_a_completion_entered_late_is_not_reported_as_a_new_slip():
    entered = with_milestone({"forecast_due": date(2009, 7, 20)}, completed_on=date(2009, 7, 25))
    assert [kind for kind, _ in entered] == [Kind.DONE]


def test_a_reopened_item_reports_no_slip():
    whole = ITEM._replace(stage="complete", completed_on=THEN)
    after = plan(NOW, BROCHURE._replace(forecast_due=NOVEMBER))
    assert [kind for kind, _ in sentences(plan(THEN, BROCHURE, item=whole), after)] == [
        Kind.REOPENED
    ]


# --- delays -----------------------------------------------------------------------------------


def test_a_delay_is_reported_where_no_date_change_covers_it():
    far = BROCHURE._replace(agreed_due=NOVEMBER, forecast_due=date(2011, 1, 31))
    assert sentences(plan(THEN, far), plan(NOW, far, FUNDING)) == [
        (
            Kind.DELAY_FOUND,
            "1.2 Print a brochure: a delay of “Brochure printed” because of funding was recorded. "
            "The money came in July.",
        )
    ]
    earlier = FUNDING._replace(found_on=date(2009, 7, 1))
    ended = earlier._replace(ended_on=SEPTEMBER)
    assert sentences(plan(THEN, far, earlier), plan(NOW, far, ended)) == [
        (
            Kind.DELAY_ENDED,
            "1.2 Print a brochure: the delay of “Brochure printed” because of funding ended on "
            "30 September 2010.",
        )
    ]
    done = far._replace(completed_on=SEPTEMBER)
    assert [kind for kind, _ in sentences(plan(THEN, far, earlier), plan(NOW, done, ended))] == [
        Kind.RECOVERED
    ]


def test_an_open_delay_is_named_as_cause_before_an_ended_one():
    staffing = FUNDING._replace(
        pk=2, cause="staffing", explanation="Nobody was there.", found_on=date(2010, 9, 1),
        ended_on=SEPTEMBER,
    )  # fmt: skip
    change, _ = compare(
        plan(THEN, BROCHURE),
        plan(NOW, BROCHURE._replace(forecast_due=NOVEMBER), FUNDING, staffing),
    )
    assert (change.cause, change.why) == ("Funding", "The money came in July.")
    change, _ = compare(
        plan(THEN, BROCHURE), plan(NOW, BROCHURE._replace(forecast_due=NOVEMBER), staffing)
    )
    assert (change.cause, change.why) == ("Staffing", "Nobody was there.")


@pytest.mark.parametrize("cause", Delay.Cause)
def test_every_cause_has_a_wording(cause):
    change, _ = compare(
        plan(THEN, BROCHURE),
        plan(NOW, BROCHURE._replace(forecast_due=NOVEMBER), FUNDING._replace(cause=cause)),
    )
    assert change.cause == cause.label
    assert change.words.endswith(".")


# --- counts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ([], "nothing changed"),
        ([(Kind.SLIPPED, 2), (Kind.COMPLETED, 3)], "3 completed, 2 dates slipped"),
        ([(Kind.COMPLETED, 1), (Kind.STAGE, 1)], "1 completed, 1 other change"),
        ([(Kind.DONE, 1_200), (Kind.STAGE, 1)], "1,201 changes"),
        ([(Kind.DONE, 1)], "1 change"),
    ],
)
def test_the_summary_sentence_counts_the_most_important_changes(counts, sentence):
    assert counts_in_words(counts) == sentence


def test_changes_are_ordered_by_kind_and_then_by_item_number():
    items = [
        ITEM._replace(pk=pk, number=number) for pk, number in ((1, "1.10"), (2, "1.2"), (3, "1.1"))
    ]
    before = plan(THEN, item=None)
    before.items.update({item.pk: item for item in items})
    after = replace(before, on=NOW, items={})
    after.items.update(
        {item.pk: item._replace(stage="ongoing", confidence="at_risk") for item in items[:2]}
        | {3: items[2]._replace(stage="complete", completed_on=NOW)}
    )
    assert [(change.kind, change.item.number) for change in compare(before, after)] == [
        (Kind.COMPLETED, "1.1"),
        (Kind.CONFIDENCE, "1.2"),
        (Kind.CONFIDENCE, "1.10"),
        (Kind.STAGE, "1.2"),
        (Kind.STAGE, "1.10"),
    ]


# --- properties of any plan -------------------------------------------------------------------

days_near = st.dates(date(2009, 1, 1), date(2011, 12, 31))


@st.composite
def items(draw, pk):
    stage = draw(st.sampled_from(Stage.values))
    sure = st.sampled_from(["", *Confidence.values])
    return ITEM._replace(
        pk=pk,
        number=f"1.{pk}",
        title=draw(st.sampled_from(["Print a brochure", "Print a book"])),
        pillar=draw(st.sampled_from([1, 2])),
        lead=draw(st.sampled_from([1, 2])),
        stage=stage,
        completed_on=draw(days_near) if stage == "complete" else None,
        confidence=draw(sure),
        reviewer_confidence=draw(sure),
    )


@st.composite
def milestones(draw, pk, item):
    over = draw(st.sampled_from(["open", "open", "done", "withdrawn"]))
    return BROCHURE._replace(
        pk=pk,
        item=item,
        number=pk,
        agreed_due=draw(days_near),
        forecast_due=draw(days_near),
        completed_on=draw(days_near) if over == "done" else None,
        withdrawn_on=draw(days_near) if over == "withdrawn" else None,
    )


@st.composite
def delays(draw, pk, milestone):
    return FUNDING._replace(
        pk=pk,
        milestone=milestone,
        cause=draw(st.sampled_from(Delay.Cause.values)),
        explanation="Why.",
        found_on=draw(days_near),
        ended_on=draw(st.none() | days_near),
    )


@st.composite
def two_moments(draw):
    """Three items at two moments. Records come, and change, but never go."""
    on = sorted([draw(days_near), draw(days_near)])
    moments = []
    for there in (draw(st.integers(0, 3)), 3):
        found = [draw(items(pk)) for pk in range(1, there + 1)]
        # Only the later moment has the second milestone.
        steps = [
            draw(milestones(item.pk * 10 + n, item.pk))
            for item in found
            for n in range(1, 2 if not moments else 3)
        ]
        held_up = [draw(delays(row.pk, row.pk)) for row in steps]
        moments.append(
            plan_then(
                on[len(moments)],
                together(on[len(moments)], found, [*steps, *held_up]),
                {},
            )
        )
    return moments


def status(then, pk):
    """Return an item's status as on the dashboard; "" before it existed."""
    item = then.items.get(pk)
    if item is None:
        return ""
    late = [row.late for row in item.milestones if row.is_open]
    worst = min(late, key=lambda each: LATE_ORDER.index(each.state), default=NO_DATES)
    return status_of(item.stage, worst, item.confidence)


def kinds_of(before, after):
    found = {pk: set() for pk in after.items}
    for change in compare(before, after):
        found[change.item.pk].add(change.kind)
    return found


# Changes that can make a live item late, or on time again.
LATER = {Kind.SLIPPED, Kind.OVERDUE, Kind.AGREED, Kind.NEW_MILESTONE, Kind.REOPENED}
SOONER = {Kind.RECOVERED, Kind.DONE, Kind.AGREED, Kind.MILESTONE_WITHDRAWN, Kind.SLIPPED}


@given(two_moments())
def test_every_change_of_standing_is_explained_by_a_reported_change(moments):
    before, after = moments
    for pk, kinds in kinds_of(before, after).items():
        was, now = status(before, pk), status(after, pk)
        assert (Kind.NEW in kinds) == (was == "")
        assert (Kind.COMPLETED in kinds) == (now == Status.COMPLETE != was)
        assert (Kind.WITHDRAWN in kinds) == (now == Status.WITHDRAWN != was)
        if was == now or was == "":
            continue
        if was in (Status.COMPLETE, Status.WITHDRAWN):
            assert kinds & {Kind.REOPENED, Kind.COMPLETED, Kind.WITHDRAWN}
        elif now == Status.LATE:
            assert kinds & LATER
        elif was == Status.LATE:
            assert kinds & SOONER or now == Status.COMPLETE or now == Status.WITHDRAWN
        elif Status.UNJUDGED in (was, now):
            assert kinds & {Kind.CONFIDENCE, Kind.COMPLETED, Kind.WITHDRAWN, *SOONER, *LATER}
        elif now in (Status.IN_DOUBT, Status.ON_TIME):
            assert Kind.CONFIDENCE in kinds


def test_a_text_that_is_not_official_is_reported_as_changed(monkeypatch):
    news = ITEM_TEXTS["as_told"]._replace(is_news=True)
    monkeypatch.setitem(ITEM_TEXTS, "as_told", news)
    now = ITEM._replace(as_told="the brochure", title="Print brochures")
    reworded, changed = compare(plan(THEN), plan(NOW, item=now))
    assert (reworded.kind, reworded.words) == (Kind.REWORDED, "Title reworded.")
    assert (changed.kind, changed.words) == (Kind.TEXTS, "Wording in sentences changed.")
    assert (changed.was, changed.now) == ("", "the brochure")


@given(two_moments())
def test_comparing_in_reverse_reports_opposite_changes(moments):
    before, after = moments
    assert compare(after, after) == []
    there, back = kinds_of(before, after), kinds_of(after, before)
    for pk in before.items:
        assert Kind.NEW not in there[pk] | back[pk]
        for kind in (Kind.COMPLETED, Kind.WITHDRAWN):
            assert not (kind in there[pk] and kind in back[pk])
        for kind in (Kind.REWORDED, Kind.CONFIDENCE, Kind.MOVED):
            assert (kind in there[pk]) == (kind in back[pk])


@given(two_moments())
def test_dates_of_one_milestone_give_one_change_at_most_or_that_it_slipped_and_is_overdue(moments):
    before, after = moments
    exclusive = {
        Kind.SLIPPED, Kind.OVERDUE, Kind.RECOVERED, Kind.DONE, Kind.MILESTONE_WITHDRAWN,
        Kind.NEW_MILESTONE,
    }  # fmt: skip
    for pk in after.items:
        told_of = [
            change.kind
            for change in compare(before, after)
            if change.item.pk == pk and change.kind in exclusive
        ]
        # One that slipped and passed its agreed date has both.
        for both in (Kind.SLIPPED, Kind.OVERDUE):
            others = [kind for kind in told_of if kind != both]
            assert len(others) <= len(after.items[pk].milestones)

"""Test freezing packs and minutes: content, when it is allowed, and that they never change."""

import hashlib
import json
import re
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from agencies.records import history
from reports.document.annexes import ChartMark, MarkKind, MeasureChart
from reports.document.plain_json import Malformed
from reports.meetings import services as meeting_papers
from reports.meetings.meeting_html import paper_html
from reports.meetings.minutes import compose_minutes
from reports.meetings.pack import compose_pack
from reports.meetings.parts import Count, MeasureTold, Pack, from_plain, to_plain
from reports.models import MeetingPaper
from reports.progress import dashboard, plan_counts
from reports.progress.view import PlanView, meetings_before
from tests.factories import (
    AttendanceFactory,
    DecisionFactory,
    MatterFactory,
    MeasureFactory,
    MeasureValueFactory,
    MeetingFactory,
    MeetingPaperFactory,
    UserFactory,
    VariationFactory,
)
from tests.reports.meeting_papers import (
    HELD,
    NZ,
    Before,
    at,
    change_everything,
)
from tests.workitems.record import refused
from workitems.demo.demo_plans import CURRENT_PLAN
from workitems.measures.services import values
from workitems.models import Meeting, Plan
from workitems.plan.asat import Moment, end_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(made):
    """The meeting was held and its record is closed."""
    made.meeting.closed_at, made.meeting.closed_by = at(11), made.coordinator
    history.save(made.meeting, by=None, at=at(11))
    return made


@pytest.fixture(autouse=True)
def _no_render(monkeypatch):
    """Replace rendering by a faster stand-in; other tests cover the output."""
    monkeypatch.setattr(meeting_papers, "html_to_pdf", lambda html, **kwargs: html.encode())


def freeze(made: Before, instant: datetime, kind: str = "pack", **how: int) -> MeetingPaper:
    act = meeting_papers.freeze_pack if kind == "pack" else meeting_papers.freeze_minutes
    return act(meeting=made.meeting, by=made.coordinator, at=instant, **how)


# --- the moment of a pack ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "shows", "key"),
    [
        (at(2), at(2), "2010-06-02T12:00:00"),
        (at(10, 9), at(10, 9), "2010-06-10T09:00:00"),
        (at(11), datetime(2010, 6, 11, tzinfo=NZ), "2010-06-10"),
        (at(1, month=9), datetime(2010, 6, 11, tzinfo=NZ), "2010-06-10"),
    ],
    ids=["before", "on the day", "the day after", "a season later"],
)
def test_a_pack_shows_the_plan_now_but_never_after_the_meetings_day(made, instant, shows, key):
    paper = freeze(made, instant)
    assert (paper.as_at, paper.made_at, paper.moment.key) == (shows, instant, key)
    assert from_plain(paper.content).key == key


def test_freezing_stores_data_bytes_hash_author_and_time(made):
    paper = freeze(made, at(9))
    kept = MeetingPaper.objects.get()
    assert (kept.kind, kept.number, kept.made_by, kept.made_at) == (
        "pack",
        1,
        made.coordinator,
        at(9),
    )
    assert kept.sha256 == hashlib.sha256(kept.pdf).hexdigest() == paper.sha256
    assert b"Version 1, frozen on 9 June 2010 at 12:00" in bytes(kept.pdf)
    assert from_plain(kept.content) == compose_pack(made.meeting, Moment.at(at(9)))


def test_freezing_again_makes_the_next_version_and_keeps_the_old_one(made):
    first = freeze(made, at(8))
    change = made.brochure
    change.title = "Print a leaflet"
    history.save(change, by=None, at=at(8, 13))
    second = freeze(made, at(9), after=1)
    assert second.number == 2
    assert [paper.number for paper in MeetingPaper.objects.newest_first()] == [2, 1]
    assert "Print a leaflet" not in json.dumps(MeetingPaper.objects.get(number=1).content)
    assert "Print a leaflet" in json.dumps(second.content)
    assert MeetingPaper.objects.get(pk=first.pk).is_intact


def test_freezing_from_an_outdated_page_does_nothing(made):
    freeze(made, at(8), after=0)
    with refused("Another user has frozen a new version. Read it first."):
        freeze(made, at(9), after=0)
    assert MeetingPaper.objects.count() == 1


def test_a_pack_of_a_meeting_moved_during_rendering_is_not_stored(made, monkeypatch):
    def moves(html, **kwargs):
        Meeting.objects.get(pk=made.meeting.pk)
        made.meeting.version += 1
        history.save(made.meeting, by=None)
        return b""

    monkeypatch.setattr(meeting_papers, "html_to_pdf", moves)
    with refused("The meeting was changed while you were reading. Read the paper again."):
        freeze(made, at(8))
    assert not MeetingPaper.objects.exists()


def test_unprintable_text_is_refused_by_name_and_nothing_is_stored(made, monkeypatch):
    monkeypatch.undo()
    made.brochure.title = "Print 🦆 brochures"
    history.save(made.brochure, by=None, at=at(1))
    with refused(
        "The character “🦆” (U+1F986) cannot be printed in this paper’s typeface. "
        "Please write it another way. Fix it here: item 1.1, title, character 7."
    ):
        freeze(made, at(8))
    assert not MeetingPaper.objects.exists()


# --- figures ----------------------------------------------------------------------------------


def figures(page: dashboard.Dashboard) -> dict[str, object]:
    """Return the dashboard's figures in the form of a pack."""
    return {
        "headline": page.headline,
        "standings": tuple(Count(each.label, each.count, each.kind) for each in page.figures),
        "attention": page.attention_figure.count,
        "first lines": [each.title for each in page.attention],
        "cells": [
            [row.cells[column].figure.count for row in page.grid.rows]
            for column in range(len(page.grid.agencies))
        ],
        "by agency": [each.count for each in page.grid.totals],
        "by pillar": [row.total.count for row in page.grid.rows],
        "all": page.grid.total.count,
        "due": [each.count for each in page.due],
        "causes": [(each.figure.label, each.figure.count, each.days) for each in page.causes],
        "returns": [each.agency.short_name for each in page.at.returns],
    }


def figures_of(pack: Pack) -> dict[str, object]:
    return {
        "headline": pack.headline,
        "standings": pack.standings,
        "attention": pack.attention_count,
        "first lines": [each.title for each in pack.attention[: plan_counts.ATTENTION_SHOWN]],
        "cells": [[cell.count for cell in row.cells] for row in pack.grid.lines],
        "by agency": [row.total for row in pack.grid.lines],
        "by pillar": list(pack.grid.totals),
        "all": pack.grid.total,
        "due": [each.count for each in pack.due],
        "causes": [(each.label, each.delays, each.days) for each in pack.causes],
        "returns": [each.agency for each in pack.returns],
    }


@pytest.mark.parametrize("instant", [at(2), at(10, 9), at(20)])
def test_the_dashboard_at_the_frozen_moment_keeps_the_packs_figures(made, instant):
    now = figures(
        dashboard.read_dashboard(PlanView(plan=made.plan, at=Moment.at(min(instant, end_of(HELD)))))
    )
    paper = freeze(made, instant)
    change_everything(made, instant + timedelta(minutes=1))
    after = figures(
        dashboard.read_dashboard(PlanView(plan=made.plan, at=Moment.today(instant.date())))
    )
    pack = from_plain(MeetingPaper.objects.get().content)
    then = figures(dashboard.read_dashboard(PlanView(plan=made.plan, at=paper.moment)))
    assert figures_of(pack) == then
    assert then != after
    assert instant > end_of(HELD) or now == then


def test_each_cell_of_the_grid_counts_items_and_late_ones(made):
    pack = compose_pack(made.meeting, Moment.at(at(2)))
    assert [(line.agency, [(c.count, c.late) for c in line.cells]) for line in pack.grid.lines] == [
        ("Customs", [(1, 0), (7, 0)]),
        ("DoL", [(0, 0), (1, 0)]),
        ("Police", [(1, 1), (0, 0)]),
    ]


def test_each_matter_shows_its_reasons_and_its_subject(made):
    matters = compose_pack(made.meeting, Moment.at(at(2))).agenda
    welcome, item, moves, words, decision, risk, answer = matters
    assert (welcome.title, welcome.note, welcome.item) == ("Welcome", ("Ten minutes.",), None)
    assert item.reasons[0] == "Overdue by nine weeks."
    assert item.item.action == ("Print a brochure in ten languages.", "Hand it out at airports.")
    assert [(each.description, each.words) for each in item.item.milestones] == [
        ("Brochure printed", "Overdue by nine weeks"),
        ("Handed out", "On time"),
    ]
    assert item.item.causes == ("The cause (procurement) needs a decision.",)
    assert (moves.variation.asks, moves.variation.before, moves.variation.after) == (
        "Move “Brochure printed” to 30 September 2010",
        ("31 March 2010",),
        ("30 September 2010",),
    )
    assert (moves.variation.recommends, moves.variation.recommendation) == (
        "Approve",
        ("Agree, for the last time.",),
    )
    assert words.variation.after == ("Print a brochure in twelve languages.",)
    assert (decision.follows.text, decision.follows.owner, decision.follows.is_overdue) == (
        ("Police finds a printer.",),
        "Police",
        True,
    )
    assert (risk.risk.severity, risk.risk.escalated) == (
        "High",
        "The working group, on 30 May 2010",
    )
    assert answer.answer.agency == "Police"


def test_the_item_of_a_matter_has_what_its_measures_say_as_at_the_moment(made):
    with time_machine.travel(at(1)):
        row = MeasureFactory(
            item=made.brochure, number=9, kind="level", as_told="the number of brochures"
        )
        values.accept(
            value=MeasureValueFactory(measure=row, day=date(2010, 4, 30)),
            by=made.coordinator,
            on=date(2010, 5, 31),
        )
    pack = from_plain(freeze(made, at(2)).content)
    said = "The number of brochures was 83 in April 2010."
    mark = ChartMark(kind=MarkKind.NUMBER, day=date(2010, 4, 30), number="83.000")
    drawn = MeasureChart(kind="level", better="higher", marks=(mark,))
    assert pack.agenda[1].item.told == (MeasureTold(said, drawn),)
    assert said in titles(paper_html(pack))


def titles(html: str) -> list[str]:
    """Return the text alternatives of the pictures."""
    return re.findall(r"<title>(.*?)</title>", html)


def test_a_pack_has_the_outcomes_of_the_plan_and_how_its_measures_stand(made):
    with time_machine.travel(at(1)):
        outcome = MeasureFactory(
            outcome=True, of_plan=made.plan, kind="level", as_told="the number of people helped"
        )
        MeasureFactory(
            item=made.brochure, number=9, kind="level", as_told="the number of brochures"
        )
        MeasureFactory(item=made.brochure, number=10)  # words only
        values.accept(
            value=MeasureValueFactory(measure=outcome, day=date(2010, 4, 30)),
            by=made.coordinator,
            on=date(2010, 5, 1),
        )
    pack = compose_pack(made.meeting, Moment.at(at(2)))
    assert [each.sentence for each in pack.outcomes] == [
        "The number of people helped was 83 in April 2010."
    ]
    assert pack.measured == (Count("No target", 1, "given"), Count("No number given", 1, "none"))
    assert from_plain(to_plain(pack)) == pack


def test_a_pack_that_was_frozen_without_charts_prints_what_its_measures_said(made):
    data = to_plain(compose_pack(made.meeting, Moment.at(at(2))))
    said = "The number of brochures was 83 in April 2010."
    data["paper"]["agenda"][1]["item"]["measures"] = [said]
    html = paper_html(from_plain(data))
    assert (html.count(f"<p>{said}</p>"), titles(html).count(said)) == (1, 0)


def test_the_subject_of_a_matter_is_shown_as_at_the_moment(made):
    made.brochure.action = "Print nothing."
    history.save(made.brochure, by=None, at=at(12))
    pack = from_plain(freeze(made, at(20)).content)
    assert pack.agenda[1].item.action[0] == "Print a brochure in ten languages."


def test_records_made_after_the_moment_are_left_out_of_a_matter(made):
    with time_machine.travel(at(15)):
        late = VariationFactory(plan=made.plan, item=made.brochure, number=9, kind="withdrawal",
                                milestone=None, due_before=None, due_after=None)  # fmt: skip
        MatterFactory(meeting=made.meeting, position=8, variation=late, title="V9")
    matter = from_plain(freeze(made, at(20)).content).agenda[-1]
    assert (matter.title, matter.variation, matter.item.number) == ("V9", None, "1.1")


def test_open_decisions_are_those_of_earlier_meetings_not_done_at_the_moment(made):
    with time_machine.travel(at(1)):
        last = Meeting.objects.get(plan=made.plan, held_on=date(2010, 5, 3))
        owned = {"meeting": last, "owner_agency": made.police}
        DecisionFactory(**owned, number=2, due_on=date(2010, 7, 1), done_on=date(2010, 5, 30))
        DecisionFactory(**owned, number=3, due_on=date(2010, 7, 1), done_on=date(2010, 6, 5))
        DecisionFactory(meeting=last, number=4)
        DecisionFactory(meeting=made.meeting, owner_agency=made.police, due_on=date(2010, 7, 1))
    pack = compose_pack(made.meeting, Moment.at(at(2)))
    assert [each.number for each in pack.decisions] == [1, 3]


def test_changes_are_those_since_the_last_meeting(made):
    change_everything(made, at(5))
    pack = compose_pack(made.meeting, Moment.at(at(6)))
    assert pack.since == "Meeting of 3 May 2010"
    assert "New" in [group.label for group in pack.changes]


def test_an_empty_plan_and_an_empty_agenda_make_a_pack():
    meeting = MeetingFactory(held_on=HELD)
    pack = compose_pack(meeting, Moment.at(at(2)))
    assert (pack.headline, pack.agenda, pack.since) == (
        "The plan had no work items on that day.",
        (),
        "",
    )
    assert meeting_papers.print_paper(pack)


@pytest.mark.parametrize("extra", [0, 30])
def test_a_pack_takes_the_same_queries_for_an_agenda_of_any_length(
    made, extra, django_assert_num_queries
):
    with time_machine.travel(at(1)):
        for number in range(extra):
            variation = VariationFactory(
                milestone=made.printed, number=100 + number, state="taken_back"
            )
            MatterFactory(meeting=made.meeting, position=8 + number, variation=variation)
    with django_assert_num_queries(43):
        compose_pack(made.meeting, Moment.at(at(2)))


# --- minutes ----------------------------------------------------------------------------------


def test_minutes_list_attendance_matters_considered_and_decisions(closed):
    meeting = closed.meeting
    welcome, item, moves, *rest = meeting.matters.in_order()
    AttendanceFactory(meeting=meeting, agency=closed.police)
    for matter in (item, moves):
        matter.considered_on = HELD
        history.save(matter, by=None)
    variation = moves.variation
    variation.state, variation.meeting = "approved", meeting
    variation.decided_by, variation.decided_at = closed.coordinator, at(10)
    history.save(variation, by=None)
    common = {"meeting": meeting}
    DecisionFactory(**common, number=1, matter=moves, variation=variation, text="Agreed.")
    DecisionFactory(
        **common, number=2, text="All is well.", owner_agency=closed.police, due_on=at(30).date()
    )
    MeetingFactory(plan=closed.plan, held_on=date(2010, 9, 2), place="Stout Street")
    minutes = compose_minutes(meeting, at(12))
    assert (minutes.present, minutes.absent) == (("Police",), ("Customs", "DoL"))
    assert [(each.number, each.title) for each in minutes.considered] == [
        (2, "1.1 Print a brochure"),
        (3, "V4 on item 1.1"),
    ]
    decided = minutes.considered[1]
    assert (decided.variation.before, decided.variation.after, decided.variation.outcome) == (
        ("31 March 2010",),
        ("30 September 2010",),
        "Approved",
    )
    assert [each.text for each in decided.decisions] == [("Agreed.",)]
    assert [(each.text, each.owner, each.due) for each in minutes.others] == [
        (("All is well.",), "Police", date(2010, 6, 30))
    ]
    assert minutes.variations == ()
    assert len(minutes.not_reached) == 5
    assert (minutes.next, minutes.next_place) == (date(2010, 9, 2), "Stout Street")


def test_a_variation_decided_outside_the_agenda_is_listed_with_the_other_decisions(closed):
    with time_machine.travel(at(10)):
        decided = VariationFactory(
            milestone=closed.printed, number=9, state="declined", meeting=closed.meeting,
            decided_by=closed.coordinator, decided_at=at(10),
        )  # fmt: skip
        DecisionFactory(meeting=closed.meeting, variation=decided, text="No.")
    minutes = compose_minutes(closed.meeting, at(12))
    assert [(each.reference, each.outcome) for each in minutes.variations] == [("V9", "Declined")]
    assert [(each.text, each.about) for each in minutes.others] == [
        (("No.",), "Move “Brochure printed” to 30 September 2010, 1.1 (V9)")
    ]


def test_minutes_can_be_frozen_once_the_record_is_closed(closed):
    paper = freeze(closed, at(12), "minutes")
    assert (paper.kind, paper.number, paper.as_at) == ("minutes", 1, at(12))
    assert freeze(closed, at(12)).number == 1  # packs are numbered separately


def test_minutes_of_an_open_record_cannot_be_frozen(made):
    with refused("Close the record before you freeze its minutes."):
        freeze(made, at(12), "minutes")


# --- frozen -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_meetingpaper SET sha256 = '0'",
        "UPDATE reports_meetingpaper SET as_at = made_at",
        "DELETE FROM reports_meetingpaper",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_frozen_paper(statement):
    MeetingPaperFactory()
    with (
        pytest.raises(IntegrityError, match="A frozen paper is never changed or deleted."),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert MeetingPaper.objects.get().is_intact


@pytest.mark.parametrize(
    "fault",
    [
        {"number": 0},
        {"kind": "letter"},
        {"as_at": at(12), "made_at": at(11)},
    ],
)
def test_the_database_refuses_an_invalid_paper(fault):
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingPaperFactory(**fault)


def test_two_simultaneous_freezes_make_one_version(made, monkeypatch):
    def somebody_else(html, **kwargs):
        MeetingPaperFactory(meeting=made.meeting)
        return b""

    monkeypatch.setattr(meeting_papers, "html_to_pdf", somebody_else)
    with refused("Another user has frozen a new version. Read it first."):
        freeze(made, at(8))


def test_stored_data_reads_back_and_invalid_data_is_refused(made):
    pack = compose_pack(made.meeting, Moment.at(at(2)))
    assert from_plain(json.loads(json.dumps(to_plain(pack)))) == pack
    minutes = compose_minutes(made.meeting, at(2))
    assert from_plain(json.loads(json.dumps(to_plain(minutes)))) == minutes
    bare = to_plain(pack)["paper"]
    assert from_plain(bare) == pack  # as the first release kept it
    wrong = ({}, [], {"type": "Letter"}, bare | {"extra": 1}, {"schema": 1})
    for data in (*wrong, to_plain(pack) | {"extra": 1}, to_plain(pack) | {"schema": "1"}):
        with pytest.raises(Malformed):
            from_plain(data)
    with pytest.raises(Malformed, match="this version reads 1, and a newer one wrote it"):
        from_plain(to_plain(pack) | {"schema": 2})


# --- compared with a meeting ------------------------------------------------------------------


def test_comparing_with_a_meeting_uses_the_moment_of_its_last_frozen_pack(
    made, django_assert_num_queries
):
    person = UserFactory()
    AttendanceFactory(meeting=made.meeting)
    for number, instant in ((1, at(9)), (2, at(10, 8))):
        MeetingPaperFactory(meeting=made.meeting, number=number, as_at=instant, made_by=person)
    MeetingPaperFactory(meeting=made.meeting, kind="minutes", as_at=at(20), made_by=person)
    with django_assert_num_queries(2):
        found = meetings_before(made.plan, Moment.today(date(2010, 7, 1)))
    assert [(each.words, each.moment) for each in found] == [
        ("Meeting of 10 June 2010", Moment.at(at(10, 8))),
        ("Meeting of 3 May 2010", Moment.end_of(date(2010, 5, 3))),
    ]


# --- the demo's -------------------------------------------------------------------------------


def test_papers_of_the_demos_past_meetings_are_made_once(made, settings):
    settings.DEBUG = True
    Plan.objects.filter(pk=made.plan.pk).update(slug=CURRENT_PLAN)
    made.meeting.closed_at, made.meeting.closed_by = at(11), made.coordinator
    history.save(made.meeting, by=None)
    for _ in range(2):
        call_command("load_demo_papers", stdout=StringIO())
    kept = MeetingPaper.objects.order_by("kind").values_list("meeting", "kind", "number", "as_at")
    assert list(kept) == [
        (made.meeting.pk, "minutes", 1, at(11)),
        (made.meeting.pk, "pack", 1, at(10, 9)),
    ]


def test_the_demos_papers_cannot_be_made_with_debug_off(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError):
        call_command("load_demo_papers")

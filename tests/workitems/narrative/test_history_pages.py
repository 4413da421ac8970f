"""Test the history pages of an item, a return and a plan: content, permissions and queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime

from agencies.models import Seat
from agencies.records import history
from agencies.typed.asking import ENTER_A_DATE
from tests.factories import (
    DecisionFactory,
    DelayFactory,
    EvidenceFactory,
    MeetingFactory,
    MilestoneAnswerFactory,
    MilestoneFactory,
    MitigationFactory,
    ReturnFactory,
    ReturnNoteFactory,
    RiskFactory,
    RoundFactory,
    SeatFactory,
    SupportFactory,
    UpdateFactory,
    VariationFactory,
    WorkItemFactory,
)
from workitems.models import Return, Update
from workitems.narrative import (
    Reader,
    Scope,
    Wanted,
    blocks_of,
    history_page,
    reader_of,
)
from workitems.narrative.blocks import Entry, Field
from workitems.narrative.record_kinds import KINDS
from workitems.narrative.sentences import BY_KIND

pytestmark = pytest.mark.django_db
EVERYBODY = Wanted()


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2010, 7, day, hour, tzinfo=UTC)


def told(scope: Scope, reader: Reader | None = None, wanted: Wanted = EVERYBODY) -> list[str]:
    """Return the sentences of the newest page, oldest first."""
    return [each.what for each in history_page(scope, reader or Reader(), wanted).entries[::-1]]


@pytest.fixture
def sign_in(client):
    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


# --- blocks ---------------------------------------------------------------------------------


def entry(what, who="Police", why="", day=1, hour=0):
    return Entry(at=at(day, hour), who=who, what=what, why=why)


def test_adjacent_entries_of_one_day_person_and_reason_form_one_block():
    newest_first = [
        entry("f", day=3),
        entry("e", who="Customs", day=2),
        entry("d", why="No money.", day=2),
        entry("c", day=2),
        # Still 2 July in New Zealand.
        entry("b", day=1, hour=23),
        entry("a", day=1),
    ]
    assert [[each.what for each in block.entries] for block in blocks_of(newest_first)] == [
        ["f"],
        ["e"],
        ["d"],
        ["b", "c"],
        ["a"],
    ]


def test_an_imported_block_names_its_file_once(sign_in, contributor, item):
    for number in (1, 2):
        milestone = MilestoneFactory.build(
            item=item, number=number, responsible_agency=item.lead_agency
        )
        history.save(milestone, by=None, actor="Import", reason="Imported from plan.xlsx", at=at(1))
    page = sign_in(contributor).get(f"{item.get_absolute_url()}history/")
    block = next(block for block in page.context["blocks"] if block.who == "Import")
    assert (len(block.entries), block.source) == (2, "plan.xlsx")
    assert page.text.count("plan.xlsx") == 1
    assert "Because" not in page.text


# --- content --------------------------------------------------------------------------------


def test_every_type_of_record_has_its_sentences():
    assert BY_KIND.keys() == KINDS.keys()


@pytest.fixture
def full(plan, item, police, contributor):
    """A plan with a row of every kind."""
    milestone = MilestoneFactory(item=item, description="Printed")
    MitigationFactory(delay=DelayFactory(milestone=milestone))
    SupportFactory(item=item, agency=plan.coordinating_agency)
    VariationFactory(milestone=milestone, number=1)
    EvidenceFactory(milestone=milestone)
    of_return = ReturnFactory(round=RoundFactory(plan=plan), agency=police, accepted=True)
    UpdateFactory(item=item, of_return=of_return)
    ReturnNoteFactory(of_return=of_return, item=item)
    DecisionFactory(meeting=MeetingFactory(plan=plan))
    RiskFactory(plan=plan)
    return plan


def test_the_history_of_a_plan_covers_every_record_in_it(full):
    assert sorted(told(Scope(plan=full.pk)), key=str.casefold) == sorted(
        [
            "entered the plan.",
            "took DoL into the working group.",
            "took Police into the working group.",
            "took Customs into the working group.",
            f"entered pillar {full.pillars.get().number}, “{full.pillars.get().title}”.",
            "entered the item.",
            "entered the milestone “Printed”, due on 30 June 2010.",
            "recorded a delay to “Printed” (funding): from 30 June 2010 to 30 June 2010.",
            "recorded a mitigation: “Ask for money in the next budget.”.",
            "named DoL as supporting.",
            "requested variation V1, to move a date from 30 June 2010 to 30 September 2010.",
            "added a note as evidence that “Printed” is done.",
            "opened the round “January to June 2010”, due 14 July 2010.",
            "accepted the return of Police for January to June 2010.",
            "wrote an update for Police: stage under way, confidence on track.",
            "wrote a note to Police.",
            "called the meeting of 10 June 2010.",
            "recorded a decision of the meeting of 10 June 2010: “The brochure goes to print.”",
            "raised the risk R1 (likelihood medium, impact high): “Trained staff leave.”",
        ],
        key=str.casefold,
    )


def test_the_history_of_a_plan_excludes_other_plans(full):
    MilestoneFactory(item=WorkItemFactory(title="Elsewhere"))
    UpdateFactory(of_return__accepted=True)
    before = told(Scope(plan=full.pk))
    assert len(before) == 19


def test_a_row_without_a_reportable_change_is_left_out(item):
    item.heard_on = date(2010, 7, 1)
    history.save(item, by=None)
    assert told(Scope(item=item.pk)) == ["entered the item."]


@pytest.mark.parametrize(
    ("about", "sentences"),
    [
        (Field.STAGE, ["moved the stage from under way to ongoing."]),
        (Field.CONFIDENCE, ["changed the agency’s confidence from on track to at risk."]),
        (Field.WORDING, ["entered the item.", "changed the title."]),
        (Field.RISKS, []),
    ],
)
def test_a_history_can_be_filtered_by_type_of_record(item, about, sentences):
    item.stage, item.confidence = "ongoing", "at_risk"
    history.save(item, by=None)
    item.title = "Print two brochures"
    history.save(item, by=None)
    assert told(Scope(item=item.pk), wanted=Wanted(field=about)) == sentences


def test_a_history_can_be_filtered_by_lead_or_responsible_agency(plan, item, police, customs):
    MilestoneFactory(item=item, description="Checked", responsible_agency=customs)
    WorkItemFactory(plan=plan)
    scope = Scope(plan=plan.pk)
    step = "entered the milestone “Checked”, due on 30 June 2010."
    assert told(scope, wanted=Wanted(agency=customs.pk)) == [
        "took Customs into the working group.",
        step,
    ]
    assert told(scope, wanted=Wanted(agency=police.pk)) == [
        "took Police into the working group.",
        "entered the item.",
        step,
    ]


def test_a_history_can_be_filtered_by_new_zealand_dates(item):
    for day, stage in ((1, "ongoing"), (2, "under_way"), (3, "ongoing")):
        item.stage = stage
        # 1, 2 and 3 July at 11 pm; in Greenwich it is the same day's late morning.
        history.save(item, by=None, at=at(day, 11))
    scope = Scope(item=item.pk)
    found = told(scope, wanted=Wanted(since=date(2010, 7, 2), until=date(2010, 7, 2)))
    assert found == ["moved the stage from ongoing to under way."]
    assert len(told(scope, wanted=Wanted(until=date(2010, 7, 2)))) == 2
    assert told(scope, wanted=Wanted(until=date(2010, 6, 30))) == []


def test_the_first_sentence_of_a_page_is_compared_with_the_row_before_it(item):
    stages = ["ongoing", "under_way"] * 30
    for n, stage in enumerate(stages):
        item.stage = stage
        history.save(item, by=None, at=at(1) + timedelta(hours=n))
    scope = Scope(item=item.pk)
    pages = [history_page(scope, Reader(), Wanted(field=Field.STAGE), n) for n in (1, 2, 3)]
    assert [(len(page.entries), page.has_older) for page in pages] == [
        (50, True),
        (9, False),
        (0, False),
    ]
    assert pages[1].entries[-1].what == "moved the stage from ongoing to under way."


# --- texts ----------------------------------------------------------------------------------


def test_a_changed_update_shows_removed_and_added_words(sign_in, contributor, item, of_return):
    update = UpdateFactory(item=item, of_return=of_return, achieved="We wrote a brochure.")
    update.achieved, update.planned_next = "We printed a brochure.", "Hand it out."
    history.save(update, by=contributor)
    page = sign_in(contributor).get(f"{item.get_absolute_url()}history/").text
    assert (
        'We <del><span class="visually-hidden">[removed: </span>wrote '
        '<span class="visually-hidden">]</span></del><ins><span class="visually-hidden">[added: '
        '</span>printed <span class="visually-hidden">]</span></ins>a brochure.'
    ) in page
    assert "changed an update for Police." in page
    assert "Hand it out." in page


def test_text_is_shown_as_it_was_typed(sign_in, contributor, item, of_return):
    UpdateFactory(item=item, of_return=of_return, achieved="<script>alert(1)</script>")
    page = sign_in(contributor).get(f"{item.get_absolute_url()}history/").text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


# --- permissions ----------------------------------------------------------------------------

STATES = {
    "draft": {},
    "submitted": {"state": "submitted", "submitted_at": at(2)},
    "sent back": {"state": "sent_back", "submitted_at": at(2)},
    "accepted": {"state": "accepted", "submitted_at": at(2), "accepted_on": date(2010, 7, 3)},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["contributor", "coordinator", "colleague", "stranger"])
def test_the_text_of_a_return_is_shown_only_to_users_who_may_read_it(
    request, plan, item, police, state, who
):
    user = request.getfixturevalue(who)
    of_return = ReturnFactory(round=RoundFactory(plan=plan), agency=police, **STATES[state])
    update = UpdateFactory(item=item, of_return=of_return, achieved="Secret.")
    EvidenceFactory(update=update, milestone=None)
    ReturnNoteFactory(of_return=of_return, body="Mend it.", item=item)
    of_return.version += 1
    history.save(of_return, by=None, reason="Mend it.")
    reader = reader_of(user, plan)
    of_item = told(Scope(item=item.pk), reader)
    of_plan = told(Scope(plan=plan.pk), reader)
    private = [
        "wrote an update for Police: stage under way, confidence on track.",
        "added a note as evidence for an update.",
        "wrote a note to Police.",
    ]
    reads = user.has_perm("workitems.read_return", of_return)
    if who == "stranger":
        reads = state == "accepted"  # the plan's page itself is closed to them
    expected = private if reads else []
    assert sorted(each for each in of_item if each in private) == sorted(expected)
    assert sorted(each for each in of_plan if each in private) == sorted(expected)


def test_the_reason_a_return_was_sent_back_is_shown_only_to_users_who_may_read_it(
    plan, police, of_return, contributor, coordinator, colleague
):
    of_return.state, of_return.submitted_at = "submitted", at(2)
    history.save(of_return, by=None, at=at(2))
    of_return.state = "sent_back"
    history.save(of_return, by=coordinator, reason="Say more.", at=at(3))

    def reasons(user):
        page = history_page(Scope(plan=plan.pk), reader_of(user, plan), Wanted())
        return [each.why for each in page.entries if each.what.startswith("sent the return")]

    assert [reasons(user) for user in (contributor, coordinator, colleague)] == [
        ["Say more."],
        ["Say more."],
        [""],
    ]


def test_a_returns_history_has_its_answers_on_milestones_with_the_hour(
    sign_in, plan, contributor, approver, coordinator, item, of_return
):
    milestone = MilestoneFactory(item=item, description="Printed")
    answer = MilestoneAnswerFactory.build(
        of_return=of_return, milestone=milestone, written_by=contributor, written_at=at(1)
    )
    answer.milestone_version, answer.reason = 1, "The boxes are at the airports."
    history.save(answer, by=contributor, at=at(1))
    done = "“Printed” was done on 1 July 2010"

    def answers(user):
        page = history_page(Scope(of_return=of_return.pk), reader_of(user, plan), Wanted())
        return [
            (entry.who.split(" (")[0], entry.what, [each.label for each in entry.changes])
            for entry in page.entries
            if "“Printed”" in entry.what
        ]

    own = [("Police contributor", f"answered: {done}.", ["Note"])]
    assert (answers(contributor), answers(coordinator)) == (own, [])
    of_return.state, of_return.submitted_at = "submitted", at(2)
    history.save(of_return, by=approver, at=at(2))
    answer.applied_at = at(2)
    history.save(answer, by=approver, fields=["applied_at"], at=at(2))
    says = f"submitted Police contributor’s answer: {done}."
    assert answers(contributor) == own
    assert answers(coordinator) == [("Police approver", says, ["Note"])]
    hour = date_format(localtime(at(2)), "g:i a")
    page = sign_in(coordinator).get(f"{of_return.get_absolute_url()}history/").text
    assert f'<span class="quiet small">{hour}</span>' in page


def test_other_agencies_see_the_submitted_text_and_not_earlier_drafts(
    item, of_return, contributor, colleague, plan
):
    update = UpdateFactory.build(item=item, of_return=of_return, achieved="Customs was slow.")
    history.save(update, by=contributor, at=at(1))
    update.achieved = "The brochure is late."
    history.save(update, by=contributor, at=at(2))
    of_return.state, of_return.submitted_at = "submitted", at(3)
    history.save(of_return, by=contributor, at=at(3))
    of_return.state = "sent_back"
    history.save(of_return, by=None, at=at(4))
    update.achieved = "The brochure is late by a month."
    history.save(update, by=contributor, at=at(5))
    of_return.state = "submitted"
    history.save(of_return, by=contributor, at=at(6))
    of_return.state, of_return.accepted_on = "accepted", date(2010, 7, 7)
    history.save(of_return, by=None, at=at(7))

    def texts(entries):
        return [
            [(strand.text, strand.is_removed, strand.is_added) for strand in change.strands]
            for each in entries[::-1]
            for change in each.changes
            if change.label == "Achieved"
        ]

    theirs = reader_of(colleague, plan)
    for scope in (Scope(item=item.pk), Scope(plan=plan.pk), Scope(of_return=of_return.pk)):
        found = texts(history_page(scope, theirs, Wanted()).entries)
        assert ["".join(text for text, *_ in each) for each in found] == [
            "The brochure is late.",
            "The brochure is late by a month.",
        ]
    own = texts(history_page(Scope(item=item.pk), reader_of(contributor, plan), Wanted()).entries)
    assert own[0] == [("Customs was slow.", False, False)]
    assert len(own) == 3


# --- the pages ------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("item", 10), ("plan", 9), ("return", 9)])
def test_a_history_page_takes_the_same_queries_for_any_number_of_entries(
    sign_in, contributor, full, item, count, address, queries, django_assert_num_queries
):
    of_return = Return.objects.get()
    for _ in range(count):
        MitigationFactory(delay=DelayFactory(milestone=MilestoneFactory(item=item)))
        update = Update.objects.get()
        update.achieved += " And more."
        history.save(update, by=contributor)
    pages = {
        "item": f"{item.get_absolute_url()}history/",
        "plan": f"{full.get_absolute_url()}history/",
        "return": f"{of_return.get_absolute_url()}history/",
    }
    client = sign_in(contributor)
    client.get("/plans/")
    # Savepoint and release; session, person, seats, plans; the row; agencies to choose from; which
    # rows are on the page, and what they say.
    with django_assert_num_queries(queries):
        assert client.get(pages[address]).status_code == 200


@pytest.mark.parametrize("asked", ["0", "-1", "x", "99999", "999999999999", "²"])
def test_a_page_number_out_of_range_is_not_an_error(sign_in, contributor, item, asked):
    page = sign_in(contributor).get(f"{item.get_absolute_url()}history/", {"page": asked})
    assert page.status_code == 200


def test_an_invalid_day_is_reported_and_does_not_filter(sign_in, contributor, item):
    page = sign_in(contributor).get(f"{item.get_absolute_url()}history/", {"since": "soon"})
    assert (page.status_code, len(page.context["blocks"])) == (200, 1)
    assert str(ENTER_A_DATE) in page.text


def test_filters_are_kept_from_page_to_page(sign_in, contributor, item):
    for n in range(60):
        item.stage = ["ongoing", "under_way"][n % 2]
        history.save(item, by=None, at=at(1) + timedelta(hours=n))
    address = f"{item.get_absolute_url()}history/"
    page = sign_in(contributor).get(address, {"about": "stage"}).text
    assert 'href="?about=stage&amp;page=2" rel="next"' in page
    assert 'rel="prev"' not in page


def test_a_seat_in_two_agencies_reads_the_drafts_of_both(plan, police, customs, contributor):
    SeatFactory(user=contributor, agency=customs, role=Seat.Role.OBSERVER, from_on=localdate())
    assert reader_of(contributor, plan).agencies == {police.pk, customs.pk}

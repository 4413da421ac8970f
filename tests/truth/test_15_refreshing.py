"""An update of a draft from the records is shown first, and asks only agencies whose words change.

Police and Customs each lead a late item; the delays are told in one paragraph, or in one list if the items
are key. The coordinating agency leads another item. Both have concurred.
"""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from reports.clearance import services as clearance
from reports.clearance.consultation import read_consultation
from reports.drafting import concerns, draft_rows
from reports.drafting.draft import printed
from reports.drafting.paper import composed
from reports.models import Briefing, Clearance, ClearanceComment, DraftParagraph
from reports.workshop.services import drafts, record_updates
from tests.factories import (
    DelayFactory,
    MilestoneFactory,
    MitigationFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.reports.drafted import BEFORE, BEFORE_ON, drafted
from workitems.models import Delay
from workitems.models.item import Stage, WorkItem
from workitems.plan.services import Refused

# The facts of a briefing are as at its date only from that day on.
ON_ITS_DATE = datetime(2010, 7, 30, 2, tzinfo=UTC)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="what an update does to a draft; drafts are saved on both"),
]


@pytest.fixture(autouse=True)
def before_the_paper():
    with time_machine.travel(ON_ITS_DATE, tick=False):
        yield


@pytest.fixture
def by(labour):
    return SeatFactory(agency=labour, role="coordinator", user__name="Coordinator").user


def late(item, explanation):
    """Give the item a milestone that is overdue, with a delay and a mitigation."""
    milestone = MilestoneFactory(
        item=item, original_due=date(2010, 6, 1), description=f"Be done with {item.number}"
    )
    delay = DelayFactory(milestone=milestone, explanation=explanation)
    MitigationFactory(delay=delay, owner_agency=item.lead_agency)
    return delay


@pytest.fixture
def are_key():
    """Whether the late items are key items; a test may set it."""
    return False


@pytest.fixture
def delays(plan, item, customs, labour, are_key):
    """The delays of Police (item 1.2) and of Customs (item 1.3)."""
    set_to(item, is_key=are_key)
    at_border = WorkItemFactory(
        plan=plan, number="1.3", title="Train officers", lead_agency=customs, stage="under_way",
        is_key=are_key,
    )  # fmt: skip
    WorkItemFactory(
        plan=plan, number="1.4", title="Write the guide", lead_agency=labour, stage="under_way"
    )
    return [late(item, "The printer is late."), late(at_border, "The trainer was ill.")]


@pytest.fixture
def briefing(plan, item, delays, by, police, customs):
    made = drafted(plan, item, by)
    made = clearance.ask(
        briefing=made,
        agencies=[police, customs],
        due_on=date(2010, 7, 15),
        by=by,
        on=BEFORE_ON,
        at=BEFORE,
    )
    for row in made.clearances.all():
        concur(row)
    return made


def concur(row):
    row = Clearance.objects.select_related("agency", "briefing").get(pk=row.pk)
    draft = draft_rows.read_draft(row.briefing).draft
    texts = concerns.current_texts(row, draft, concerns.owners_of(draft))
    clearance.answer(
        clearance=row,
        version=row.version,
        read=concerns.fingerprint(texts),
        answer="concurs",
        words="",
        by=UserFactory(),
        at=BEFORE,
    )


def set_to(row, **columns):
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    row.save()


def move_the_figures():
    """Begin the coordinating agency's item; no paragraph but the figures speaks of it."""
    set_to(WorkItem.objects.get(number="1.4"), stage=Stage.ONGOING)


def explain(delay, words):
    delay = Delay.objects.get(pk=delay.pk)
    delay.explanation = words
    delay.save()


def act(delay, words):
    (action,) = Delay.objects.get(pk=delay.pk).mitigations.all()
    action.description = words
    action.save()


def proposed(briefing):
    return record_updates.proposed(briefing, composed(briefing))


def update(briefing, by, changes, take=None):
    digests = [each.digest for each in changes]
    return record_updates.update_from_records(
        briefing=briefing,
        composed=composed(briefing),
        shown=digests,
        take=digests if take is None else [each.digest for each in take],
        by=by,
    )


def asked_again(briefing):
    rows = briefing.clearances.filter(answer="").order_by("agency__short_name")
    return [row.agency.short_name for row in rows]


def text_of(briefing, key):
    draft = draft_rows.read_draft(briefing).draft
    return printed(draft, draft.part(key).text)


NO_DATE = "due by 1 June 2010, no new date is set"
OF_POLICE = (
    f"For “Be done with 1.2” (1.2, printing a brochure), {NO_DATE}, because the printer is late."
)
OF_CUSTOMS = (
    f"For “Be done with 1.3” (1.3, training officers), {NO_DATE}, because the trainer was ill."
)


# --- whose words ------------------------------------------------------------------------------


@pytest.mark.parametrize("are_key", [True])
def test_of_a_list_each_agency_owns_the_bullets_about_its_records(briefing, police, customs):
    draft = draft_rows.read_draft(briefing).draft
    owners = concerns.owners_of(draft)
    (listed,) = draft.portion("delay").parts
    assert owners[listed.key] == {police.pk: f"- {OF_POLICE}", customs.pk: f"- {OF_CUSTOMS}"}
    lead, *bullets = concerns.lines_of(listed.text)
    assert lead == "Two key items were held up, mainly by a lack of funding:"
    assert bullets == list(owners[listed.key].values())


def test_what_is_done_about_an_item_is_a_paragraph_of_its_agency(briefing, police, customs):
    draft = draft_rows.read_draft(briefing).draft
    owners = concerns.owners_of(draft)
    of_police, of_customs = draft.portion("mitigation").parts
    assert owners[of_police.key] == {police.pk: of_police.text}
    assert owners[of_customs.key] == {customs.pk: of_customs.text}


def test_of_items_told_one_after_another_each_agency_owns_its_sentences(briefing, police, customs):
    draft = draft_rows.read_draft(briefing).draft
    (told,) = draft.portion("delay").parts
    assert told.text == f"{OF_POLICE} {OF_CUSTOMS}"
    assert concerns.owners_of(draft)[told.key] == {police.pk: OF_POLICE, customs.pk: OF_CUSTOMS}


def test_an_agency_is_shown_its_own_sentences_and_how_many_others_there_are(briefing, customs):
    row = briefing.clearances.select_related("briefing", "agency").get(agency=customs)
    (told,) = draft_rows.read_draft(briefing).draft.portion("delay").parts
    (place,) = (each for each in read_consultation(row).own if each.key == told.key)
    said = "".join(run.text for run in place.printed.text)
    assert (said, place.others) == (OF_CUSTOMS, 1)


def test_an_agency_is_told_where_its_records_have_changed_since_and_what_they_would_say(
    briefing, police, customs, delays, client
):
    explain(delays[0], "The printer is broken.")
    act(delays[0], "Hire a second printer")

    def places(agency):
        row = briefing.clearances.select_related("briefing", "agency").get(agency=agency)
        return [
            (
                [each.text for each in place.since if each.is_removed],
                [each.text for each in place.since if each.is_added],
                place.others,
            )
            for place in read_consultation(row).own
            if place.is_outdated
        ]

    assert places(customs) == []
    assert places(police) == [
        ([], [], 1),
        (["ask for money in the next budget"], ["hire a second printer"], 0),
    ]


def test_figures_of_several_agencies_belong_to_none(briefing, police, customs):
    draft = draft_rows.read_draft(briefing).draft
    figures = draft.portion("purpose").parts[1]
    assert concerns.owners_of(draft)[figures.key] == {}
    assert figures.key not in Clearance.objects.get(agency=police).cleared


@pytest.mark.parametrize("is_key", [True, False])
def test_a_list_of_one_agency_is_its_own_with_the_words_above(plan, item, by, police, is_key):
    for number in ("1.3", "1.5"):
        late(
            WorkItemFactory(plan=plan, number=number, lead_agency=police, is_key=is_key), "Illness."
        )
    draft = draft_rows.read_draft(drafted(plan, item, by)).draft
    (told,) = draft.portion("delay").parts
    assert concerns.owners_of(draft)[told.key] == {police.pk: told.text}


def test_what_was_joined_by_hand_belongs_to_every_agency_of_its_records(
    briefing, by, police, customs
):
    draft = draft_rows.read_draft(briefing).draft
    opening = draft.portion("purpose").parts[0]
    drafts.merge(briefing=briefing, key=opening.key, by=by)
    draft = draft_rows.read_draft(briefing).draft
    assert {police.pk, customs.pk} <= set(concerns.owners_of(draft)[opening.key])


@pytest.mark.parametrize(
    ("are_key", "added"),
    [
        (True, "\n- Both agencies wait."),
        (False, " Both agencies wait."),
        (False, "\n- Both agencies wait."),
    ],
    ids=["bullet", "sentence", "bullet after sentences"],
)
def test_words_changed_by_hand_ask_their_agency_and_added_ones_ask_all(briefing, by, added):
    (listed,) = draft_rows.read_draft(briefing).draft.portion("delay").parts
    edited = listed.text.replace("the trainer was ill", "the trainer left")
    drafts.edit(briefing=briefing, key=listed.key, text=edited, version=1, by=by)
    assert asked_again(briefing) == ["Customs"]
    longer = f"{edited}{added}"
    drafts.edit(briefing=briefing, key=listed.key, text=longer, version=2, by=by)
    assert asked_again(briefing) == ["Customs", "Police"]


def test_a_bullet_added_to_sentences_makes_the_paragraph_its_agencies_whole(
    briefing, by, police, customs
):
    (told,) = draft_rows.read_draft(briefing).draft.portion("delay").parts
    longer = f"{told.text}\n- Both agencies wait."
    drafts.edit(briefing=briefing, key=told.key, text=longer, version=1, by=by)
    owners = concerns.owners_of(draft_rows.read_draft(briefing).draft)
    assert owners[told.key] == {police.pk: longer, customs.pk: longer}


# --- what would change --------------------------------------------------------------------------


def test_figures_that_move_ask_no_agency_again(briefing, by):
    move_the_figures()
    (change,) = changes = proposed(briefing)
    assert (change.place, change.heading, change.kind, change.agencies) == (
        "Paragraph 2",
        "Purpose",
        "Changed",
        (),
    )
    update(briefing, by, changes)
    assert text_of(briefing, change.key) == change.now
    assert asked_again(briefing) == []


def test_an_update_asks_exactly_the_agencies_whose_words_change(briefing, delays, by):
    explain(delays[1], "The trainer has left.")
    (change,) = changes = proposed(briefing)
    assert (change.heading, change.agencies) == ("Delay", ("Customs",))
    assert change.now == f"{OF_POLICE} {OF_CUSTOMS}".replace("was ill", "has left")
    taken = update(briefing, by, changes)
    assert record_updates.in_words(taken) == (
        "One paragraph was updated from the records. Customs is asked again for clearance."
    )
    assert asked_again(briefing) == ["Customs"]
    row = Clearance.objects.get(agency__short_name="Customs")
    assert re.fullmatch(r"Paragraph \d+ was changed\.", row.reopened_because)


def test_an_action_that_is_worded_anew_asks_its_agency(briefing, delays, by):
    act(delays[0], "Print it elsewhere.")
    (change,) = changes = proposed(briefing)
    assert (change.heading, change.agencies) == ("Mitigation", ("Police",))
    update(briefing, by, changes)
    assert asked_again(briefing) == ["Police"]


def test_an_item_that_is_told_elsewhere_asks_no_agency_but_its_own(briefing, by):
    set_to(WorkItem.objects.get(number="1.3"), is_key=True)
    assert [(each.heading, each.kind, each.agencies) for each in proposed(briefing)] == [
        ("Purpose", "Changed", ()),
        ("Delay", "New", ("Customs",)),
        ("Delay", "Changed", ("Customs",)),
    ]
    update(briefing, by, proposed(briefing))
    assert asked_again(briefing) == ["Customs"]


def test_what_is_not_ticked_stays_as_it_was_and_is_shown_again(briefing, delays, by):
    move_the_figures()
    explain(delays[0], "The printer has closed.")
    figures, listed = changes = proposed(briefing)
    assert update(briefing, by, changes, take=[figures]) == (figures,)
    assert text_of(briefing, listed.key) == listed.was
    assert asked_again(briefing) == []
    assert [each.key for each in proposed(briefing)] == [listed.key]


def test_a_new_and_a_removed_paragraph_can_each_be_left_out(briefing, plan, customs, by):
    set_to(WorkItem.objects.get(number="1.3"), is_key=True)
    told = {each.heading: [] for each in proposed(briefing)}
    for each in proposed(briefing):
        told[each.heading].append((each.place, each.kind))
    assert told["Delay"] == [("A new paragraph", "New"), ("Paragraph 5", "Changed")]
    new = next(each for each in proposed(briefing) if each.kind == "New")
    update(
        briefing, by, proposed(briefing), take=[each for each in proposed(briefing) if each != new]
    )
    assert not briefing.draft_paragraphs.filter(key=new.key).exists()
    update(briefing, by, proposed(briefing))
    assert text_of(briefing, new.key) == new.now
    set_to(WorkItem.objects.get(number="1.3"), is_key=False)
    gone = [each for each in proposed(briefing) if each.kind == "Removed"]
    assert new.key in {each.key for each in gone}


def test_an_update_without_ticks_is_refused(briefing, by):
    move_the_figures()
    with pytest.raises(Refused, match="Tick at least one change"):
        update(briefing, by, proposed(briefing), take=[])


def test_a_record_that_moved_after_the_page_was_read_is_shown_first(briefing, delays, by):
    move_the_figures()
    read = proposed(briefing)
    explain(delays[0], "The printer has closed.")
    versions = DraftParagraph.history.count()
    with pytest.raises(record_updates.RecordsMoved):
        update(briefing, by, read)
    assert (DraftParagraph.history.count(), asked_again(briefing)) == (versions, [])


def test_an_answer_given_after_the_page_was_read_is_shown_first(briefing, delays, by):
    """Who would be asked again is part of what is confirmed."""
    explain(delays[1], "The trainer has left.")
    customs = Clearance.objects.get(agency__short_name="Customs")
    version = customs.version
    Clearance.objects.filter(pk=customs.pk).update(
        answer="", answered_by=None, answered_as="", answered_at=None, version=version + 1
    )
    read = proposed(briefing)
    assert [each.agencies for each in read] == [()]
    concur(customs)
    with pytest.raises(record_updates.RecordsMoved):
        update(briefing, by, read)


# --- answers given before agencies owned single bullets ------------------------------------------


@pytest.fixture
def cleared_whole(briefing):
    """Both agencies cleared the figures and the list of delays whole."""
    draft = draft_rows.read_draft(briefing).draft
    texts = {part.key: part.text for part in draft.parts()}
    shared = [draft.portion("purpose").parts[1].key, draft.portion("delay").parts[0].key]
    for row in briefing.clearances.all():
        row.cleared |= {key: texts[key] for key in shared}
        row.save()
    return briefing


@pytest.mark.parametrize("are_key", [True])
def test_an_earlier_answer_asks_again_only_for_the_agencys_own_words(cleared_whole, delays, by):
    move_the_figures()
    update(cleared_whole, by, proposed(cleared_whole))
    assert asked_again(cleared_whole) == []
    explain(delays[1], "The trainer has left.")
    update(cleared_whole, by, proposed(cleared_whole))
    assert asked_again(cleared_whole) == ["Customs"]


def test_a_comment_makes_a_paragraph_the_agencys_whoever_it_is_about(briefing, by, customs):
    row = briefing.clearances.select_related("briefing").get(agency=customs)
    figures = draft_rows.read_draft(briefing).draft.portion("purpose").parts[1]
    made = clearance.comment(clearance=row, key=figures.key, text="Say how many.", by=by, at=BEFORE)
    clearance.resolve(comment=made, resolution="Said.", by=by, at=BEFORE)
    assert ClearanceComment.objects.count() == 1
    concur(row)
    move_the_figures()
    assert [each.agencies for each in proposed(briefing)] == [("Customs",)]
    update(briefing, by, proposed(briefing))
    assert asked_again(briefing) == ["Customs"]


# --- the page -----------------------------------------------------------------------------------


@pytest.fixture
def address(briefing, by, client):
    client.force_login(by)
    return reverse("workshop:update", args=[briefing.plan.slug, briefing.pk])


def words(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.split())


def test_the_page_changes_nothing_and_shows_words_ticks_and_agencies(
    address, briefing, delays, client
):
    explain(delays[1], "The trainer has left.")
    versions = DraftParagraph.history.count()
    shown = client.get(address)
    assert DraftParagraph.history.count() == versions
    text = shown.content.decode().split("update-changes")[1]
    assert re.findall(r"<(del|ins)>.*?</span>\s*([^<]+)", text) == [
        ("del", "was ill"),
        ("ins", "has left"),
    ]
    assert text.count('type="checkbox" name="take"') == text.count(" checked") == 1
    assert "Asks again: Customs" in words(shown)
    assert "Agencies that would be asked again for their clearance Customs." in words(shown)


def test_the_page_names_the_answers_that_leave_the_paper(address, briefing, delays, client):
    row = briefing.clearances.get(agency__short_name="Customs")
    set_to(row, answer="dissents", words="The trainer was never ours.")
    assert "leave the paper" not in words(client.get(address))
    explain(delays[1], "The trainer has left.")
    shown = words(client.get(address))
    assert (
        "These answers leave the paper until their agency has answered again. They stay in its history: "
        "Customs, Does not concur: “The trainer was never ours.”" in shown
    )


def test_the_page_updates_what_is_ticked(address, briefing, delays, client):
    move_the_figures()
    explain(delays[1], "The trainer has left.")
    figures, listed = proposed(briefing)
    sent = {"shown": f"{figures.digest} {listed.digest}", "take": [figures.digest]}
    answer = client.post(address, sent, follow=True)
    assert "One paragraph was updated from the records." in words(answer)
    assert asked_again(briefing) == []
    assert text_of(briefing, figures.key) == figures.now


def test_the_page_is_shown_again_with_ticks_kept_when_a_record_moved(
    address, briefing, delays, client
):
    move_the_figures()
    explain(delays[1], "The trainer has left.")
    figures, listed = proposed(briefing)
    explain(delays[1], "The trainer has retired.")
    sent = {"shown": f"{figures.digest} {listed.digest}", "take": [listed.digest]}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "The records or the draft have changed since this page was shown." in words(answer)
    assert [(each.key, ticked, new) for each, ticked, new in answer.context["shown"]] == [
        (figures.key, False, False),
        (listed.key, True, True),
    ]
    assert words(answer).count("New since you read the page") == 1
    again = {
        "shown": answer.context["form"]["shown"].value(),
        "take": [each.digest for each, ticked, _ in answer.context["shown"] if ticked],
    }
    assert client.post(address, again).status_code == 302
    assert asked_again(briefing) == ["Customs"]


def test_the_page_says_when_there_is_nothing_to_update(address, client):
    assert "There is nothing to update." in words(client.get(address))


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_locked_draft_has_nothing_to_update(address, briefing, client, method):
    Briefing.objects.update(state="awaiting")
    answer = getattr(client, method)(address, follow=True)
    assert "This briefing is awaiting authorisation; its text is locked." in words(answer)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_changes(
    address, plan, briefing, police, delays, client, count, django_assert_num_queries
):
    for number in range(count):
        late(
            WorkItemFactory(plan=plan, number=f"2.{number}", lead_agency=police, is_key=True),
            "Illness.",
        )
    client.get(address)
    with django_assert_num_queries(48):
        shown = client.get(address)
    assert len(shown.context["shown"]) >= count

"""Rule 20: autosaved pauses of one person are one entry in the history, until something ends it."""

from contextlib import ExitStack
from copy import deepcopy
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from agencies.models import Seat
from reports.briefings.services import states
from reports.drafting import draft_rows
from reports.workshop.services import drafts
from tests.cast import client_of, standing_scene
from tests.factories import SeatFactory
from tests.reports.drafted import drafted
from workitems.models import Return, Update
from workitems.plan.services import Conflict
from workitems.returns.services import rounds

pytestmark = pytest.mark.django_db

MORNING = datetime(2010, 6, 1, 9, 30, tzinfo=ZoneInfo("Pacific/Auckland"))
BEFORE_MIDNIGHT = datetime(2010, 6, 1, 23, 59, tzinfo=ZoneInfo("Pacific/Auckland"))
AFTER_MIDNIGHT = BEFORE_MIDNIGHT + timedelta(minutes=2)
PAUSES = ("The broch", "The brochure is prin", "The brochure is printed.")


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as travel:
        yield travel


# --- answers of a return ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world_of_the_morning(django_db_setup, django_db_blocker):
    with ExitStack() as afterwards:
        with time_machine.travel(MORNING, tick=False):
            made = afterwards.enter_context(standing_scene(django_db_blocker))
        yield made


@pytest.fixture
def world(world_of_the_morning, clock, db):
    """The scene of the module, with rows of the test's own."""
    return deepcopy(world_of_the_morning)


@pytest.fixture
def answer(world):
    """Return a function that saves the answer on the item as the script does."""
    of_return = Return.objects.get(agency=world.agencies["police"], round=world.round)
    address = reverse(
        "returns:save", args=[world.plan.slug, world.round.pk, of_return.agency_id, "1.1"]
    )
    form = f"i{world.item.pk}"

    def save(text, who="contributor"):
        update = of_return.updates.first()
        said = {
            f"{form}-version": update.version if update else 0,
            f"{form}-stage": "under_way",
            f"{form}-confidence": "on_track",
            f"{form}-key_achievement": "no",
            f"{form}-achieved": text,
        }
        response = client_of(world, who).post(address, said)
        assert response.status_code == 200, response.text
        return of_return.updates.get()

    return save


def entries(row):
    """Return what the history has of the row, oldest first: who, and what it said."""
    rows = row.history.order_by("history_id").values_list("history_actor", "achieved")
    return [(who.split(" (")[0], text) for who, text in rows]


def test_pauses_of_one_person_are_one_entry_with_the_last_words(answer, clock):
    for text in PAUSES:
        update = answer(text)
        clock.shift(60)
    assert entries(update) == [("Police contributor", PAUSES[-1])]
    newest = update.history.get()
    assert (newest.history_type, newest.history_date) == ("+", MORNING + timedelta(minutes=2))


def test_the_version_moves_with_every_pause_so_that_a_conflict_is_found(answer, world):
    shown = answer(PAUSES[0]).version
    assert answer(PAUSES[1]).version == shown + 1
    with pytest.raises(Conflict):
        rounds.write_update(
            of_return=Return.objects.get(agency=world.agencies["police"], round=world.round),
            item=world.item,
            stage="under_way",
            achieved="Other words.",
            version=shown,
            by=world["approver"],
            at=MORNING,
        )


def test_another_persons_words_are_an_entry_of_their_own_and_end_the_first(answer):
    for text in PAUSES[:2]:
        answer(text)
    answer("Printed.", who="approver")
    update = answer(PAUSES[2])
    assert entries(update) == [
        ("Police contributor", PAUSES[1]),
        ("Police approver", "Printed."),
        ("Police contributor", PAUSES[2]),
    ]


def test_the_end_of_the_day_in_new_zealand_ends_an_entry(answer, clock):
    clock.move_to(BEFORE_MIDNIGHT)
    answer(PAUSES[0])
    clock.move_to(AFTER_MIDNIGHT)
    answer(PAUSES[1])
    assert len(entries(answer(PAUSES[2]))) == 2


def test_submitting_ends_an_entry(answer, world):
    answer(PAUSES[0])
    update = answer(PAUSES[1])
    of_return = update.of_return
    when = {"on": MORNING.date(), "at": MORNING}
    rounds.submit(of_return=of_return, by=world["approver"], with_unmended=True, **when)
    rounds.send_back(of_return=of_return, note="More, please.", by=world["coordinator"], at=MORNING)
    assert entries(answer(PAUSES[2])) == [
        ("Police contributor", PAUSES[1]),
        ("Police contributor", PAUSES[2]),
    ]


def test_pauses_in_a_reply_to_a_note_are_one_entry_too(answer, world, clock):
    of_return = answer(PAUSES[0]).of_return
    when = {"on": MORNING.date(), "at": MORNING}
    rounds.submit(of_return=of_return, by=world["approver"], with_unmended=True, **when)
    rounds.send_back(of_return=of_return, note="More, please.", by=world["coordinator"], at=MORNING)
    note = of_return.notes.latest("pk")
    address = f"{of_return.get_absolute_url()}notes/{note.pk}/"

    def reply(text, who="contributor"):
        note.refresh_from_db()
        said = {f"n{note.pk}-version": note.version, f"n{note.pk}-reply": text}
        assert client_of(world, who).post(address, said).status_code == 200
        clock.shift(60)

    for text in PAUSES:
        reply(text)
    reply("Printed.", "approver")
    found = list(note.history.order_by("history_id").values_list("history_actor", "reply"))
    assert [(who.split(" (")[0], text) for who, text in found] == [
        ("Coordinator", ""),
        ("Police contributor", PAUSES[-1]),
        ("Police approver", "Printed."),
    ]
    of_return.refresh_from_db()
    rounds.submit(of_return=of_return, by=world["approver"], with_unmended=True, **when)
    assert note.history.filter(history_is_open=True).count() == 0


def test_a_save_by_button_is_an_entry_of_its_own(answer, world):
    update = answer(PAUSES[0])
    for text in PAUSES[1:]:
        update = rounds.write_update(
            of_return=update.of_return,
            item=world.item,
            stage="under_way",
            achieved=text,
            version=update.version,
            by=world["contributor"],
            at=MORNING,
        )
    assert [text for _, text in entries(update)] == list(PAUSES)


def test_the_history_page_tells_sentences_and_no_half_sentences(answer, world):
    for text in PAUSES:
        answer(text)
    address = reverse("workitems:history", args=[world.plan.slug, world.item.number])
    shown = client_of(world, "contributor").get(address).text
    assert PAUSES[-1] in shown
    assert f"{PAUSES[0]}<" not in shown
    assert shown.count("answered for this round") <= 1


# --- what the database refuses ------------------------------------------------------------------


def refused(act):
    with (
        pytest.raises(IntegrityError, match="History rows are never changed or deleted"),
        transaction.atomic(),
    ):
        act()


def test_only_the_newest_open_entry_takes_more_and_only_of_the_same_person(answer, world):
    rows = answer(PAUSES[0]).history
    for change in (
        {"history_actor": "Somebody else"},
        {"history_user": world["approver"]},
        {"history_user": None},
        {"history_change_reason": "So."},
        {"history_type": "-"},
        {"history_date": MORNING - timedelta(days=1)},
        {"id": 77},
    ):
        refused(lambda change=change: rows.update(**change))
    refused(rows.all().delete)
    answer("Printed.", who="approver")
    refused(lambda: rows.order_by("history_id").first().__class__.objects.filter(
        history_id=rows.order_by("history_id").first().history_id
    ).update(achieved="Other words."))  # fmt: skip


def test_a_closed_entry_is_never_changed_or_opened_again(answer, clock):
    rows = answer(PAUSES[0]).history
    clock.move_to(AFTER_MIDNIGHT)
    call_command("send_notices")
    assert rows.get().history_is_open is False
    refused(lambda: rows.update(achieved="Other words."))
    refused(lambda: rows.update(history_is_open=True))


def test_the_day_is_not_over_yet_for_what_is_typed_today(answer):
    update = answer(PAUSES[0])
    call_command("send_notices")
    assert update.history.get().history_is_open is True


# --- texts of a draft ---------------------------------------------------------------------------


@pytest.fixture
def coordinator(world):
    return world["coordinator"]


@pytest.fixture
def briefing(world, coordinator):
    return drafted(
        world.plan, world.item, coordinator, kind=world.briefing.kind.slug, tracker_number="11/1"
    )


@pytest.fixture
def paragraph(briefing, coordinator):
    section = briefing.draft_sections.get(key="purpose")
    return drafts.add(briefing=briefing, section=section.key, text="It is.", by=coordinator)


def type_in(client, briefing, key, text, part="paragraph"):
    """Save a text as the script of the draft's page does."""
    rows = draft_rows.read_draft(briefing)
    row = rows.paragraphs.get(key) or rows.asks.get(key)
    address = reverse(f"workshop:{part}", args=[briefing.plan.slug, briefing.pk, key])
    said = {"act": "save", "text": text, "version": row.version if row else 0, "seen": ""}
    more = {"verb": "note", "options": ""} if part == "ask" else {"section": "purpose"}
    response = client.post(address, said | more, headers={"accept": "application/json"})
    assert response.status_code == 200, response.text


def texts(row):
    return list(row.history.order_by("history_id").values_list("text", flat=True))


def test_pauses_in_a_paragraph_are_one_version(world, briefing, paragraph):
    client = client_of(world, "coordinator")
    for text in PAUSES:
        type_in(client, briefing, paragraph.key, text)
    assert texts(paragraph) == ["It is.", PAUSES[-1]]
    paragraph.refresh_from_db()
    assert paragraph.version == 4


def test_pauses_in_a_new_paragraph_are_one_version(world, briefing):
    client = client_of(world, "coordinator")
    for text in PAUSES:
        type_in(client, briefing, "p-new-one", text)
    assert texts(briefing.draft_paragraphs.get(key="p-new-one")) == [PAUSES[-1]]


def test_pauses_in_a_recommendation_are_one_version(world, briefing):
    client = client_of(world, "coordinator")
    ask = briefing.draft_asks.order_by("position")[0]
    before = texts(ask)
    for text in PAUSES:
        type_in(client, briefing, ask.key, text, part="ask")
    assert texts(ask) == [*before, PAUSES[-1]]


@pytest.mark.parametrize(
    "act",
    [
        lambda briefing, row, by: drafts.hide(briefing=briefing, key=row.key, by=by),
        lambda briefing, row, by: drafts.step(briefing=briefing, key=row.key, places=1, by=by),
        lambda briefing, row, by: drafts.refresh(briefing=briefing, composed=[], by=by),
        lambda briefing, row, by: states.move(briefing, "in_consultation", by=by),
        lambda briefing, row, by: states.end_pauses(briefing),
    ],
    ids=["hidden", "moved", "refreshed", "sent on", "answered"],
)
def test_any_other_act_on_the_draft_ends_a_version(world, briefing, paragraph, coordinator, act):
    client = client_of(world, "coordinator")
    type_in(client, briefing, paragraph.key, PAUSES[0])
    briefing.refresh_from_db()
    act(briefing, paragraph, coordinator)
    type_in(client, briefing, paragraph.key, PAUSES[1])
    assert [text for text in texts(paragraph) if text in PAUSES][0] == PAUSES[0]
    assert texts(paragraph)[-1] == PAUSES[1]


def test_a_paragraph_typed_by_two_has_an_entry_for_each(world, briefing, paragraph):
    colleague = SeatFactory(
        agency=world.plan.coordinating_agency, role=Seat.Role.COORDINATOR, user__name="Colleague"
    ).user
    client = client_of(world, "coordinator")
    type_in(client, briefing, paragraph.key, PAUSES[0])
    row = drafts.edit(
        briefing=briefing, key=paragraph.key, text="Theirs.", version=2, by=colleague, is_pause=True
    )
    assert row.version == 3
    type_in(client, briefing, paragraph.key, PAUSES[1])
    assert texts(paragraph) == ["It is.", PAUSES[0], "Theirs.", PAUSES[1]]


def test_only_answers_numbers_replies_and_drafts_have_pauses():
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        found = {
            table
            for table in tables
            if "history_is_open"
            in {c.name for c in connection.introspection.get_table_description(cursor, table)}
        }
    assert Update.history.model._meta.db_table in found
    assert len(found) == 5

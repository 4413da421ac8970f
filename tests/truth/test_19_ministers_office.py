"""Test that a Minister's office reads the papers addressed to its Minister, and no others."""

import importlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from agencies.models import Invitation, Office, Seat
from agencies.people.seating import history_of, seating_of
from agencies.records import history
from reports.models import Briefing, IssuedPaper
from tests.cast import Scene, standing_scene
from tests.constraints import refused_by
from tests.factories import (
    AgencyFactory,
    BriefingFactory,
    FollowUpFactory,
    InvitationFactory,
    IssuedPaperFactory,
    OfficeSeatFactory,
    PlanFactory,
    ResponseFactory,
    SeatFactory,
    UserFactory,
)
from tests.test_permissions import GONE, PAPER_READERS, READERS, RULES, client_of, told

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

IMMIGRATION, POLICE = "Minister of Immigration", "Minister of Police"
OTHER = "office of another Minister"
Role = Seat.Role


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    with standing_scene(django_db_blocker) as scene:
        scene.people[OTHER] = OfficeSeatFactory(portfolio=POLICE).user
        yield scene


@pytest.fixture
def office(people):
    return client_of(people, "minister's office")


@pytest.fixture
def other(people):
    return client_of(people, OTHER)


def addressed(plan, portfolio, number=1, **briefing) -> IssuedPaper:
    made: IssuedPaper = IssuedPaperFactory(
        briefing=BriefingFactory(plan=plan, **briefing), portfolio=portfolio, number=number
    )
    return made


# --- what an office sees ------------------------------------------------------------------------


def test_every_paper_of_one_minister_is_hidden_from_the_office_of_another(people, other):
    """The matrix asks for these addresses as the office of the paper's own Minister."""
    reads = {name: row for name, row in RULES.items() if row.get["minister's office"] == 200}
    of_papers = {name: row for name, row in reads.items() if row.get["stranger"] == GONE}
    assert set(of_papers) == {
        *("briefings:list", "briefings:issued", "briefings:version", "briefings:scan"),
        *(f"briefings:version-{form}" for form in ("pdf", "json", "docx", "xlsx")),
        "briefings:action",
        "briefings:answer",
    }
    found = {
        name: told(other.get(reverse(name, args=row.arguments(people))))
        for name, row in of_papers.items()
    }
    assert found == dict.fromkeys(of_papers, GONE)
    answer = reverse("briefings:answer", args=RULES["briefings:answer"].arguments(people))
    assert told(other.post(answer, {})) == GONE
    assert set(PAPER_READERS) - set(READERS) == {"minister's office"}


def test_the_lists_of_an_office_hold_its_papers_alone(people, office, other):
    theirs = addressed(people.plan, POLICE, tracker_number="11/7", title="To the other Minister")
    FollowUpFactory(issued=theirs, text="Only for the other Minister")
    ResponseFactory(issued=theirs, advice=2)
    address = reverse("briefings:list", args=[people.plan.slug])
    page = office.get(address)
    assert [row["briefing"].tracker_number for row in page.context["rows"]] == ["09/1"]
    assert [row.issued.briefing.tracker_number for row, _ in page.context["to_do"]] == ["09/1"]
    assert not page.context["ratings"] or len(page.context["ratings"].papers) == 1
    assert "the other Minister" not in page.text.lower()
    page = other.get(address)
    assert [row["briefing"].tracker_number for row in page.context["rows"]] == ["11/7"]
    assert [row.text for row, _ in page.context["to_do"]] == ["Only for the other Minister"]


@pytest.mark.both_databases
def test_a_paper_is_compared_with_papers_to_the_same_minister(people, office):
    addressed(people.plan, POLICE, tracker_number="11/8")
    page = office.get(reverse("briefings:compare", args=[people.plan.slug, people.issued.pk]))
    assert page.status_code == 200
    assert "11/8" not in page.text


@pytest.mark.both_databases
def test_a_correction_to_another_minister_hides_nothing_of_the_first_version(people, office, other):
    addressed_first = addressed(people.plan, IMMIGRATION, tracker_number="11/9")
    briefing = addressed_first.briefing
    IssuedPaperFactory(briefing=briefing, number=2, portfolio=POLICE, note="The portfolio moved.")
    page = reverse("briefings:issued", args=[people.plan.slug, briefing.pk])
    assert [paper.number for paper in office.get(page).context["versions"]] == [1]
    assert [paper.number for paper in other.get(page).context["versions"]] == [2]
    versions = [
        reverse("briefings:version", args=[people.plan.slug, briefing.pk, n]) for n in (1, 2)
    ]
    assert [office.get(each).status_code for each in versions] == [200, GONE]
    assert [other.get(each).status_code for each in versions] == [GONE, 200]
    made = FollowUpFactory(issued=briefing.issued.get(number=2))
    action = reverse("briefings:action", args=[people.plan.slug, briefing.pk, made.pk])
    assert (office.get(action).status_code, other.get(action).status_code) == (GONE, 200)
    # Who answers is the office of the version that holds.
    briefing = Briefing.objects.get(pk=briefing.pk)
    assert not people["minister's office"].has_perm("reports.answer_briefing", briefing)
    assert people[OTHER].has_perm("reports.answer_briefing", briefing)


def test_the_desk_of_an_office_holds_what_its_minister_has_to_answer(people, office, other):
    addressed(people.plan, IMMIGRATION, tracker_number="12/1", state="with_minister")
    addressed(people.plan, POLICE, tracker_number="12/2", state="with_minister")
    home = reverse("home")
    assert [line.what for line in office.get(home).context["lines"]] == [
        "Record the Minister’s answer to 12/1"
    ]
    assert [line.what for line in other.get(home).context["lines"]] == [
        "Record the Minister’s answer to 12/2"
    ]
    assert "Private secretary" in office.get(home).text
    assert f"Minister&#x27;s office, {IMMIGRATION}" in office.get(home).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_an_office_takes_the_same_queries_for_any_number_of_papers(
    people, office, django_assert_num_queries, count
):
    for number in range(count):
        addressed(people.plan, IMMIGRATION, tracker_number=f"13/{number}", state="with_minister")
    address = reverse("briefings:list", args=[people.plan.slug])
    office.get(address)  # the session notes when it began
    # Session, person, seats, plans, briefings, follow-ups, ratings; and the request's savepoint.
    with django_assert_num_queries(7 + 2):
        assert len(office.get(address).context["rows"]) == count + 1


def test_a_seat_in_the_coordinating_agency_is_no_office(people):
    """An office's seat was in the agency once."""
    with refused_by("seat_has_its_place"):
        SeatFactory(agency=people.agencies["labour"], role=Role.MINISTERS_OFFICE)


@pytest.mark.parametrize("row", [SeatFactory, InvitationFactory])
def test_an_agencys_role_is_in_an_agency(row, people):
    for columns in ({"agency": None}, {"portfolio": IMMIGRATION}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row(role=Role.CONTRIBUTOR, **columns)


def test_a_person_holds_one_seat_at_a_portfolio_at_a_time(people):
    user = people["minister's office"]
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficeSeatFactory(user=user, from_on=date(2020, 1, 1))
    OfficeSeatFactory(user=user, portfolio=POLICE)


def test_losing_the_seat_takes_effect_on_the_next_request(people, office):
    address = reverse("briefings:issued", args=[people.plan.slug, people.issued.pk])
    assert told(office.get(address)) == 200
    people["minister's office"].seats.update(to_on=date(2020, 1, 1))
    assert told(office.get(address)) == GONE


# --- who gives its seats ------------------------------------------------------------------------

ACTS = ("seats", "invite", "end")


def act(people, name):
    seat = people["minister's office"].seats.get()
    more = [seat.pk] if name == "end" else []
    return reverse(f"agencies:{name}", args=[Office(IMMIGRATION), *more])


@pytest.mark.both_databases
def test_the_coordinator_of_a_plan_for_the_minister_manages_the_office(people):
    for name in ACTS:
        found = {
            who
            for who in people.people
            if told(client_of(people, who).get(act(people, name))) == 200
        }
        assert (name, found) == (name, {"coordinator", "other plan's coordinator", "superuser"})
    health = SeatFactory(role=Role.COORDINATOR).user
    assert not health.has_perm("agencies.manage_seats", Office(IMMIGRATION))
    PlanFactory(slug="one-more", coordinating_agency=health.seats.get().agency)
    assert (
        type(health)
        .objects.get(pk=health.pk)
        .has_perm("agencies.manage_seats", Office(IMMIGRATION))
    )


def test_the_coordinator_finds_the_office_on_the_plans_page(people):
    page = people.plan.get_absolute_url()
    assert act(people, "seats") in client_of(people, "coordinator").get(page).text
    assert act(people, "seats") not in client_of(people, "observer").get(page).text


@pytest.mark.both_databases
def test_a_person_is_invited_to_an_office_and_accepts(people, django_capture_on_commit_callbacks):
    client = client_of(people, "coordinator")
    form = client.get(act(people, "invite")).context["form"]
    assert [value for value, _ in form.fields["role"].choices] == ["ministers_office"]
    typed = {
        "name": "Second secretary",
        "email": "second@example.org",
        "role": "ministers_office",
        "from_on": f"{localdate():%-d %B %Y}",
        "to_on": "",
        "reason": "",
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(act(people, "invite"), typed).url == act(people, "seats")
    (letter,) = mail.outbox
    assert letter.body.split("\n")[0].endswith(
        " invites you to the Plan Register as a member of Office of the Minister of Immigration."
    )
    link = letter.body.split("\n\n")[2].strip().removeprefix("http://127.0.0.1:8000")
    invitation = Invitation.objects.get(email="second@example.org")
    again = {**typed, "name": "Another name"}
    assert client.post(act(people, "invite"), again).context["form"].errors == {
        "email": [
            "second@example.org is already invited to be a member of the office of the Minister of "
            "Immigration. Withdraw that invitation first, or send it again."
        ]
    }
    withdraw = reverse("agencies:withdraw", args=[Office(IMMIGRATION), invitation.pk])
    assert client.get(withdraw).status_code == 200
    newcomer = Client()
    password = {"password1": "four unrelated words", "password2": "four unrelated words"}
    assert newcomer.get(link).status_code == 200
    newcomer.post(link, {"name": "Second secretary", **password})
    address = reverse("briefings:issued", args=[people.plan.slug, people.issued.pk])
    assert told(newcomer.get(address)) == 200
    seats = seating_of(Office(IMMIGRATION), localdate())
    assert [seat.user.name for seat in seats.now] == ["Private secretary", "Second secretary"]
    page = client.get(act(people, "seats"))
    assert "accepted the invitation as minister&#x27;s office, from " in page.text
    assert "There is no approver yet" not in page.text


def test_an_agency_gives_no_seat_in_an_office(people):
    client = client_of(people, "coordinator")
    address = reverse("agencies:invite", args=[people.agencies["labour"]])
    roles = [value for value, _ in client.get(address).context["form"].fields["role"].choices]
    # A member of the working group does not audit either.
    assert roles == [role for role in Role.values if role not in ("ministers_office", "auditor")]


# --- seats from before --------------------------------------------------------------------------


@pytest.fixture
def seats_in_agencies(people):
    """Let offices have seats in agencies again, as they had before the migration."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.check_constraints()  # no table is altered while checks are due
            cursor.execute("ALTER TABLE agencies_seat DROP CONSTRAINT seat_has_its_place")
            cursor.execute(
                "ALTER TABLE agencies_invitation DROP CONSTRAINT invitation_has_its_place"
            )
            yield
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.both_databases
def test_a_seat_from_before_moves_to_the_portfolios_that_it_read(people, seats_in_agencies):
    labour, mbie, idle = (people.agencies["labour"], AgencyFactory(), AgencyFactory())
    PlanFactory(slug="next", coordinating_agency=mbie)
    PlanFactory(slug="of-police", coordinating_agency=mbie, portfolio=POLICE)
    user, no_plan = UserFactory(name="Old hand"), UserFactory(name="Nothing to read")
    old = {"role": Role.MINISTERS_OFFICE}
    first = SeatFactory(user=user, agency=labour, to_on=date(2012, 6, 30), **old)
    second = SeatFactory(user=user, agency=mbie, from_on=date(2012, 7, 1), **old)
    third = SeatFactory(user=no_plan, agency=idle, **old)
    waiting = InvitationFactory(agency=mbie, **old)
    for seat in (first, second, third):
        history.save(seat, by=None, actor="Coordinator")

    migration = importlib.import_module("agencies.migrations.0006_seat_offices_at_portfolios")
    migration.move(apps, None)

    def held(user):
        rows = user.seats.order_by("pk").exclude(withdrawn_at__isnull=False)
        return list(rows.values_list("agency", "portfolio", "from_on", "to_on"))

    # One seat goes on at the portfolio of both plans.
    assert held(user) == [
        (None, IMMIGRATION, date(2009, 1, 1), None),
        (None, POLICE, date(2012, 7, 1), None),
    ]
    assert user.portfolios == {IMMIGRATION, POLICE}
    assert held(no_plan) == []
    waiting.refresh_from_db()
    assert (waiting.agency, waiting.portfolio) == (None, IMMIGRATION)
    # The history of before stays where it was, and the new place tells where the seat came from.
    assert [entry.what for entry in history_of(idle)][-1] == (
        "added Nothing to read as minister's office, from 1 January 2009."
    ) or history_of(idle)
    moved = [entry for entry in history_of(Office(IMMIGRATION)) if entry.who == migration.ACTOR]
    assert "moved the role of Old hand as minister's office here, from an agency." in {
        entry.what for entry in moved
    }


@pytest.mark.both_databases
def test_the_columns_of_issued_papers_are_filled_from_their_covers(people):
    """The migration reads what the signed document says, not what the plan says today."""
    paper = IssuedPaper.objects.earliest("pk")
    assert json.loads(bytes(paper.document))["document"]["cover"]["portfolio"] == IMMIGRATION
    assert paper.portfolio == IMMIGRATION

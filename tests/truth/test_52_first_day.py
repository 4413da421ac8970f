"""Rule 52 and the first day: from no account to a round, each page says what to do and what it only guesses."""

import re
from datetime import date

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from agencies.models import Invitation, Seat, User
from agencies.people.letters import send_invitation
from tests.factories import (
    AgencyFactory,
    InvitationFactory,
    MemberFactory,
    MilestoneFactory,
    PlanFactory,
    SeatFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_pages import (
    COLUMNS,
    PREVIEW,
    answer,
    fields_of,
    mbie,
    person,
    upload,
)
from workitems.desk.before_a_round import missing_for_round
from workitems.models import Plan, Round, Update, WorkItem

__all__ = ["mbie", "person"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]

ON = date(2026, 12, 1)


@pytest.fixture
def kept_files(settings, tmp_path):
    storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path)},
    }
    settings.STORAGES = {**settings.STORAGES, "default": storage}


# --- the first account ----------------------------------------------------------------------------


def test_the_sign_in_page_says_how_the_first_account_is_made_until_there_is_one(client):
    page = client.get(reverse("account_login"))
    assert re.findall("<code>(.+?)</code>", page.text) == ["python3 manage.py createsuperuser"]
    UserFactory()
    page = client.get(reverse("account_login"))
    assert ("first_account_command" in page.context, "<code>" in page.text) == (False, False)


@pytest.mark.parametrize(
    ("is_debug", "is_guessed", "address"),
    [
        (True, True, "http://127.0.0.1:8117"),
        (True, False, "https://plan.example"),
        (False, True, "https://plan.example"),
        (False, False, "https://plan.example"),
    ],
)
def test_links_in_mail_lead_to_the_port_that_serves_unless_the_address_is_set(
    client, settings, is_debug, is_guessed, address
):
    settings.SITE_URL, settings.SITE_URL_IS_GUESSED = "https://plan.example", is_guessed
    settings.DEBUG, settings.ALLOWED_HOSTS = is_debug, ["127.0.0.1"]
    client.get(reverse("account_login"), headers={"host": "127.0.0.1:8117"})
    send_invitation(InvitationFactory(), by=UserFactory(), token="token")
    assert re.search(r"(\S+)/invitation/", mail.outbox[-1].body)[1] == address


def _signed_in(user: User):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- the tracker's pages --------------------------------------------------------------------------


def give_messiest(person):
    upload(person, trackers.messiest())
    page = person.get(COLUMNS)
    data = fields_of(page) | {"released_on": "1 July 2025", "portfolio": "Minister of Immigration"}
    person.post(COLUMNS, data)
    return page


def answers_of(person, **answers):
    data = fields_of(person.get(PREVIEW))
    for doubt in person.get(PREVIEW).context["found"].doubts:
        labels = {choice.label: choice.value for choice in doubt.choices}
        if (label := answers.get(doubt.quoted.replace(" ", "_"))) in labels:
            data[doubt.name] = labels[label]
    return data


def import_messiest(person):
    give_messiest(person)
    same = "The same agency as “Oranga Tamariki”"
    said = {
        "": "Not reported: keep what they say as notes",
        "Oranga_Tamariki": "Add “Oranga Tamariki” as a new agency",
        "Oranga_Tamariki_-_Ministry_for_Children": same,
        "OT": same,
    }
    person.post(PREVIEW, answers_of(person, **said) | {"act": "update"})
    answer(person, act="import")
    return Plan.objects.get()


def test_the_columns_page_says_how_sure_each_guess_is_and_lists_what_to_check(person):
    page = give_messiest(person)
    assert [column.letter for column, _ in page.context["doubtful"]] == ["B", "D", "F"]
    first = page.text[: page.text.index("Archive 2024-25")]
    sure = ("Sure: the heading says so", "Likely, from what is in it", "Only a guess")
    assert [first.count(words) for words in sure] == [7, 2, 1]
    assert "It says so in Tracker (current), A3." in page.text
    assert page.text.count("Its name says that it is an archive.") == 1
    assert fields_of(page)["as_at"] == "20 November 2026"


def test_a_tracker_without_a_day_says_that_today_is_only_suggested(person):
    upload(person, trackers.sheet_of([["No", "Action", "Lead"], ["1", "Train staff", "Police"]]))
    assert "The tracker does not say its day, so check this." in person.get(COLUMNS).text


def test_a_column_that_a_person_chose_is_no_guess(person):
    give_messiest(person)
    page = person.get(COLUMNS)
    assert (page.context["doubtful"], page.text.count("Only a guess")) == ([], 0)


def test_what_is_imported_has_the_trackers_days_and_nothing_that_was_not_said(person):
    plan = import_messiest(person)
    rows = WorkItem.objects.filter(plan=plan).in_order()
    assert [(row.number, row.stage, row.confidence, row.heard_on) for row in rows] == [
        ("1.1", "under_way", "on_track", date(2026, 11, 14)),
        ("1.2", "not_started", "", None),
        ("1.3", "not_started", "", None),
        ("2.1", "under_way", "off_track", date(2026, 11, 20)),
        ("2.2", "not_started", "", None),
        ("2.3", "complete", "", date(2026, 9, 1)),
        ("2.4", "under_way", "at_risk", None),
    ]
    updates = Update.objects.order_by("item__number").values_list("item__number", flat=True)
    assert list(updates) == ["1.1", "2.1", "2.3"]
    assert [member.agency.short_name for member in plan.members.order_by("agency__short_name")] == [
        "Customs", "MBIE", "Oranga Tamariki", "Police",
    ]  # fmt: skip


def test_the_first_round_after_a_tracker_follows_it_and_its_length_is_not_guessed(person):
    plan = import_messiest(person)
    Plan.objects.filter(pk=plan.pk).update(adopted_on=date(2026, 11, 30))
    page = person.get(reverse("returns:open-round", args=[plan.slug]))
    assert page.context["form"].initial == {"period_start": date(2026, 11, 21)}
    assert Round.objects.filter(closed_at=None).count() == 0


def test_the_people_of_a_tracker_are_offered_until_they_are_invited(person):
    plan = import_messiest(person)
    address = reverse("plans:tracker-notes", args=[plan.slug])
    assert f"{address}#people" in person.get(plan.get_absolute_url()).text
    ana = "Ana Bell, ana.bell@police.example, Police, contributor"
    assert ana in [each.line for each in person.get(address).context["people"]]
    page = person.post(reverse("agencies:invite-many"), {"lines": ana, "check": "yes"})
    assert (page.context["form"]["lines"].value(), Invitation.objects.count()) == (ana, 0)
    InvitationFactory(email="Ana.Bell@police.example")
    assert Invitation.objects.count() == 1
    assert ana not in [each.line for each in person.get(address).context["people"]]


# --- what is missing ------------------------------------------------------------------------------


def test_the_desk_says_what_the_first_round_lacks_each_with_its_link():
    plan = PlanFactory(adopted_on=date(2026, 11, 1), released_on=date(2026, 7, 1))
    lead = plan.coordinating_agency
    user = SeatFactory(agency=lead, role=Seat.Role.COORDINATOR).user
    ready, alone, asked, bare = (
        AgencyFactory(name=name) for name in ("Ready", "Alone", "Asked", "Bare")
    )
    for agency in (ready, alone, asked, bare):
        MemberFactory(plan=plan, agency=agency)
    for agency in (lead, ready):
        SeatFactory(agency=agency, role=Seat.Role.APPROVER)
        SeatFactory(agency=agency, role=Seat.Role.CONTRIBUTOR)
    SeatFactory(agency=alone, role=Seat.Role.CONTRIBUTOR)
    InvitationFactory(agency=asked, role=Seat.Role.APPROVER, name="The approver")
    dated, undated = (
        WorkItemFactory(plan=plan, number=n, lead_agency=lead) for n in ("1.1", "1.2")
    )
    MilestoneFactory(item=dated)
    missing = {each.says: each.url for each in missing_for_round(plan, ON)}
    assert missing == {
        "Alone has one person, who cannot both write and submit the return. Invite a second.": (
            f"/agencies/{alone.pk}/seats/invite/"
        ),
        "The approver is invited to Asked and cannot answer yet.": f"/agencies/{asked.pk}/seats/",
        "Bare has no contributor or approver yet, so it cannot answer.": f"/agencies/{bare.pk}/seats/invite/",
        "Item 1.2 has no milestone with a date, so it cannot be late.": undated.get_absolute_url(),
    }
    page = _signed_in(user).get(reverse("home"))
    assert [each.says for each in page.context["missing"]] == list(missing)
    assert all(f'href="{url}"' in page.text for url in missing.values())


def test_who_only_administers_is_told_nothing_of_a_plans_members():
    plan = PlanFactory(adopted_on=date(2026, 11, 1))
    WorkItemFactory(plan=plan)
    page = _signed_in(UserFactory(is_superuser=True)).get(reverse("home"))
    assert page.context["missing"] == []

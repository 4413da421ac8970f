"""Rule 52 and the first day: from no account to a round, each page says what to do and what it only guesses."""

import io
import re
from datetime import date

import openpyxl
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Appointment, Invitation, Seat, User
from agencies.people.letters import send_invitations
from tests.factories import (
    AgencyFactory,
    InvitationFactory,
    MemberFactory,
    MilestoneFactory,
    PlanFactory,
    ReturnFactory,
    RoundFactory,
    SeatFactory,
    SupportFactory,
    UserFactory,
    WorkItemFactory,
)
from tests.workitems import trackers
from tests.workitems.intake.test_tracker_pages import (
    COLUMNS,
    PREVIEW,
    answer,
    fields_of,
    give_columns,
    mbie,
    person,
    upload,
)
from workitems.desk.before_a_round import missing_for_round
from workitems.desk.to_dos import lines_for
from workitems.intake.forms.plan_making import AdoptForm
from workitems.models import Plan, Round, Update, WorkItem
from workitems.plan.forms.delays import SettlementForm
from workitems.returns.return_page import return_page
from workitems.terms.lateness import Status

__all__ = ["mbie", "person"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("kept_files"),
    pytest.mark.one_database(reason="what pages say of a tracker"),
]

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
    send_invitations([(InvitationFactory(), "token")], by=UserFactory())
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


def unsure_of(page):
    """The columns of the first sheet that a person should check."""
    return page.context["forms"][0].unsure_rows


def answers_of(person, **answers):
    data = fields_of(person.get(PREVIEW))
    for doubt in person.get(PREVIEW).context["found"].doubts:
        labels = {choice.label: choice.value for choice in doubt.choices}
        if (label := answers.get(doubt.quoted.replace(" ", "_"))) in labels:
            data[doubt.name] = labels[label]
    return data


DONE = "When its row was last updated, 1 September 2026: its due date was missed"


def import_messiest(person):
    give_messiest(person)
    same = "The same agency as “Oranga Tamariki”"
    said = {
        "": "Not reported: import as not started, and keep what they say as notes",
        "Oranga_Tamariki": "Add “Oranga Tamariki” as a new agency",
        "Oranga_Tamariki_-_Ministry_for_Children": same,
        "OT": same,
        "Completed": DONE,
    }
    person.post(PREVIEW, answers_of(person, **said) | {"act": "update"})
    answer(person, act="import")
    return Plan.objects.get()


def test_the_columns_page_says_how_sure_each_guess_is_and_lists_what_to_check(person):
    page = give_messiest(person)
    assert [column.letter for column, *_ in unsure_of(page)] == ["B", "D", "F"]
    first = page.text[: page.text.index("Archive 2024-25")]
    sure = ("Sure: the heading says so", "Likely, from what is in it", "Only a guess")
    assert [first.count(words) for words in sure] == [7, 2, 1]
    assert "It says so in Tracker (current), A3." in page.text
    assert page.text.count("Its name says that it is an archive.") == 1
    assert fields_of(page)["as_at"] == "20 November 2026"
    in_sight, unread = page.text.split("Not read, and kept as notes of the plan:")
    assert ('name="s0-is_read"' in in_sight, 'name="s1-is_read"' in unread) == (True, True)


def test_a_tracker_without_a_day_says_that_today_is_only_suggested(person):
    upload(person, trackers.sheet_of([["No", "Action", "Lead"], ["1", "Train staff", "Police"]]))
    assert "The tracker does not say its day, so check this." in person.get(COLUMNS).text


def test_a_column_that_a_person_chose_is_no_guess(person):
    page = give_messiest(person)
    chosen = {f"s0-c{column.index}": "ignore" for column, *_ in unsure_of(page)}
    person.post(COLUMNS, fields_of(person.get(COLUMNS)) | chosen)
    page = person.get(COLUMNS)
    first = page.text[: page.text.index("Archive 2024-25")]
    assert (unsure_of(page), first.count("Only a guess")) == ([], 0)


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
        ("2.4", "under_way", "at_risk", date(2026, 11, 20)),
    ]
    updates = Update.objects.order_by("item__number").values_list("item__number", flat=True)
    assert list(updates) == ["1.1", "2.1", "2.3", "2.4"]
    assert [member.agency.short_name for member in plan.members.order_by("agency__short_name")] == [
        "Customs", "MBIE", "OT", "Police",
    ]  # fmt: skip


def test_the_first_round_after_a_tracker_does_not_follow_it(person):
    plan = import_messiest(person)
    Plan.objects.filter(pk=plan.pk).update(adopted_on=date(2026, 11, 30))
    page = person.get(reverse("returns:open-round", args=[plan.slug]))
    assert page.context["form"].initial == {}
    assert Round.objects.filter(closed_at=None).count() == 0


@pytest.mark.both_databases
def test_what_a_tracker_said_is_one_round_named_as_from_it_with_each_update_at_its_own_day(person):
    give_messiest(person)
    told = person.get(PREVIEW).context["rounds"]
    assert told == ["From the spreadsheet of 20 November 2026"]
    plan = import_messiest(person)
    made = plan.rounds.get()
    assert (made.name, made.period_end) == (
        "From the spreadsheet of 20 November 2026",
        date(2026, 11, 20),
    )
    updates = Update.objects.order_by("item__number")
    assert [(row.item.number, row.written_at.date()) for row in updates] == [
        ("1.1", date(2026, 11, 13)),  # 9 a.m. of the next day in New Zealand
        ("2.1", date(2026, 11, 19)),
        ("2.3", date(2026, 8, 31)),
        ("2.4", date(2026, 11, 19)),
    ]
    Plan.objects.update(adopted_on=ON)
    item = person.get(WorkItem.objects.get(plan=plan, number="1.1").get_absolute_url())
    assert "14 November 2026" in item.text


def test_nobody_is_shown_as_having_signed_or_accepted_what_a_tracker_said(person):
    plan = import_messiest(person)
    Plan.objects.update(adopted_on=ON)
    police = plan.rounds.get().returns.get(agency__short_name="Police")
    approver = SeatFactory(agency=police.agency, role=Seat.Role.APPROVER).user
    listed, round, of_return = (
        person.get(url)
        for url in (
            reverse("returns:list", args=[plan.slug]),
            plan.rounds.get().get_absolute_url(),
            police.get_absolute_url(),
        )
    )
    assert "Imported; nobody was asked" in listed.text
    assert "nobody signed or accepted it" in round.text
    assert "nobody signed or accepted it here" in of_return.text
    for page in (listed, round, of_return):
        assert [words for words in (">Accepted<", "<strong>Accepted", approver.name) if words in page.text] == []  # fmt: skip


def test_a_tracker_of_which_all_is_understood_makes_such_a_round_too(person):
    lines = [
        ["No", "Action", "Lead", "Status", "Progress"],
        ["1", "Train staff", "Police", "Under way", "Half are trained."],
    ]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    answer(person, act="import")
    assert [row.is_from_tracker for row in Round.objects.with_origin()] == [True]


def test_no_round_is_said_to_be_missing_after_what_a_tracker_said(person):
    plan = import_messiest(person)
    Plan.objects.filter(pk=plan.pk).update(adopted_on=date(2026, 11, 30))
    user = plan.coordinating_agency.seats.get(role=Seat.Role.COORDINATOR).user
    assert [each.what for each in lines_for(user, date(2027, 12, 1)) if "next round" in each.what] == []  # fmt: skip


def test_the_first_real_return_shows_the_last_words_of_the_tracker(person):
    plan = import_messiest(person)
    police = plan.rounds.get().returns.get(agency__short_name="Police").agency
    real = RoundFactory(
        plan=plan,
        period_start=date(2026, 12, 1),
        period_end=date(2026, 12, 31),
        due_on=date(2027, 1, 10),
    )
    page = return_page(ReturnFactory(round=real, agency=police), date(2026, 12, 1))
    assert {each.item.number: each.last.of_return.round.name for each in page.sections if each.last} == {
        "1.1": "From the spreadsheet of 20 November 2026",
        "2.3": "From the spreadsheet of 20 November 2026",
    }  # fmt: skip


def test_the_people_of_a_tracker_are_offered_until_they_are_invited(person):
    plan = import_messiest(person)
    address = reverse("plans:tracker-people", args=[plan.slug])
    assert f'href="{address}"' in person.get(plan.get_absolute_url()).text
    assert offered(person, address)[-1] == ("Ana Bell", "Police", "approver", True)
    InvitationFactory(email="Ana.Bell@police.example")
    assert "Ana Bell" not in [name for name, *_ in offered(person, address)]


def offered(person, address):
    return [
        (boxes["name"].value(), contact.agency, boxes["role"].value(), boxes["invite"].value())
        for contact, boxes in person.get(address).context["form"].rows
    ]


def test_who_is_ticked_is_invited_in_one_press_and_who_is_not_certain_is_not_ticked(person):
    plan = import_messiest(person)
    address = reverse("plans:tracker-people", args=[plan.slug])
    page = person.get(address)
    person.post(address, fields_of(page))
    assert sorted(Invitation.objects.values_list("name", "agency__short_name", "role")) == [
        ("Ana Bell", "Police", "approver"),
        ("Moana Hill", "OT", "approver"),
        ("Tom Reid", "MBIE", "coordinator"),
        ("Wiremu Lake", "Customs", "approver"),
    ]
    assert offered(person, address) == []


def test_the_people_of_a_tracker_are_still_offered_once_a_round_is_open(person):
    plan = import_messiest(person)
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    RoundFactory(plan=plan)
    address = reverse("plans:tracker-people", args=[plan.slug])
    assert f'href="{address}"' in person.get(plan.get_absolute_url()).text


def test_the_page_that_invites_says_where_one_person_is_let_do_both_and_links_once_it_can(person):
    plan = import_messiest(person)
    address = reverse("plans:tracker-people", args=[plan.slug])
    link = f'href="{reverse("returns:open-round", args=[plan.slug])}"'
    says = "make that person its approver, and let them do both when you open a round."
    before = " ".join(person.get(address).text.split())
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    after = " ".join(person.get(address).text.split())
    short = [text.partition('id="short"')[2] for text in (before, after)]
    assert [(says in text, link in text) for text in short] == [(True, False), (True, True)]


def test_only_who_is_ticked_counts_as_no_longer_missing_and_each_agency_leads_to_its_invitation(
    person,
):
    rows = [
        ["No", "Action", "Lead", "Contact"],
        ["1", "Train", "Customs", "Ana Bell <ana@customs.example>"],
        ["2", "Map", "Customs", "Tom Reid <tom@customs.example>"],
    ]
    upload(person, trackers.sheet_of(rows))
    give_columns(person)
    answer(person, act="import")
    address = reverse("plans:tracker-people", args=[Plan.objects.get().slug])
    page = person.get(address)
    customs = Agency.objects.get(short_name="Customs")
    assert missing_of(page)[customs] == "an approver"
    fields = fields_of(page)
    for name in [name for name in fields if name.endswith("-invite")]:
        del fields[name]
    page = person.post(address, fields)
    assert missing_of(page)[customs] == "a contributor and an approver"
    text = " ".join(page.text.split())
    assert "Invited people are counted, and those ticked above when this page was opened." in text
    link = reverse("agencies:invite", args=[customs])
    assert f'<a href="{link}"><strong>Customs</strong></a>: needs' in text


def test_pages_name_no_source_of_what_is_reported_and_ask_only_who_has_something_to_report(person):
    plan = import_messiest(person)
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    page = person.get(reverse("returns:list", args=[plan.slug]))
    says = "each agency that has something to report on is asked for a return"
    assert says in page.text
    assert Status.IN_DOUBT.counts == "not late, but reported as at risk or off track"


def missing_of(page):
    return {each.agency: each.still_needs for each in page.context["short"]}


def test_who_is_listed_for_two_agencies_has_one_address(person):
    book = openpyxl.load_workbook(io.BytesIO(trackers.messiest()))
    book["Contacts"].append(["Police", "Tom Reid", "tom.reid@mbie.example", "Contributor"])
    upload(person, trackers.saved(book))
    give_columns(person)
    page = person.get(PREVIEW)
    listed = [each.email for each in page.context["people"]]
    assert (len(listed), listed.count("tom.reid@mbie.example")) == (4, 2)
    assert "The tracker has the email addresses of 3 people." in page.text


def test_a_person_without_an_agency_is_refused_at_their_row_and_nobody_is_invited(person):
    plan = import_messiest(person)
    address = reverse("plans:tracker-people", args=[plan.slug])
    fields = fields_of(person.get(address))
    place = next(name for name in fields if name.endswith("-agency"))
    page = person.post(address, fields | {place: ""})
    assert (page.status_code, page.context["form"].errors[place]) == (422, ["Choose an agency."])
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_people_take_a_fixed_number_of_queries(person, django_assert_num_queries, count):
    lines = [["No", "Action", "Lead", "Contact"]]
    lines += [[str(n), f"Map {n}", "Police", f"Person Lake <p{n}@x.example>"] for n in range(count)]
    upload(person, trackers.sheet_of(lines))
    give_columns(person)
    answer(person, act="import")
    address = reverse("plans:tracker-people", args=[Plan.objects.get().slug])
    with django_assert_num_queries(18):
        page = person.get(address)
    assert len(page.context["form"].rows) == count


def test_what_the_spreadsheet_says_is_signed_by_nobody(person):
    plan = import_messiest(person)
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    text = " ".join(person.get(plan.items.get(number="1.1").get_absolute_url()).text.split())
    assert "From the spreadsheet of 20 November 2026, row of 14 November 2026" in text
    assert "Police, 14 November 2026" not in text


def test_a_status_alone_is_no_update_on_the_items_page(person):
    plan = import_messiest(person)
    Plan.objects.update(adopted_on=date(2025, 7, 1))
    item = plan.items.get(number="2.4")
    assert Update.objects.filter(item=item).count() == 1
    assert person.get(item.get_absolute_url()).context["updates"] == []


def test_a_minister_is_recorded_before_the_plan_is_adopted(person):
    plan = import_messiest(person)
    page = person.get(reverse("plans:adopt", args=[plan.slug]))
    (says,) = [each for each in page.context["doubtful"] if "No Minister" in each.says]
    data = fields_of(person.get(says.url)) | {"minister": "Hon A", "from_on": "1 July 2025"}
    assert data["portfolio"] == "Minister of Immigration"
    assert person.post(says.url, data).url == plan.get_absolute_url()
    assert Appointment.objects.get().minister == "Hon A"
    page = person.get(reverse("plans:adopt", args=[plan.slug]))
    assert [each for each in page.context["doubtful"] if "No Minister" in each.says] == []


def test_a_column_that_a_person_chose_stays_when_the_headings_are_read_from_other_rows(person):
    lines = [
        ["Tracker of the secretariat", "", "", ""],
        ["No", "Action", "Lead", "Who else is asked"],
        ["1", "Train staff", "Police", "Customs"],
    ]
    upload(person, trackers.sheet_of(lines))
    fields = fields_of(person.get(COLUMNS))
    typed = {"released_on": "1 July 2025", "portfolio": "Minister of Immigration"}
    person.post(COLUMNS, fields | typed | {"s0-c4": "ignore", "s0-first": "1", "s0-last": "2"})
    assert fields_of(person.get(COLUMNS))["s0-c4"] == "ignore"


def test_who_sets_the_service_up_invites_themselves_with_one_press(client_of):
    agency = AgencyFactory()
    client = client_of(UserFactory(name="You", email="you@example.org", is_superuser=True))
    address = reverse("agencies:invite", args=[agency.pk])
    assert 'href="?own"' in client.get(address).text
    client.post(address, fields_of(client.get(f"{address}?own")))
    invited = Invitation.objects.get()
    assert (invited.name, invited.email, invited.role) == ("You", "you@example.org", "coordinator")


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
    for number, agency in enumerate((ready, alone, asked, bare), 1):
        MilestoneFactory(item=WorkItemFactory(plan=plan, number=f"2.{number}", lead_agency=agency))
    supporter = AgencyFactory(name="Supporter")
    MemberFactory(plan=plan, agency=supporter)
    dated, undated = (
        WorkItemFactory(plan=plan, number=n, lead_agency=lead) for n in ("1.1", "1.2")
    )
    SupportFactory(item=dated, agency=supporter)
    MilestoneFactory(item=dated)
    WorkItemFactory(plan=plan, number="1.3", lead_agency=lead, timeframe="ongoing")
    met = WorkItemFactory(plan=plan, number="1.4", lead_agency=lead)
    MilestoneFactory(item=met, completed_on=date(2026, 11, 10))
    missing = {each.says: each.url for each in missing_for_round(plan, ON)}
    assert missing == {
        "Alone has no approver, so nobody there can submit the return. Invite one.": (
            f"/agencies/{alone.pk}/seats/invite/"
        ),
        f"{asked.short_name} has one person, who cannot both write a return and submit it. Invite a second, or "
        "allow it when you open the round.": "/people/invite-several/",
        f"{bare.short_name} has no contributor or approver yet.": f"/agencies/{bare.pk}/seats/invite/",
        "Items 1.2, 1.3, 1.4 have no open milestone, so they cannot be late.": undated.get_absolute_url(),
    }
    page = _signed_in(user).get(reverse("home"))
    assert [each.says for each in page.context["missing"]] == list(missing)
    assert all(f'href="{url}"' in page.text for url in missing.values())


def test_who_only_administers_is_told_nothing_of_a_plans_members():
    plan = PlanFactory(adopted_on=date(2026, 11, 1))
    WorkItemFactory(plan=plan)
    page = _signed_in(UserFactory(is_superuser=True)).get(reverse("home"))
    assert page.context["missing"] == []


def test_the_day_of_adoption_is_said_to_be_filled_in_with_that_of_the_release(plan):
    form = AdoptForm(None, row=plan, is_ready=True)
    day = f"{plan.released_on.day} {plan.released_on:%B %Y}"
    assert form["adopted_on"].value() == day
    assert f"The day of the release, {day}, is only filled in" in form["adopted_on"].help_text


def test_a_box_that_is_needed_only_then_says_so():
    reason = AdoptForm(None, row=PlanFactory(), is_ready=False)["reason"]
    assert reason.help_text.startswith("Needed while an auditor could not judge every item.")
    settles = SettlementForm.base_fields["settling_agency"]
    assert settles.help_text.startswith("Needed with “Being settled”: choose an agency of the plan")

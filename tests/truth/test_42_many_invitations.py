"""Several people are invited in one act: lines in doubt are asked about, and nothing is half-written."""

import pytest
from django.core import mail
from django.urls import reverse

from agencies.models import Invitation, Seat
from agencies.people.pasted_people import read_people
from tests.factories import AgencyFactory, SeatFactory
from tests.workitems.intake.test_tracker_pages import fields_of
from tests.workitems.record import TODAY, YESTERDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]

ADDRESS = "/people/invite-several/"


@pytest.fixture
def post(client_of, django_capture_on_commit_callbacks):
    def post(user, lines, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return client_of(user).post(ADDRESS, {"lines": lines, **more}, follow=True)

    return post


def waiting():
    rows = Invitation.objects.order_by("email").select_related("agency")
    return [(row.name, row.email, row.agency.short_name, row.role) for row in rows]


def read(line, by):
    pasted = read_people(line, by=by, on=TODAY)
    return [*pasted.faults, *(doubt for each in pasted.offers for doubt in each.doubts)]


def test_sixteen_people_are_invited_in_one_form(administrator, police, customs, post):
    lines = [f"Person {n}, p{n}@example.org, Police, contributor" for n in range(15)]
    page = post(administrator, "\n".join([*lines, "Chief\tchief@example.org\tcustoms\tApprover"]))
    assert "16 people are invited." in page.text
    assert len(mail.outbox) == 16
    assert ("Chief", "chief@example.org", "Customs", "approver") in waiting()


def test_a_wrong_line_invites_nobody_and_every_fault_is_said_at_once(administrator, police, post):
    lines = (
        "Ana, ana@example.org, Police, approver\nBen, Police\nCy, cy@example.org, Nowhere, approver"
    )
    page = post(administrator, lines)
    assert page.status_code == 422
    assert page.context["form"].errors["lines"] == [
        "Line 2: write a name, an email address, an agency and a role, with commas between them.",
        "Line 3: there is no agency “Nowhere”. Write its short name.",
    ]
    assert (waiting(), mail.outbox) == ([], [])
    assert page.context["form"]["lines"].value() == lines


def test_an_own_address_is_invited_by_a_list_as_it_is_by_the_form(
    administrator, police, post, client_of
):
    email = administrator.email
    post(administrator, f"Me, {email.upper()}, Police, approver")
    assert waiting() == [("Me", email, "Police", "approver")]
    SeatFactory(user=administrator, agency=police, role=Seat.Role.CONTRIBUTOR)
    says = f"{email} is already a contributor at Police for part of that time."
    address = reverse("agencies:invite", args=[police.pk])
    page = client_of(administrator).get(address)
    typed = {"name": "Me", "email": email, "role": "contributor"}
    refused = client_of(administrator).post(address, fields_of(page) | typed)
    assert refused.context["form"].errors["email"] == [says]
    listed = post(administrator, f"Me, {email}, Police, contributor")
    assert listed.context["form"].non_field_errors() == [f"Line 1: {says}"]


def test_what_only_the_service_refuses_invites_nobody_either(administrator, police, post):
    post(administrator, "Ana, ana@example.org, Police, approver")
    page = post(
        administrator,
        "Ben, ben@example.org, Police, approver\nAna, ana@example.org, Police, approver",
    )
    assert page.context["form"].non_field_errors() == [
        "Line 2: ana@example.org is already invited to be an approver at Police. Withdraw that "
        "invitation first, or send it again."
    ]
    assert waiting() == [("Ana", "ana@example.org", "Police", "approver")]


def test_a_line_in_doubt_is_asked_about_and_sent_once_it_is_agreed(administrator, police, post):
    lines = "Ana, ana@example.org, Polise, aprover"
    page = post(administrator, lines)
    assert (page.status_code, waiting()) == (422, [])
    text = " ".join(page.text.split())
    assert (
        "Line 1: Ana (ana@example.org), an approver at Police. In doubt because “Polise” is read as "
        "New Zealand Police; “aprover” is read as approver."
    ) in text
    seen = page.context["form"]["seen"].value()
    changed = post(administrator, lines + "\nBen, ben@example.org, Polise, approver", seen=seen)
    assert (changed.status_code, waiting()) == (422, [])
    post(administrator, lines, seen=seen)
    assert waiting() == [("Ana", "ana@example.org", "Police", "approver")]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            ", ana.rakena@example.org, Police, observer",
            "it has no name, so “Ana Rakena” is taken from the address",
        ),
        ("Ana, ana@example.org, DoL, observer", "DoL has ended, so its successor MBIE is meant"),
        (
            "Ana, ana@, Police, observer",
            "Line 1: “ana@” is no email address. Enter one such as name@example.org.",
        ),
        (
            "Ana, ana@example.org, Police, king",
            "Line 1: “king” is no role. Write one such as contributor, approver, coordinator.",
        ),
    ],
)
def test_each_doubt_and_fault_says_what_it_is(administrator, plan, labour, line, says):
    labour.successor, labour.valid_to = AgencyFactory(short_name="MBIE"), YESTERDAY
    labour.save()
    assert read(line, administrator) == [says]


@pytest.mark.parametrize(
    "line",
    [
        "Rakena, Ana, ana@example.org, Police, observer",
        '"Rakena, Ana";ana@example.org;Police;observer',
        "Rakena, Ana\tANA@example.org\tNew Zealand Police\tObserver",
    ],
)
def test_commas_semicolons_and_tabs_separate(administrator, police, line):
    (offer,) = read_people(line, by=administrator, on=TODAY).offers
    assert (offer.name, offer.email, offer.agency, offer.role, offer.doubts) == (
        "Rakena, Ana",
        "ana@example.org",
        police,
        Seat.Role.OBSERVER,
        [],
    )


def test_an_approver_invites_only_to_their_own_agency_and_its_roles(approver, customs, police):
    lines = "Ana, a@example.org, Customs, observer\nBen, b@example.org, Police, coordinator"
    assert read(lines, approver) == [
        "Line 1: you cannot invite people to Customs.",
        "Line 2: you cannot invite a coordinator to Police.",
    ]


def test_nobody_is_invited_twice_by_one_paste(administrator, police):
    line = "Ana, ana@example.org, Police, observer"
    assert read(f"{line}\n\n{line}", administrator) == ["Line 3: the same as line 1. Remove one."]

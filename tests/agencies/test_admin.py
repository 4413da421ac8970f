"""Test the administration pages: they write history in the user's name and never delete."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from agencies.models import Agency, Appointment, Seat, User
from tests.factories import AgencyFactory, AppointmentFactory, SeatFactory, UserFactory

pytestmark = pytest.mark.django_db

FACTORIES = {
    "agency": AgencyFactory,
    "appointment": AppointmentFactory,
    "seat": SeatFactory,
    "user": UserFactory,
}


@pytest.fixture
def administrator(client):
    user = UserFactory(name="Administrator", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def reader(client):
    """A user with Django's own permissions on every row, who is no superuser."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    return user


def address(model, page, *args):
    return reverse(f"admin:agencies_{model}_{page}", args=args)


def posted(seat, **differs):
    """Return the fields that the form of a seat posts."""
    return {
        "user": seat.user_id,
        "agency": seat.agency_id,
        "role": seat.role,
        "from_on": seat.from_on.isoformat(),
        "to_on": "",
        **differs,
    }


def test_the_administration_registers_agencies_appointments_seats_and_users():
    kept = {model for model in admin.site._registry if model._meta.app_label == "agencies"}
    assert kept == {Agency, Appointment, Seat, User}


def test_a_change_is_recorded_in_the_administrators_name(client, administrator):
    seat = SeatFactory()
    page = address("seat", "change", seat.pk)
    response = client.post(page, posted(seat, to_on="2010-08-31"))
    assert response.status_code == 302
    newest = seat.history.latest()
    assert (newest.history_type, newest.history_user, newest.history_actor) == (
        "~",
        administrator,
        "Administrator",
    )
    assert (newest.history_change_reason, newest.to_on.isoformat()) == (
        "Administration pages",
        "2010-08-31",
    )


def test_overlapping_seats_give_a_form_error(client, administrator):
    held = SeatFactory()
    other = SeatFactory(user=held.user, agency=held.agency, role=Seat.Role.OBSERVER)
    response = client.post(address("seat", "change", other.pk), posted(other, role=held.role))
    assert response.context["adminform"].form.non_field_errors() == [
        "This person already holds that seat for part of the time."
    ]
    other.refresh_from_db()
    assert other.role == "observer"


def test_a_new_person_gets_a_password_and_a_history_without_it(client, administrator):
    response = client.post(
        address("user", "add"),
        {
            "email": "new@example.org",
            "name": "New person",
            "usable_password": "true",
            "password1": "a long enough password",
            "password2": "a long enough password",
        },
    )
    assert response.status_code == 302
    user = User.objects.get(email="new@example.org")
    assert user.check_password("a long enough password")
    assert user.history.get().history_actor == "Administrator"


def test_an_agency_is_found_by_its_names(client, administrator):
    wanted = AgencyFactory(short_name="MoJ", name="Ministry of Justice")
    AgencyFactory(short_name="Police")
    for words in ("moj", "justice"):
        response = client.get(address("agency", "changelist"), {"q": words})
        assert list(response.context["cl"].queryset) == [wanted]


@pytest.mark.parametrize("model", FACTORIES)
def test_no_row_can_be_deleted_even_by_a_superuser(client, administrator, model):
    row = FACTORIES[model]()
    assert client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    client.post(
        address(model, "changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", FACTORIES)
def test_djangos_own_permissions_open_no_page(client, reader, model):
    """Nor the trap of a history page that lets anyone with a view permission overwrite a row."""
    row = FACTORIES[model]()
    before = type(row).objects.filter(pk=row.pk).values().get()
    count = row.history.count()
    sent = {**posted(row), "role": "observer"} if model == "seat" else {"name": "Changed"}
    statuses = {
        page: client.post(address(model, page, row.pk), sent).status_code
        for page in ("change", "delete", "history")
    }
    assert {**statuses, "add": client.post(address(model, "add"), sent).status_code} == {
        "change": 403,
        "delete": 403,
        "history": 403,
        "add": 403,
    }
    assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert row.history.count() == count


@pytest.mark.parametrize("model", FACTORIES)
def test_the_pages_are_for_administrators_only(client, model):
    client.force_login(SeatFactory(role=Seat.Role.COORDINATOR).user)
    response = client.get(address(model, "changelist"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("admin:login"))

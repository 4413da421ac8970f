"""Test the pages to import and export: preview, confirmation, and access to uploaded files."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.models import Agency, Seat
from tests.factories import SeatFactory
from tests.workitems.workbooks import file_of, place, setting, small
from workitems.intake.workbook import held, import_workbook, preview_import
from workitems.models import Plan, WorkItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def plan():
    return import_workbook(file_of(small()), name="first.xlsx", at=NOW).plan


@pytest.fixture
def coordinator(plan):
    return SeatFactory(
        user__name="Coordinator", agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR
    ).user


@pytest.fixture
def send(client, coordinator, plan):
    """Return a function that posts to the plan's import page as the coordinator."""
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("plans:import", args=[plan.slug])

    def post(**data):
        return client.post(address, data)

    return post


def upload(sheets, name="plan.xlsx"):
    return SimpleUploadedFile(name, file_of(sheets).getvalue())


def changed():
    sheets = small()
    sheets["Work items"][0]["Confidence"] = "On track"
    return sheets


def kept_files():
    return default_storage.listdir(held.FOLDER)[1]


def test_a_preview_shows_the_changes_and_makes_none(send):
    response = send(workbook=upload(changed()))
    assert response.status_code == 200
    assert [(c.label, f.was, f.now) for c, f in response.context["changed"]] == [
        ("1.1 Train frontline staff", "At risk", "On track")
    ]
    assert WorkItem.objects.get().confidence == "at_risk"


def test_confirming_imports_the_file_and_deletes_it(send, coordinator, plan):
    fingerprint = send(workbook=upload(changed())).context["outcome"].fingerprint
    assert len(kept_files()) == 1
    response = send(fingerprint=fingerprint)
    assert response.status_code == 302
    assert response.url == plan.get_absolute_url()
    assert WorkItem.objects.get().confidence == "on_track"
    newest = WorkItem.history.latest()
    assert (newest.history_user, newest.history_actor, newest.history_change_reason) == (
        coordinator,
        "Coordinator (DoL)",
        "Imported from plan.xlsx",
    )
    assert kept_files() == []


def test_confirming_again_from_another_page_asks_for_the_file_again(send):
    fingerprint = send(workbook=upload(changed())).context["outcome"].fingerprint
    send(fingerprint=fingerprint)
    response = send(fingerprint=fingerprint, once="another page")
    assert (response.status_code, response.url.endswith("/workbook/import/")) == (302, True)


def test_a_preview_lists_texts_that_say_nothing_and_takes_them(send):
    sheets = small()
    sheets["Delays"][0] |= {"Explanation": "n/a", "It needs": "as above"}
    page = send(workbook=upload(sheets)).text
    for line in (
        "Delays, 1.1, milestone 1, delay 1, Explanation: “n/a” says nothing that a reader can use.",
        "Delays, 1.1, milestone 1, delay 1, It needs: “as above” says nothing that a reader can use.",
    ):
        assert f"<li>{line}</li>" in page


def test_a_preview_names_each_acronym_that_the_plan_does_not_know_where_it_is_first_used(send):
    sheets = small()
    sheets["Delays"][0] |= {"Explanation": "The CNS is down", "It needs": "a second CNS for INZ"}
    assert send(workbook=upload(sheets)).context["outcome"].acronyms == (
        "Delays, 1.1, milestone 1, delay 1, Explanation: CNS is not in the plan’s glossary, which the coordinator keeps: write it out.",
        "Delays, 1.1, milestone 1, delay 1, It needs: INZ is not in the plan’s glossary, which the coordinator keeps: write it out.",
    )


def test_a_change_since_the_preview_is_shown_before_anything_is_written(send):
    fingerprint = send(workbook=upload(changed())).context["outcome"].fingerprint
    WorkItem.objects.update(confidence="off_track")
    response = send(fingerprint=fingerprint)
    assert "The plan has changed since you looked" in response.text
    assert WorkItem.objects.get().confidence == "off_track"
    send(fingerprint=response.context["outcome"].fingerprint)
    assert WorkItem.objects.get().confidence == "on_track"


def test_faults_are_a_table_of_sheet_row_and_column(send):
    sheets = small()
    sheets["Milestones"][0]["Original due"] = date(2011, 1, 1)
    sheets["Pillars"][0]["Title"] = None
    response = send(workbook=upload(sheets))
    assert response.status_code == 422
    assert [(f.sheet, f.row, f.column) for f in response.context["faults"]] == [
        ("Pillars", 2, "Title"),
        ("Milestones", 2, "Original due"),
    ]
    assert "That date. An original date never moves." in response.text
    assert "2 things need fixing" in response.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose another."),
        (b"x" * (10 * 1024 * 1024 + 1), "The file has more than 10 MB."),
    ],
)
def test_an_empty_or_huge_upload_is_refused_by_the_form(send, content, sentence):
    response = send(workbook=SimpleUploadedFile("plan.xlsx", content))
    assert response.status_code == 422
    assert response.context["form"].errors == {"workbook": [sentence]}


def test_a_file_that_is_not_a_workbook_is_reported_on_the_page(send):
    response = send(workbook=SimpleUploadedFile("plan.xlsx", b"hello"))
    assert response.status_code == 422
    assert "The file is damaged or is not a workbook (.xlsx)." in response.text


def test_a_preview_without_changes_offers_no_confirmation(send):
    response = send(workbook=upload(small()))
    assert "Nothing in the plan would change." in response.text
    assert "fingerprint" not in response.text


def test_hostile_text_is_escaped(send):
    sheets = small()
    sheets["Risks"][0]["Risk"] = "<script>alert(1)</script>"
    response = send(workbook=upload(sheets, name="<b>.xlsx"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text
    assert "<b>.xlsx" not in response.text


def test_an_uploaded_file_is_available_only_to_its_user(client, send, plan, coordinator):
    fingerprint = send(workbook=upload(changed())).context["outcome"].fingerprint
    key = client.session["held_workbook"]["key"]
    other = SeatFactory(
        user__name="Other", agency=plan.coordinating_agency, role=Seat.Role.COORDINATOR
    ).user
    assert held.take(key, owner=other) is None
    with held.take(key, owner=coordinator) as file:
        assert preview_import(file, at=NOW, plan=plan).fingerprint == fingerprint
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("plans:import", args=[plan.slug])
    assert client.post(address, {"fingerprint": fingerprint}).status_code == 302
    assert WorkItem.objects.get().confidence == "at_risk"


@pytest.mark.parametrize("key", ["", "../../secret", "a" * 31, "g" * 32])
def test_an_invalid_key_finds_no_file(coordinator, key):
    assert held.take(key, owner=coordinator) is None


def test_a_user_keeps_one_uploaded_file_and_old_ones_are_deleted(coordinator, django_user_model):
    other = SeatFactory(user__name="Other", agency=Agency.objects.first()).user
    held.keep(upload(small()), owner=other, at=NOW)
    held.keep(upload(small()), owner=coordinator, at=NOW)
    held.keep(upload(small()), owner=coordinator, at=NOW)
    assert sorted(name.partition("-")[0] for name in kept_files()) == sorted(
        [str(other.pk), str(coordinator.pk)]
    )
    held.drop(owner=coordinator, at=datetime.now(UTC) + timedelta(days=2))
    assert kept_files() == []


# --- A new plan -----------------------------------------------------------------------------


def second():
    sheets = small()
    sheets["Plan"] = setting(sheets["Plan"], "Title", "Second plan")
    return sheets


@pytest.fixture
def start(client, coordinator):
    client.force_login(coordinator, backend="django.contrib.auth.backends.ModelBackend")

    def send(**data):
        return client.post(reverse("plans:import-new"), data)

    return send


def test_a_coordinator_creates_a_plan_from_a_workbook(start):
    preview = start(workbook=upload(second()))
    assert preview.status_code == 200
    assert Plan.objects.count() == 1
    response = start(fingerprint=preview.context["outcome"].fingerprint)
    assert response.url == Plan.objects.get(slug="second-plan").get_absolute_url()


def test_an_existing_plan_cannot_be_created_again(start):
    assert start(workbook=upload(small())).status_code == 422


def test_a_plan_can_be_created_only_for_an_agency_that_the_user_coordinates(start):
    sheets = second()
    sheets["Plan"] = setting(sheets["Plan"], "Coordinating agency", "Police")
    response = start(workbook=upload(sheets))
    assert [str(fault) for fault in response.context["faults"]] == [
        f"{place('Plan', 5, 'Coordinating agency')}: You are not a coordinator of Police. Expected:"
        " an agency that you coordinate for; others start their plans themselves."
    ]


def test_a_file_uploaded_for_one_plan_is_not_imported_into_another(start, send):
    fingerprint = start(workbook=upload(second())).context["outcome"].fingerprint
    assert send(fingerprint=fingerprint).status_code == 302
    assert Plan.objects.count() == 1


# --- Exporting ------------------------------------------------------------------------------


def test_the_export_downloads_the_workbook(client, send, plan):
    response = client.get(reverse("plans:export", args=[plan.slug]))
    assert response["Content-Disposition"] == 'attachment; filename="plan-of-action.xlsx"'
    assert preview_import(io.BytesIO(response.content), at=NOW, plan=plan).is_empty


def test_a_plan_too_large_for_a_workbook_is_reported_on_its_page(client, send, plan):
    WorkItem.objects.update(action="x" * 40_000)
    response = client.get(reverse("plans:export", args=[plan.slug]), follow=True)
    assert response.redirect_chain == [(plan.get_absolute_url(), 302)]
    assert "a spreadsheet cell holds 32,767" in response.text


def test_the_empty_workbook_has_every_sheet(client, start):
    response = client.get(reverse("plans:blank-workbook"))
    assert response["Content-Disposition"] == 'attachment; filename="new-plan.xlsx"'
    assert response.content.startswith(b"PK")


def test_the_upload_pages_describe_the_format(client, send, plan):
    for address in (reverse("plans:import", args=[plan.slug]), reverse("plans:import-new")):
        response = client.get(address)
        assert response.status_code == 200
        assert "Short names of agencies with semicolons between" in response.text


def test_the_upload_page_leads_to_the_proposal_form_who_may_propose(
    client, send, plan, monkeypatch, django_user_model
):
    address = reverse("plans:import", args=[plan.slug])
    link = reverse("variations:propose-item", args=[plan.slug])
    assert plan.adopted_on is not None
    assert (link in client.get(address).text, client.get(link).status_code) == (True, 200)
    held = django_user_model.has_perm
    monkeypatch.setattr(
        django_user_model,
        "has_perm",
        lambda user, name, *of: name != "workitems.request_addition" and held(user, name, *of),
    )
    assert (link in client.get(address).text, client.get(link).status_code) == (False, 403)

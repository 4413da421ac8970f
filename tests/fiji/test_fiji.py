"""Test a country that has no Act of requests: Fiji, with its own settings and database."""

import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command, get_commands
from django.db import connection
from django.urls import reverse

from agencies.models import Seat, User
from agencies.rules import OF_REQUESTS as ROLES_OF_REQUESTS
from reports.document import from_json
from reports.models import IssuedPaper, PublicProgress
from reports.search.paper_search import KINDS
from tests.codebase.source import ROOT
from tests.museum.old_databases import each_model_built_alone, opened, signed_papers
from tests.reports.paper_reading import pages
from trafficking_plan.running import kept_records, service_checks
from workitems.demo import fiji
from workitems.models import Plan

# Words of New Zealand alone.
FOREIGN = re.compile(
    r"New Zealand|\bOIA\b|te reo|Ombudsman|Official Information Act|Kia ora|en-NZ|\.govt\.nz|Wellington"
    r"|\bMBIE\b|Ministry of Business|Department of Labour|Secretary of Labour|\bDPMC\b|\bDoL\b"
)
# Addresses that write, send a file, or end the session.
LEFT_OUT = (
    "/sign-out",
    ".pdf",
    ".docx",
    ".xlsx",
    ".csv",
    ".json",
    ".ics",
    "/pdf/",
    "/docx/",
    "/xlsx/",
)
# Addresses of official information.
OF_REQUESTS = re.compile(r"/(requests|released|releases|verify|earlier-papers)\b")
ADDRESSES = (
    "/requests/",
    "/requests/new/",
    "/requests/1/",
    "/requests/figures/",
    "/releases/",
    "/released/",
    f"/released/{fiji.PLAN}/",
    "/verify/",
    "/earlier-papers/",
    f"/api/plans/{fiji.PLAN}/released/",
)
TABLES = re.compile(
    r"reports_(historical)?(informationrequest|requestevent|requestletter|scheduleline|consultation"
    r"|redaction|release|releasedpaper|linecopy|filecheck|earlierpaper|nonworkingday|publicpage)"
)


@pytest.fixture
def demo(load_demo):
    load_demo("load_demo_plan", "load_demo_briefing")
    return Plan.objects.get(slug=fiji.PLAN)


def pages_from(client, start: str) -> dict[str, str]:
    """Return the HTML of every page that links lead to, by address; of many alike, the first three."""
    waiting, seen, alike, found = [start], {start}, {}, {}
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow=True)
        assert answer.status_code in (200, 409), address
        if not answer["Content-Type"].startswith("text/html"):
            continue
        found[address] = html = answer.content.decode()
        for link in re.findall(r'href="(/[^"#?]*)', html):
            if link in seen or any(part in link for part in LEFT_OUT) or "/static/" in link:
                continue
            seen.add(link)
            form = re.sub(r"\d+(\.\d+)?", "N", link)
            alike[form] = alike.get(form, 0) + 1
            if alike[form] <= 2:
                waiting.append(link)
    return found


def test_no_page_of_a_coordinator_of_fiji_is_of_new_zealand(demo, client):
    client.force_login(User.objects.get(email="coordinator@example.org"))
    found = pages_from(client, "/")
    assert len(found) > 60
    assert {re.search(r'<html lang="([^"]*)"', html)[1] for html in found.values()} == {"en-FJ"}
    foreign = {at: sorted(set(FOREIGN.findall(html))) for at, html in found.items()}
    assert {at: words for at, words in foreign.items() if words} == {}
    assert "may be released under the Information Act 2018" in found["/"]
    assert not [at for at in found if OF_REQUESTS.match(at)]
    assert client.get(reverse("reports:progress-page", args=[demo.slug])).status_code == 200


def test_no_mail_of_fiji_names_an_office_of_new_zealand(demo):
    call_command("send_notices")
    assert len(mail.outbox) > 3
    said = "\n".join(f"{each.subject}\n{each.body}\n{each.from_email}" for each in mail.outbox)
    assert FOREIGN.findall(said) == []


def test_the_briefing_of_fiji_is_signed_in_its_own_words(demo):
    issued = IssuedPaper.objects.get()
    document = from_json(bytes(issued.document))
    assert (document.language, document.paper_size) == ("en-FJ", "A4")
    text = "".join(pages(bytes(issued.pdf)))
    assert "CONFIDENTIAL" in text
    assert FOREIGN.findall(text) == []
    # 9 a.m. in Fiji, which is UTC+12.
    opened = demo.rounds.order_by("-period_start")[0].opened_at
    assert opened.astimezone(UTC) == datetime.combine(
        opened.astimezone(UTC).date(), datetime.min.time().replace(hour=21), UTC
    )


# --- nothing of official information -------------------------------------------------------------


def test_no_module_of_requests_is_loaded():
    """In a process of its own: tests share factories with those of other countries."""
    script = (
        "import sys, django; django.setup(); import trafficking_plan.urls;"
        "print([name for name in sys.modules if name.startswith('reports.requests')])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == "[]"
    assert not apps.is_installed("reports.requests")


@pytest.mark.django_db
def test_a_new_database_has_no_table_or_trigger_of_requests():
    tables = connection.introspection.table_names()
    assert [name for name in tables if TABLES.fullmatch(name)] == []
    assert "reports_publicprogress" in tables
    assert [name for name in kept_records.kept_tables() if TABLES.fullmatch(name)] == []
    assert list(kept_records.differences(kept_records.describe())) == []


def test_no_address_of_requests_is_there(demo, client):
    client.force_login(User.objects.get(email="coordinator@example.org"))
    assert {at: client.get(at).status_code for at in ADDRESSES} == dict.fromkeys(ADDRESSES, 404)


def test_no_role_kind_of_search_or_command_is_of_requests(demo, client):
    coordinator = User.objects.get(email="coordinator@example.org")
    client.force_login(coordinator)
    agency = demo.coordinating_agency
    form = client.get(reverse("agencies:invite", args=[agency.pk])).context["form"]
    offered = {value for value, _ in form.fields["role"].choices}
    # A coordinator seats auditors only at an agency that audits the plan.
    elsewhere = {Seat.Role.MINISTERS_OFFICE, Seat.Role.AUDITOR}
    assert offered == {*Seat.Role.values} - {*ROLES_OF_REQUESTS, *elsewhere}
    assert "requests" not in [kind.key for kind in KINDS]
    assert {"oia_due", "purge_requesters", "load_demo_requests"} & {*get_commands()} == set()


def test_the_public_page_of_progress_offers_no_released_papers(demo, client):
    client.force_login(User.objects.get(email="coordinator@example.org"))
    page = reverse("reports:progress-page", args=[demo.slug])
    form = client.get(page).context["form"]
    assert [value for value, _ in form.fields["parts"].choices] == [
        part.value for part in PublicProgress.Part if part != PublicProgress.Part.RELEASED_PAPERS
    ]
    listed = client.get(reverse("reports:published"))
    assert listed.status_code == 200
    assert OF_REQUESTS.findall(listed.content.decode()) == []


def test_a_database_with_the_tables_of_requests_keeps_them(
    django_db_setup, django_db_blocker, tmp_path
):
    """One that was made with an Act."""
    with django_db_blocker.unblock(), opened("98dfdb97", tmp_path), each_model_built_alone():
        papers = signed_papers()
        assert all(papers.values())
        call_command("migrate", verbosity=0)
        assert signed_papers() == papers
        assert service_checks.check_migrations() == service_checks.well("All are applied.")
        assert service_checks.check_triggers().state == service_checks.State.WELL
        assert list(kept_records.differences(kept_records.describe())) == []

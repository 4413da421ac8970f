"""Journeys from an empty register to an open round; nothing is typed in a shell after `createsuperuser`."""

import re

import openpyxl
import pytest
from django.core import mail
from django.core.management import call_command
from playwright.sync_api import expect

from tests.browser.test_tracker_journey import SECONDS_AN_ACT, Person
from tests.workitems import trackers
from tests.workitems.workbooks import SMALL
from workitems.models import Plan, Round

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "zebra kettle moss nine"
ADMINISTRATOR, COORDINATOR = "admin@example.org", "coordinator@example.org"
TWENTY_MINUTES = 20 * 60


@pytest.fixture
def empty_register(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser", email=ADMINISTRATOR, name="Administrator", interactive=False, verbosity=0
    )


def filled(path: str) -> None:
    """Fill in the workbook that was downloaded, as a person would."""
    book = openpyxl.load_workbook(path)
    plan = dict(SMALL["Plan"]) | {"Coordinating agency": "MBIE"}
    for key, value in book["Plan"].iter_rows(min_row=2, max_col=2):
        value.value = plan.get(key.value.partition(" (")[0])
    rows = {"Pillars": SMALL["Pillars"], "Work items": SMALL["Work items"]}
    rows["Milestones"] = [{**SMALL["Milestones"][0], "Forecast due": None}]
    for name, sheet in rows.items():
        worksheet = book[name]
        headings = [cell.value.partition(" (")[0] for cell in worksheet[1]]
        for column, heading in enumerate(headings, start=1):
            value = sheet[0].get(heading)
            worksheet.cell(2, column).value = "MBIE" if value == "DoL" else value
    book.save(path)


def states(page) -> list[str]:
    return page.locator(".steps .mark").all_inner_texts()


def sign_in(page, address, email) -> None:
    page.goto(address)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def act(page, words) -> None:
    page.get_by_role("button", name=words).click()


def add_agency(page, short_name, name) -> None:
    page.get_by_label("Short name").fill(short_name)
    page.get_by_label("Name", exact=True).fill(name)
    act(page, "Add the agency")


def by_workbook(page, tmp_path) -> None:
    page.get_by_role("link", name="Start it from a workbook").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="empty workbook").click()
    path = str(tmp_path / "new-plan.xlsx")
    download.value.save_as(path)
    filled(path)
    page.get_by_label("Workbook").set_input_files(path)
    act(page, "See what it would make")
    act(page, "Import")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan of Action")


def test_an_administrator_and_a_coordinator_open_the_first_round(
    page, live_server, empty_register, assert_accessible, tmp_path
):
    address = live_server.url
    sign_in(page, address, ADMINISTRATOR)
    expect(page.get_by_role("heading", level=1)).to_have_text("Get started")
    assert states(page) == ["Next", "Later", "Later", "Later"]
    assert_accessible()
    page.get_by_role("link", name="Add an agency").click()
    act(page, "Add the agency")
    expect(page.get_by_role("alert")).to_contain_text("Enter the short name.")
    assert_accessible()
    add_agency(page, "MBIE", "Ministry of Business, Innovation and Employment")
    page.get_by_role("link", name="Add an agency").click()
    add_agency(page, "Police", "New Zealand Police")
    assert_accessible()
    page.goto(address)
    assert states(page) == ["Done", "Next", "Later", "Later"]
    page.get_by_role("link", name="Invite a person").click()
    assert_accessible()
    page.get_by_label("Agency or Minister’s office").select_option(
        "Ministry of Business, Innovation and Employment"
    )
    act(page, "Continue")
    page.get_by_label("Name", exact=True).fill("Plan coordinator")
    page.get_by_label("Email address").fill(COORDINATOR)
    page.get_by_label(re.compile("^Coordinator")).check()
    assert_accessible()
    act(page, "Send invitation")
    expect(page.get_by_role("status")).to_contain_text("Plan coordinator is invited.")
    page.get_by_role("link", name="People", exact=True).click()
    assert_accessible()
    page.goto(address)
    expect(page.locator(".steps")).to_contain_text("Plan coordinator is invited as coordinator")
    page.locator(".masthead-person").click()
    act(page, "Sign out")

    link = re.search(r"/invitation/\S+/", mail.outbox[-1].body)
    page.goto(address + link[0])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    act(page, "Accept invitation")
    expect(page.get_by_role("heading", level=1)).to_have_text("Get started")
    assert states(page) == ["Done", "Done", "Next", "Later"]
    assert_accessible()
    page.get_by_role("link", name="Record who holds the portfolio").click()
    assert_accessible()
    page.get_by_role("link", name="Record a Minister").click()
    page.get_by_label("Portfolio").fill("Minister of Immigration")
    page.get_by_label("Minister", exact=True).fill("The Minister of Immigration")
    page.get_by_label(re.compile("^First day")).fill("1 July 2009")
    assert_accessible()
    act(page, "Record the Minister")
    expect(page.get_by_role("heading", level=1)).to_have_text("Minister of Immigration")
    assert_accessible()

    page.goto(address)
    page.get_by_role("link", name="Start a plan").click()
    by_workbook(page, tmp_path)
    page.goto(address)
    assert states(page) == ["Done", "Done", "Next", "Later"]
    page.get_by_role("link", name="Open the plan").click()
    page.get_by_role("link", name="Adopt the plan").click()
    page.get_by_label("Why it is adopted before").fill("Its measures are set up this month.")
    act(page, "Adopt the plan")

    page.goto(address)
    assert states(page) == ["Done", "Done", "Done", "Next"]
    assert_accessible()
    page.get_by_role("link", name="Open a round").click()
    page.get_by_label("Name", exact=True).fill("July to December 2026")
    page.get_by_label(re.compile("^First day of the period")).fill("1 July 2010")
    page.get_by_label(re.compile("^Last day of the period")).fill("31 December 2010")
    page.get_by_label(re.compile("^Returns are due on")).fill("31 January 2011")
    act(page, re.compile("^Open"))
    assert Round.objects.get().is_open
    page.goto(address)
    expect(page).to_have_title(re.compile("^Your desk"))


def test_the_messiest_tracker_leads_from_no_account_to_an_open_round_in_twenty_minutes(
    page, live_server, assert_accessible, monkeypatch
):
    address, person = live_server.url, Person(page)
    page.goto(address)
    expect(page.locator("code")).to_have_text("python3 manage.py createsuperuser")
    assert_accessible()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser", email=ADMINISTRATOR, name="Administrator", interactive=False, verbosity=0
    )
    sign_in(page, address, ADMINISTRATOR)
    person.acts += 4  # the command, and signing in
    for short, name in (
        ("MBIE", "Ministry of Business, Innovation and Employment"),
        ("Police", "New Zealand Police"),
        ("Customs", "New Zealand Customs Service"),
    ):
        page.goto(address)
        person.press("link", "Add an agency")
        person.type("Short name", short)
        person.acts += 1
        page.get_by_label("Name", exact=True).fill(name)
        person.press("button", "Add the agency")
    page.goto(address)
    person.press("link", "Invite a person")
    person.choose("Agency or Minister’s office", "Ministry of Business, Innovation and Employment")
    person.press("button", "Continue")
    page.get_by_label("Name", exact=True).fill("Tom Reid")
    person.type("Email address", "tom.reid@mbie.example")
    page.get_by_label(re.compile("^Coordinator")).check()
    person.press("button", "Send invitation")
    page.locator(".masthead-person").click()
    act(page, "Sign out")
    page.goto(address + re.search(r"/invitation/\S+/", mail.outbox[-1].body)[0])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    person.type("Password again", PASSWORD)
    person.press("button", "Accept invitation")
    person.acts += 5  # what was filled in without counting, and the mail

    person.press("link", "Start a plan")
    page.get_by_role("link", name=re.compile("spreadsheet")).first.click()
    person.drop("Spreadsheet", "tracker.xlsx", trackers.messiest())
    person.press("button", "Read the spreadsheet")
    expect(page.locator("main")).to_contain_text("Only a guess")
    assert_accessible()
    person.type("Title of the plan", "Plan against Forced Labour")
    person.type("Released on", "1 July 2025")
    person.type("Minister’s portfolio", "Minister of Immigration")
    person.press("button", "See the plan")
    expect(page.locator("main")).to_contain_text("Choose 4 answers before the import.")
    assert_accessible()
    add = "Add “Oranga Tamariki” as a new agency"
    page.get_by_label("Answer about Oranga Tamariki", exact=True).select_option(label=add)
    page.get_by_label(
        "Answer about Oranga Tamariki - Ministry for Children", exact=True
    ).select_option(label="The same agency as “Oranga Tamariki”")
    page.get_by_label("Answer about Mar 2026 (was Dec 2025)", exact=True).select_option(
        label="No: due December 2025, now expected March 2026"
    )
    page.locator("select").filter(
        has_text="Not known: import as not started, and keep what they say as notes"
    ).first.select_option(label="Under way")
    person.press("button", "Show the plan with these answers")
    person.press("button", "Import as a plan")
    expect(page.locator("main")).to_contain_text("is imported as a plan")
    person.press("link", "Invite them")
    assert_accessible()
    assert page.get_by_label("Invite Ana Bell").is_checked()
    assert page.get_by_label("Role of Ana Bell").input_value() == "approver"
    page.go_back()
    person.press("link", "Adopt the plan")
    page.get_by_label("Why it is adopted before").fill("Its measures are set up this month.")
    person.press("button", "Adopt the plan")
    page.goto(address)
    expect(page.locator("main")).to_contain_text("have no contributor or approver yet")
    assert_accessible()
    person.press("link", "Open a round")
    page.get_by_label("Name", exact=True).fill("First round")
    page.get_by_label(re.compile("^First day of the period")).fill("1 December 2099")
    page.get_by_label(re.compile("^Last day of the period")).fill("31 December 2099")
    page.get_by_label(re.compile("^Returns are due on")).fill("31 January 2100")
    person.press("button", "Open the round")
    person.acts += 9
    assert Round.objects.filter(closed_at=None, plan=Plan.objects.get()).count() == 1
    assert person.acts * SECONDS_AN_ACT < TWENTY_MINUTES

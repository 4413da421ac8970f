"""Test publishing, and reading what is public, in a browser: without scripts, and with axe at two widths."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from reports.requests.models import EarlierPaper, Release
from tests.cast import scene

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (1280, 320)


@pytest.fixture
def people(transactional_db):
    return scene()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_papers_and_progress_are_published_read_and_taken_back_without_a_script(
    page, live_server, sign_in, people
):
    slug = people.plan.slug
    sign_in(people["OIA decision-maker"])
    page.goto(f"{live_server.url}{reverse('requests:releases')}")
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw these papers").click()
    expect(page.locator(".field-error")).to_contain_text("Say why it is withdrawn.")
    page.get_by_label("Why it is withdrawn").fill("It was the wrong file.")
    page.get_by_role("button", name="Withdraw these papers").click()
    expect(page.get_by_role("status")).to_contain_text("is withdrawn")
    page.goto(f"{live_server.url}{reverse('requests:released', args=[slug])}")
    expect(page.get_by_text("It was the wrong file.")).to_be_visible()

    sign_in(people["coordinator"])
    page.goto(f"{live_server.url}{reverse('reports:progress-page', args=[slug])}")
    page.get_by_label("Figures").check()
    page.get_by_label("Timeline").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview as at")).to_be_visible()
    page.get_by_role("button", name="Publish what is below").click()
    expect(page.get_by_role("status")).to_contain_text("The page is published.")
    page.goto(f"{live_server.url}{reverse('reports:progress', args=[slug])}")
    expect(page.get_by_role("heading", name="Timeline", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Achievements")).to_have_count(0)

    sign_in(people["OIA adviser"])
    page.goto(f"{live_server.url}{reverse('requests:earlier-papers')}")
    page.get_by_role("link", name="File a paper").click()
    page.get_by_label("Title").fill("Report of 2008")
    page.get_by_label("Date of the paper").fill("1 December 2008")
    page.get_by_label("Kind").fill("Annual report")
    page.get_by_label("PDF").set_input_files(
        {"name": "2008.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 of 2008"}
    )
    page.get_by_role("button", name="File the paper").click()
    expect(page.get_by_role("link", name="Report of 2008", exact=True)).to_be_visible()
    assert EarlierPaper.objects.count() == 2


def faults_of(page, accessibility_faults, addresses):
    found = []
    for address in addresses:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [(address, width, fault) for fault in accessibility_faults(page)]
    return found


def test_no_page_has_an_accessibility_fault_at_two_widths(
    page, live_server, sign_in, people, accessibility_faults
):
    slug = people.plan.slug
    release = Release.objects.published().get()

    def at(name, *args, query=""):
        app = "reports" if name.startswith("progress") else "requests"
        return f"{live_server.url}{reverse(f'{app}:{name}', args=args)}{query}"

    said = []
    page.on("console", lambda message: said.append(message.text))
    public = [at("published"), at("released", slug), at("progress", slug), at("released-verify")]
    assert faults_of(page, accessibility_faults, public) == []
    page.emulate_media(color_scheme="dark")
    assert faults_of(page, accessibility_faults, public) == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 24, 30)"
    page.emulate_media(color_scheme="light")
    paper = EarlierPaper.objects.get()
    sign_in(people["OIA decision-maker"])
    own = [at("releases"), at("publish", release.pk), at("unpublish", release.pk)]
    assert faults_of(page, accessibility_faults, [*own, at("released-page", slug)]) == []
    sign_in(people["OIA adviser"])
    own = [at("earlier-papers"), at("add-earlier-paper"), at("change-earlier-paper", paper.pk)]
    own += [at("withdraw-earlier-paper", paper.pk), at("proactive")]
    assert faults_of(page, accessibility_faults, own) == []
    sign_in(people["coordinator"])
    parts = "?on=2010-07-30&parts=figures&parts=timeline&parts=achievements&parts=released_papers"
    own = [at("progress-page", slug, query=parts), at("progress-take-down", slug, 1)]
    assert faults_of(page, accessibility_faults, own) == []
    assert said == [], "the browser reports violations of the policy"

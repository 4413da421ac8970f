"""An edited Word copy comes back: accepted, rejected, and compared where the draft went on."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from agencies.models import Seat
from reports.models import Suggestion
from reports.word_copies import services as word_copies
from reports.workshop.services import drafts
from tests.browser.workshop import seated
from tests.factories import AgencyFactory, PlanFactory, WorkItemFactory
from tests.reports.drafted import drafted
from tests.reports.word_edits import Edited

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = (
    "Brochures are late by two months.",
    "Training begins in June 2011.",
    "No money was set aside.",
    "The website is ready.",
)
LEGAL, POLICY = "Legal reviewer", "Policy reviewer"


def test_an_edited_word_copy_comes_back_and_nothing_is_lost(
    page, live_server, sign_in, assert_accessible, tmp_path
):
    labour = AgencyFactory(short_name="Labour")
    plan = PlanFactory(slug="plan", coordinating_agency=labour)
    item = WorkItemFactory(plan=plan, number="1.1", lead_agency=labour, stage="under_way")
    coordinator = seated("Coordinator", Seat.Role.COORDINATOR, labour)
    colleague = seated("Other coordinator", Seat.Role.COORDINATOR, labour)
    briefing = drafted(plan, item, coordinator)
    keys, after = [], ""
    for words in TEXTS:
        row = drafts.add(
            briefing=briefing, section="delay", after=after, text=words, by=coordinator
        )
        keys.append(after := row.key)
    late, training, money, website = keys
    sign_in(coordinator)
    where = [plan.slug, briefing.pk]

    # The file is downloaded, and edited with and without tracked changes.
    page.goto(live_server.url + reverse("workshop:word", args=where))
    assert_accessible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the Word file").click()
    file = Edited(download.value.path().read_bytes())
    file.replace(late, "two", "four", LEGAL).replace(training, "June", "July", LEGAL)
    file.remove(money, POLICY).add(website, "A report follows.", POLICY)
    file.replace(website, "ready", "almost ready").comment(late, "Since when?", POLICY)
    path = tmp_path / "edited.docx"
    path.write_bytes(file.data())

    # The draft goes on meanwhile.
    drafts.edit(
        briefing=briefing,
        key=training,
        text="Training begins in May 2011.",
        version=1,
        by=colleague,
    )

    # A wrong file is refused at the field, and the right one makes suggestions.
    wrong = tmp_path / "letter.docx"
    wrong.write_bytes(b"Dear all,")
    page.set_input_files("input[type=file]", wrong)
    page.get_by_role("button", name="Upload the edited copy").click()
    expect(page.locator("#id_file_error, .field-error, .error-summary").first).to_contain_text(
        "cannot be read as a Word document"
    )
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Upload the edited copy").click()
    expect(page.locator("body")).to_contain_text("The copy makes six suggestions.")
    assert_accessible()
    assert texts(briefing, keys) == [TEXTS[0], "Training begins in May 2011.", *TEXTS[2:]]

    # They are also at their paragraphs.
    page.goto(live_server.url + reverse("workshop:draft", args=where))
    block = page.locator(f"#{late}")
    block.get_by_role("link", name="2 suggestions").click()
    heading = page.get_by_role("heading", name="Open suggestions")
    expect(heading).to_be_visible()

    # One is rejected, the comment is resolved, and all of a person are accepted.
    page.get_by_role("button", name="Mark as resolved").click()
    page.locator("li", has_text="The website is").get_by_role("button", name="Reject").click()
    expect(page.locator("body")).to_contain_text("Rejected. The draft stays as it is.")
    page.get_by_role("button", name="Accept all of Policy reviewer (2)").click()
    page.get_by_role("button", name="Accept all of Legal reviewer (2)").click()
    expect(page.locator("body")).to_contain_text("One suggestion of Legal reviewer left open.")
    expect(page.locator("body")).to_contain_text("One suggestion accepted from Legal reviewer.")

    # The paragraph that the colleague changed shows both sides before anything is taken.
    page.locator(".suggestions").get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="In the draft now")).to_be_visible()
    expect(page.locator("main")).to_contain_text("May")
    assert_accessible()
    page.get_by_label("Text to put into the draft").fill("Training begins in July 2011.")
    page.get_by_role("button", name="Accept this text").click()
    expect(page.locator("body")).to_contain_text(
        "None. Every suggestion in this copy has been decided."
    )
    assert_accessible()

    assert texts(briefing, [late, training, website]) == [
        "Brochures are late by four months.",
        "Training begins in July 2011.",
        "The website is ready.",
    ]
    assert briefing.draft_paragraphs.get(key=money).is_hidden
    assert briefing.draft_paragraphs.filter(text="A report follows.").count() == 1
    states = Suggestion.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["accepted"] * 4 + ["rejected", "resolved"]
    page.goto(live_server.url + reverse("workshop:versions", args=[*where, late]))
    expect(page.locator("body")).to_contain_text("from Legal reviewer’s Word copy")


def texts(briefing, keys):
    return [word_copies.text_now(briefing, key)[0] for key in keys]

"""A return answered in Excel: out, edited by two colleagues and in the browser, and back in."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.returns import owed
from tests.workitems.sheets import Sheets, address
from workitems.models import Update
from workitems.returns.services import rounds

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_sheets_and_a_browser_edit_of_one_item_lose_nothing(
    page, live_server, sign_in, assert_accessible, tmp_path
):
    scene = owed(2)
    sign_in(scene.contributor)
    page.goto(f"{live_server.url}{scene.of_return.get_absolute_url()}")
    page.get_by_text("Answer in Excel").click()
    assert_accessible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the workbook").click()
    content = download.value.path().read_bytes()
    files = []
    for who in ("First", "Second"):
        sheets = Sheets(content).write("Achieved in this period", f"{who} colleague.")
        if who == "First":
            sheets.write("Stage", "Nearly there", 1).write("Planned next", "Print more.")
        files.append(tmp_path / f"{who}.xlsx")
        files[-1].write_bytes(sheets.content)
    rounds.write_update(
        of_return=scene.of_return, item=scene.items[0], stage="under_way", confidence="on_track",
        achieved="From the browser.", by=scene.approver, at=timezone.now(),
    )  # fmt: skip
    for number, file in enumerate(files):
        page.goto(f"{live_server.url}{scene.of_return.get_absolute_url()}")
        page.get_by_text("Answer in Excel").click()
        page.get_by_label("Workbook", exact=True).set_input_files(file)
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("heading", name="What would change")).to_be_visible()
        page.get_by_role("button", name="Take it into the return").click()
        expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
        page.get_by_label(
            "Take the workbook’s text" if number == 0 else "Keep the return’s text"
        ).check()
        assert_accessible()
        page.get_by_role("button", name="Take it into the return").click()
        expect(page.get_by_role("heading", name="What was taken from the workbook")).to_be_visible()
    assert_accessible()
    update = Update.objects.get(of_return=scene.of_return, item=scene.items[0])
    assert (update.achieved, update.planned_next) == ("First colleague.", "Print more.")
    page.goto(f"{live_server.url}{address(scene.of_return)}")
    assert_accessible()
    for file, texts in zip(
        files,
        (("From the browser.", "First colleague."), ("First colleague.", "Second colleague.")),
        strict=True,
    ):
        page.get_by_role("link", name=file.name).click()
        for text in texts:
            expect(page.get_by_role("main")).to_contain_text(text)
        page.go_back()
    page.goto(f"{live_server.url}{address(scene.of_return)}")
    page.get_by_label("Workbook", exact=True).set_input_files(files[0])
    page.get_by_role("button", name="See what would change").click()
    page.get_by_role("button", name="Discard the workbook").click()
    expect(page.get_by_role("status")).to_contain_text("“First.xlsx” is discarded.")
    assert_accessible()

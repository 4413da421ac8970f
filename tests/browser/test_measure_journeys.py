"""Test measures by keyboard: an officer answers six in a return, and the coordinator sets one up from the plan's words."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser.keyboard import tab_to
from tests.browser.returns import owed
from tests.factories import MeasureFactory, MeasureValueFactory
from workitems.models import MeasureValue

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("level", "total", "share", "period", "yes_no", "level")


def back_to(page, ending):
    """Press Shift+Tab until the field with this name has the focus."""
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.id").endswith(ending):
            return
    raise AssertionError(ending)


def save(page, measure):
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    printed = page.locator(f"#measure-{measure.pk} [data-printed]")
    expect(printed).to_contain_text("In the briefing:")
    return printed


def test_six_measures_are_answered_by_keyboard_one_not_yet_and_one_corrected(
    page, live_server, sign_in, accessibility_faults
):
    scene = owed()
    item, today = scene.items[0], localdate()
    measures = [
        MeasureFactory(item=item, number=n, kind=kind, as_told=f"the number {n}")
        for n, kind in enumerate(KINDS, 1)
    ]
    day = min(scene.of_return.round.period_end, today)
    was = MeasureValueFactory(measure=measures[0], number=83, day=day, accepted_on=today)
    sign_in(scene.contributor)
    page.goto(f"{live_server.url}{scene.of_return.get_absolute_url()}")
    assert accessibility_faults(page) == []
    # The first has a number for the day already: saving asks why it changes.
    tab_to(page, "The number")
    page.keyboard.type("79")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    first = page.locator(f"#measure-{measures[0].pk}")
    expect(first).to_contain_text("There is a number for that day: 83. Correct it and say why.")
    back_to(page, "correction_reason")
    page.keyboard.type("two courses were counted twice")
    expect(save(page, measures[0])).to_contain_text("was 79")
    tab_to(page, "The number")
    page.keyboard.type("1,250")
    expect(save(page, measures[1])).to_contain_text("was 1,250")
    tab_to(page, "How many")
    page.keyboard.type("640")
    tab_to(page, "Of how many")
    page.keyboard.type("960")
    expect(save(page, measures[2])).to_contain_text("67 per cent (640 of 960)")
    tab_to(page, "The number")
    page.keyboard.type("71")
    expect(save(page, measures[3])).to_contain_text("was 71")
    tab_to(page, "Yes")
    page.keyboard.press("Space")
    expect(save(page, measures[4])).to_contain_text("is in place")
    tab_to(page, "No number yet")
    page.keyboard.press("Enter")
    tab_to(page, "There is no number yet, because")
    page.keyboard.type("the register opens in March")
    tab_to(page, "You expect one by")
    page.keyboard.type((today + timedelta(days=120)).isoformat())
    expect(save(page, measures[5])).to_contain_text("because the register opens in March")
    values = {
        each.measure_id: each for each in MeasureValue.objects.filter(of_return=scene.of_return)
    }
    assert [values[each.pk].number for each in measures] == [79, 1250, 640, 71, 1, None]
    assert values[measures[0].pk].corrects == was


def test_the_coordinator_sets_a_measure_up_from_the_words_of_the_plan(
    page, live_server, sign_in, accessibility_faults
):
    scene = owed()
    item = scene.items[0]
    measure = MeasureFactory(item=item, description="Survey of awareness")
    sign_in(scene.coordinator)
    page.goto(live_server.url + reverse("measures:set-up", args=[item.plan.slug, measure.pk]))
    expect(page.locator("main")).to_contain_text("Survey of awareness")
    assert accessibility_faults(page) == []
    page.get_by_label("A share: so many of so many").check()
    tab_to(page, "What is counted")
    page.keyboard.type("the share of people who know where to turn")
    page.get_by_label("Target 1").fill("60")
    page.locator("#id_by_1").fill((localdate() + timedelta(days=400)).isoformat())
    page.get_by_label("Why it is counted so").fill("The survey asks it each year.")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("No number has been given for the share of people")
    measure.refresh_from_db()
    assert (measure.kind, measure.targets.get().number) == ("share", 60)

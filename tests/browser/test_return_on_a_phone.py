"""Test what a stranger met who answered a return on a phone: dates, two versions, and what is said meanwhile."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.returns import milestone, owed
from workitems.models import MilestoneDraft

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile("^All saved at ")
KEPT = re.compile("^Kept at ")
YEAR = 2027


@pytest.fixture
def scene():
    return owed(3)


@pytest.fixture
def address(live_server, scene):
    return live_server.url + scene.of_return.get_absolute_url()


def on_a_phone(page):
    page.set_viewport_size({"width": 375, "height": 812})
    return page


@pytest.fixture
def phone(page_of, scene):
    return on_a_phone(page_of(scene.contributor))


@pytest.fixture
def other_phone(page_of, scene):
    return on_a_phone(page_of(scene.approver))


def bar(page):
    return page.locator(".return-saved")


def kept(page, scene):
    expect(milestone(page, scene).locator("[data-step-state]")).to_have_text(KEPT)


def typed(scene, name):
    return MilestoneDraft.objects.get().typed[name]


@pytest.fixture
def not_yet(phone, scene):
    """The milestone on the phone, answered with "Not yet"."""
    step = milestone(phone, scene)
    step.get_by_label("Not yet").check()
    return step


@pytest.mark.parametrize("first", ["30/6/27", "30/06/2027", "30.6.2027"])
def test_a_date_in_digits_can_be_changed_again(phone, scene, not_yet, first):
    box = not_yet.get_by_label("Now expected")
    box.fill(first)
    kept(phone, scene)
    for text in ("30 June 2027", "1 July 2027", "2/7/2027"):
        box.fill(text)
        expect(not_yet.locator("[data-step-state]")).to_have_text("Not saved yet")
        kept(phone, scene)
        expect(box).to_have_value(text)
        assert typed(scene, "forecast_due") == text


def test_a_page_that_began_with_a_date_in_digits_changes_it(phone, scene, not_yet, address):
    not_yet.get_by_label("Now expected").fill("30/6/27")
    kept(phone, scene)
    phone.goto(address)
    not_yet.get_by_label("Now expected").fill("1 July 2027")
    expect(bar(phone)).to_have_text(SAVED)
    assert typed(scene, "forecast_due") == "1 July 2027"


def test_two_people_who_type_one_date_in_two_ways_need_not_choose(
    phone, other_phone, scene, not_yet
):
    not_yet.get_by_label("Now expected").fill("30/6/27")
    kept(phone, scene)
    step = milestone(other_phone, scene)
    step.get_by_label("Not yet").check()
    step.get_by_label("Now expected").fill("30 June 2027")
    kept(other_phone, scene)
    expect(step.get_by_role("alert")).to_have_count(0)

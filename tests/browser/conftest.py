"""Fixtures for pages in a real browser, with accessibility checks by axe."""

import os
import shutil
import subprocess
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, expect

from tests.browser.workshop import Draft, draft_of_today
from tests.factories import AgencyFactory, SeatFactory
from trafficking_plan.bootstrap import CHROMIUMS

# Without these, Chromium contacts Google for updates and more at every start.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# Other suites run beside the journeys, so a page may answer later than within Playwright's five seconds, and one that
# makes files of papers later than within its thirty.
expect.set_options(timeout=20_000)
UNTIL_LOADED = 90_000

# The longest first: at the end, they would leave the cores idle.
LONGEST = ("test_two_coordinators", "test_demo_pages", "test_briefing_journey")


def pytest_collection_modifyitems(items):
    """Begin with the longest tests; `manage.py test` gives them out one by one."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


def chromium():
    """Return the path of the machine's own Chromium, or None; nothing is downloaded."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def pytest_report_header():
    """Name the browser's version: a new one may report what the old one did not."""
    if program := chromium():
        return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    program = chromium()
    if program is None:
        pytest.fail("No Chromium was found. Install it, or set CHROMIUM to its path.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": program, "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "en-NZ",
        "timezone_id": "Pacific/Auckland",
        "viewport": {"width": 1280, "height": 900},
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session", autouse=True)
def _an_act_ends_when_its_page_is_loaded():
    """A click or a key that opens a page ends when that is loaded, so that what follows reads and uses all of it.

    Playwright's ends when the address changes: `all()`, which doesn't wait, finds nothing on a page that has not come,
    and before `load` a page's scripts don't stand.
    """

    def loaded(act):
        def until_loaded(locator, *args, **options):
            act(locator, *args, **{"timeout": UNTIL_LOADED, **options})
            if not (page := locator.page).is_closed():
                page.wait_for_load_state(timeout=UNTIL_LOADED)

        return until_loaded

    with pytest.MonkeyPatch.context() as patch:
        for name in ("click", "press"):
            patch.setattr(Locator, name, loaded(getattr(Locator, name)))
        yield


@pytest.fixture
def sign_in(context, live_server) -> Callable:
    """Give the browser's context a session of this user, without the sign-in page.

    The test must commit its data: `@pytest.mark.django_db(transaction=True)`.
    """

    def sign_in(user) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies(
            [
                {
                    "name": cookie.key,
                    "value": cookie.value,
                    "url": live_server.url,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )

    return sign_in


@pytest.fixture
def accessibility_faults() -> Callable:
    """Return axe-core's violations of WCAG 2.2 AA on a page, one line each, and whether it scrolls sideways."""
    from tests.browser import axe

    return axe.faults


@pytest.fixture
def assert_accessible(page, accessibility_faults) -> Callable:
    """Return a check that the page has no fault and no sideways scrolling, on a desk and a telephone."""

    def check():
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 900})
            assert accessibility_faults(page) == []
        page.set_viewport_size({"width": 1280, "height": 900})

    return check


@pytest.fixture
def draft() -> Draft:
    """A briefing drafted today from three items, with two coordinators."""
    return draft_of_today(3)


@pytest.fixture
def address(live_server, draft) -> str:
    """The address of the draft's page. Modules about other pages have an `address` of their own."""
    return live_server.url + draft.address


@pytest.fixture
def coordinator(page, sign_in, draft, address):
    """The draft's page in the first coordinator's browser, in a window that shows all of it."""
    page.set_viewport_size({"width": 1280, "height": 3000})
    sign_in(draft.coordinators[0])
    page.goto(address)
    return page


@pytest.fixture
def page_of(browser, browser_context_args, live_server, address):
    """Return the return's page in a separate browser of a user."""
    contexts = []

    def page_of(user):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME]
        context = browser.new_context(**browser_context_args)
        contexts.append(context)
        context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
        page = context.new_page()
        # The test controls timers; they run normally until it moves the clock.
        page.clock.install()
        page.goto(address)
        return page

    yield page_of
    for context in contexts:
        context.close()


@pytest.fixture
def agency():
    return AgencyFactory(short_name="Labour", name="Department of Labour")


@pytest.fixture
def adviser(agency):
    return SeatFactory(agency=agency, role="oia_adviser", user__name="OIA adviser").user

"""Fixtures for pages in a real browser, with accessibility checks by axe."""

import os
import shutil
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

BROWSERS = (
    "chromium-headless-shell",  # the same engine without a window; an eighth less CPU time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
# Without these, Chromium contacts Google for updates and more at every start.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium; nothing is downloaded."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
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


WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Without `resultTypes`, axe also describes every element that passed, which takes longer than the
# check itself.
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": WCAG_22_AA},
    "resultTypes": ["violations"],
    # For a rule that these tags leave out, axe would fetch every stylesheet again, and those that
    # it imports from the page's address.
    "preload": {"assets": ["media"]},
}
# A third of its time goes into reading the same few colours again for every element.
KEEP_COLOURS = """() => {
    const { prototype } = axe.commons.color.Color;
    const plain = prototype.parseString;
    const known = new Map();
    prototype.parseString = function (text) {
        if (!known.has(text)) {
            plain.call(this, text);
            const { r, g, b, alpha } = this;
            known.set(text, { r, g, b, alpha });
        }
        return Object.assign(this, known.get(text));
    };
}"""
FIND_FAULTS = """options => axe.run(options).then(({violations}) =>
    violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`)))"""


@pytest.fixture
def accessibility_faults() -> Callable:
    """Return axe-core's violations of WCAG 2.2 AA on a page, one line each."""
    from axe_playwright_python.base import AXE_SCRIPT

    with_axe = f"{AXE_SCRIPT}\n;({KEEP_COLOURS})()"

    def faults(page) -> list[str]:
        page.wait_for_load_state()  # before its stylesheets, targets are smaller
        # axe is injected by the browser's tools, which the page's CSP does not block. The next
        # pages in this tab get it from the browser itself: half a megabyte is sent only once.
        if not page.evaluate("'axe' in window"):
            page.add_init_script(script=with_axe)
            page.evaluate(with_axe)
        return page.evaluate(FIND_FAULTS, AXE_OPTIONS)

    return faults

"""Where a request comes from, as roughly as is needed: a network, and a kind of browser."""

import ipaddress

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PLATFORMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    (gettext_lazy("Android"), gettext_lazy("Android")),
    (gettext_lazy("Windows"), gettext_lazy("Windows")),
    (gettext_lazy("Mac OS X"), gettext_lazy("Mac")),
    ("CrOS", "ChromeOS"),
    (gettext_lazy("Linux"), gettext_lazy("Linux")),
)
# Those that also name others come first.
BROWSERS = (
    (gettext_lazy("Edg"), gettext_lazy("Edge")),
    ("OPR/", gettext_lazy("Opera")),
    ("Firefox/", gettext_lazy("Firefox")),
    ("Chrome/", gettext_lazy("Chrome")),
    ("CriOS/", gettext_lazy("Chrome")),
    ("Safari/", gettext_lazy("Safari")),
)


def network_of(address: str) -> str:
    """Return the network of an IP address, so that no single machine can be told: "192.0.2.0/24"."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    width = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{width}", strict=False))


def browser_words(agent: str) -> str:
    """Return the kind of browser and of device that a browser says it is: "Firefox on Windows"."""
    browser = next((words for mark, words in BROWSERS if mark in agent), _("A browser"))
    platform = next((words for mark, words in PLATFORMS if mark in agent), "")
    return (
        _("{browser} on {platform}").format(browser=browser, platform=platform)
        if platform
        else browser
    )

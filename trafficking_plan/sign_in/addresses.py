"""Where a request comes from, as roughly as is needed: a network, and a kind of browser."""

import ipaddress

from django.utils.translation import gettext as _

PLATFORMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
# Those that also name others come first.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)


def network_of(address: str) -> str:
    """Return the network of an IP address, which identifies no single machine: "192.0.2.0/24"."""
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

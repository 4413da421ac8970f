"""Which email addresses may be invited: those at the domains of `ALLOWED_EMAIL_DOMAINS`, or all."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from agencies.typed.asking import Fault


def domain_faults(email: str) -> Iterator[Fault]:
    """Yield that an address is at a domain, or a subdomain of one, that is not allowed."""
    allowed = settings.ALLOWED_EMAIL_DOMAINS
    domain = email.rpartition("@")[2].lower()
    if not domain or not allowed or any(f".{domain}".endswith(f".{each}") for each in allowed):
        return
    yield (
        _("Addresses at {domain} cannot be used here. Enter one at {allowed}.").format(
            domain=domain, allowed=", ".join(allowed)
        ),
        "email",
    )

"""Sign-in with an organisation's OpenID Connect, as the settings describe it. Plain data; `organisation` uses it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

# Parts of Entra ID's addresses that stand for every tenant there is; the last is the tenant of personal accounts.
EVERY_TENANT = {
    *("common", "organizations", "consumers"),
    "9188040d-6c67-4c5b-b112-36a304b66dad",
}
LOOPBACK = {"127.0.0.1", "localhost"}
PROVIDER_ID = "organisation"
# The servers of Entra ID, of every cloud of its own; Google's.
ENTRA = {
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "sts.windows.net",
}
TENANT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ENTRA_CLAIMS = ("email", "tid", "acct", "xms_edov")
GOOGLE = "accounts.google.com"
# In the browser's session: the digest of what the provider calls its own.
SID = "organisation_sid"
# In the cache: which of the needed claims the last token lacked, for `check_service`.
MISSING_CLAIMS = "openid:missing-claims"


@dataclass(frozen=True)
class ClaimedSeat:
    """A seat that a person gets if this value is among their roles."""

    value: str
    agency: str
    role: str


@dataclass(frozen=True)
class Organisation:
    name: str
    server: str
    client_id: str
    secret: str
    # Of the email addresses that are ours, in small letters.
    domains: frozenset[str]
    roles_claim: str
    seats: tuple[ClaimedSeat, ...]
    # Whether it asks everybody for a second step itself.
    asks_second_step: bool

    @property
    def for_allauth(self) -> dict[str, Any]:
        """Return allauth's settings of the provider."""
        app = {
            "provider_id": PROVIDER_ID,
            "name": self.name,
            "client_id": self.client_id,
            "secret": self.secret,
            # All that is asked is in the signed token.
            "settings": {
                "server_url": self.server,
                "fetch_userinfo": False,
                "oauth_pkce_enabled": True,
            },
        }
        return {"openid_connect": {"APPS": [app]}}

    @property
    def tenant(self) -> str:
        """The id of our tenant at Entra ID, which is in the address of its server; "" of another provider."""
        parts = urlsplit(self.server)
        is_entra = parts.hostname in ENTRA
        return parts.path.strip("/").partition("/")[0].lower() if is_entra else ""

    @property
    def needed_claims(self) -> tuple[str, ...]:
        """The claims by which a person is known as ours. What a token lacks is never taken for granted."""
        if self.tenant:
            return ENTRA_CLAIMS
        if urlsplit(self.server).hostname == GOOGLE:
            return ("email", "email_verified", "hd")
        return ("email", "email_verified")

    def missing_claims(self, claims: dict[str, Any]) -> list[str]:
        return [name for name in self.needed_claims if claims.get(name) is None]

    def is_ours(self, claims: dict[str, Any]) -> bool:
        """Return whether this is a person of our own, with an address that the organisation vouches for.

        Entra ID says nothing of `email_verified`. There, people of another tenant (`tid`), guests (`acct`) and
        addresses whose domain the tenant does not own (`xms_edov`) are not ours. Google lets in everybody, and
        says of which organisation (`hd`). A claim that is missing says no.
        """
        if address_of(claims).rpartition("@")[2] not in self.domains or self.missing_claims(claims):
            return False
        if self.tenant:
            is_of_tenant = str(claims["tid"]).lower() == self.tenant
            return is_of_tenant and is_(claims["acct"], 0) and is_(claims["xms_edov"], 1)
        is_of_domain = "hd" not in self.needed_claims or str(claims["hd"]).lower() in self.domains
        return is_of_domain and claims["email_verified"] is True

    def seats_of(self, claims: dict[str, Any]) -> set[tuple[str, str]]:
        """Return the seats that the claims name, each as the agency's short name and the role."""
        values = claims.get(self.roles_claim) or ()
        found = {values} if isinstance(values, str) else set(values)
        return {(seat.agency, seat.role) for seat in self.seats if seat.value in found}


def sid_digest(sid: str) -> str:
    """Return as what a session of the provider is kept beside ours."""
    return sha256(sid.encode()).hexdigest()


def address_of(claims: dict[str, Any]) -> str:
    return str(claims.get("email") or "").lower()


def is_(value: Any, number: int) -> bool:
    """Whether a claim is this number, which Entra ID also writes as a text or as true and false."""
    return str(int(value) if isinstance(value, bool) else value) == str(number)


def parse_seats(text: str) -> tuple[ClaimedSeat, ...]:
    """Parse "value=agency:role, …". Raise `ValueError` for an entry of another form."""
    found = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        value, equals, seat = entry.partition("=")
        agency, colon, role = seat.rpartition(":")
        if not (value and equals and agency and colon and role):
            raise ValueError(
                f"OIDC_SEATS has {entry!r}. Write each as value=agency:role, such as plan-staff=Police:contributor."
            )
        found.append(ClaimedSeat(value.strip(), agency.strip(), role.strip()))
    return tuple(found)


def read_organisation(
    *,
    server: str,
    client_id: str,
    secret: str,
    name: str,
    domains: Iterable[str],
    roles_claim: str,
    seats: str,
    asks_second_step: bool,
) -> Organisation | None:
    """Return the organisation, or None if nothing is set. Raise `ValueError` if it is half configured."""
    given = {"OIDC_CLIENT_ID": client_id, "OIDC_CLIENT_SECRET": secret, "OIDC_NAME": name}
    given["OIDC_DOMAINS"] = ",".join(domains)
    if not server:
        if alone := [setting for setting, value in given.items() if value]:
            raise ValueError(f"{alone[0]} is set, but OIDC_SERVER is not.")
        return None
    if missing := [setting for setting, value in given.items() if not value]:
        raise ValueError(f"OIDC_SERVER is set, but {missing[0]} is not.")
    parts = urlsplit(server)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise ValueError("OIDC_SERVER must begin with https://.")
    if EVERY_TENANT & set(parts.path.split("/")):
        raise ValueError(
            "OIDC_SERVER lets in the people of every tenant. Put the id of your own tenant into it."
        )
    organisation = Organisation(
        name=name,
        server=server.rstrip("/"),
        client_id=client_id,
        secret=secret,
        domains=frozenset(domain.lower().lstrip("@") for domain in domains),
        roles_claim=roles_claim,
        seats=parse_seats(seats),
        asks_second_step=asks_second_step,
    )
    if organisation.tenant and not TENANT_ID.fullmatch(organisation.tenant):
        raise ValueError(
            "OIDC_SERVER does not have the id of your tenant. Put it where its name is."
        )
    return organisation

"""Test permissions: every URL, every kind of user, GET and POST.

One table. A URL that is missing from it fails the build, so that nobody forgets to decide. In a run of both
databases, PostgreSQL is asked for each URL by one user of each response, and SQLite by the others (decision 0111).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from agencies.models import Appointment, Office
from reports.models import IssuedPaper
from reports.requests.models import (
    Consultation,
    EarlierPaper,
    FileCheck,
    InformationRequest,
    NonWorkingDay,
    Redaction,
    Release,
    ReleasedPaper,
    RequestEvent,
    RequestLetter,
)
from tests.api.programs import ADDRESSES, OPEN
from tests.cast import (
    BEING_MADE,
    CALENDAR_TOKEN,
    INVITATION_TOKEN,
    REQUEST,
    Scene,
    client_of,
)
from tests.content_policy import lacks_policy
from tests.factories import MilestoneFactory, WaitFactory
from workitems.models import (
    MeasureValue,
    Mention,
    Note,
    ReceivedMail,
    ReturnNote,
    ReturnSheet,
    WorkItem,
)

pytestmark = pytest.mark.django_db

SIGN_IN = "to the sign-in page"
HOME = "to the desk"
ONWARD = "to another page of the plan"
CONFIRM = "/account/reauthenticate/"
HERE = "/account/sessions/"
GONE, FORBIDDEN, NOT_ALLOWED, INVALID, UNREADABLE, NO_TOKEN = 404, 403, 405, 422, 400, 401

EVERYBODY = (
    "anonymous",
    "stranger",
    "former contributor",
    "observer",
    "auditor",
    "contributor",
    "approver",
    "other contributor",
    "other approver",
    "coordinator",
    "member's coordinator",
    "other plan's coordinator",
    "authorising manager",
    "OIA adviser",
    "OIA reviewer",
    "OIA decision-maker",
    "minister's office",
    "superuser",
)
# Every member of the working group reads the whole plan.
READERS = (
    "observer",
    "auditor",
    "contributor",
    "approver",
    "other contributor",
    "other approver",
    "coordinator",
    "member's coordinator",
    "authorising manager",
)
# Who audits reads the plan, and nothing of who takes part in it.
MEMBERS = tuple(who for who in READERS if who != "auditor")
WRITERS = ("contributor", "approver")
WRITERS_OF_CUSTOMS = ("other contributor", "other approver")
# Who reads what Police writes before it is submitted.
POLICE = ("observer", "contributor", "approver", "member's coordinator")
NOTE_READERS = (*POLICE, "coordinator")
FINDING_READERS = (*POLICE, "coordinator", "auditor")
# Who manages the seats of Police.
SEATERS = ("approver", "coordinator", "superuser")
DRAFTERS = ("coordinator", "authorising manager")
# Who reads what was issued.
PAPER_READERS = (*READERS, "minister's office")
OIA = ("OIA adviser", "OIA reviewer", "OIA decision-maker")
# Who reads the requests to Labour, and what it released; what is withheld, only the three.
RELEASERS = ("coordinator", *OIA)
# Who reads the requests to some agency.
REQUEST_READERS = (*RELEASERS, "member's coordinator", "other plan's coordinator")
# Who records days that are working days, or not, against the Act's calendar.
DAY_RECORDERS = ("OIA adviser", "OIA decision-maker")
ANY_COORDINATOR = ("coordinator", "member's coordinator", "other plan's coordinator")

# Who coordinates a plan that reports to the Minister of Immigration.
KEEPERS = ("coordinator", "other plan's coordinator")

Answers = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """The response of one URL to each user. `arguments` come from the scene."""

    get: Answers
    post: Answers
    arguments: Callable[[Scene], list[Any]] = field(default=lambda scene: [])


def public(
    get: Any,
    post: Any,
    arguments: Callable[[Scene], list[Any]] = lambda scene: [],
    *,
    inside_get: Any = None,
    inside_post: Any = None,
) -> Row:
    """Open without signing in; `inside` is the response to signed-in users."""
    return Row(
        arguments=arguments,
        get={who: get if who == "anonymous" else inside_get or get for who in EVERYBODY},
        post={who: post if who == "anonymous" else inside_post or post for who in EVERYBODY},
    )


def signed_in(
    get: Any, post: Any, arguments: Callable[[Scene], list[Any]] = lambda scene: []
) -> Row:
    """The same for everybody who has signed in."""
    return Row(
        arguments=arguments,
        get={who: SIGN_IN if who == "anonymous" else get for who in EVERYBODY},
        post={who: SIGN_IN if who == "anonymous" else post for who in EVERYBODY},
    )


def only(may: tuple[str, ...], get: Any, post: Any) -> Row:
    """Open to a few users of any agency; other signed-in users are refused."""

    def answers(wanted: Any) -> Answers:
        refused = NOT_ALLOWED if wanted == NOT_ALLOWED else FORBIDDEN
        found = {who: wanted if who in may else refused for who in EVERYBODY}
        return found | {"anonymous": SIGN_IN}

    return Row(get=answers(get), post=answers(post))


def of_administrator(
    arguments: Callable[[Scene], list[Any]], get: Any = 200, post: Any = NOT_ALLOWED
) -> Row:
    """A page of administrators about a row of no plan."""
    return replace(only(("superuser",), get, post), arguments=arguments)


def of_plan(
    arguments: Callable[[Scene], list[Any]],
    *,
    may: tuple[str, ...] = READERS,
    readers: tuple[str, ...] = READERS,
    get: Any = 200,
    post: Any = NOT_ALLOWED,
) -> Row:
    """A page of one plan. Users outside the plan get 404; `readers` without permission get 403."""

    def answers(wanted: Any) -> Answers:
        if wanted == NOT_ALLOWED:
            everybody = dict.fromkeys(EVERYBODY, NOT_ALLOWED)
        else:
            everybody = {
                who: wanted if who in may else FORBIDDEN if who in readers else GONE
                for who in EVERYBODY
            }
        return everybody | {"anonymous": SIGN_IN}

    return Row(get=answers(get), post=answers(post), arguments=arguments)


def of_making(arguments: list[Any]) -> Row:
    """A page of a plan that is not adopted, which exists only for its coordinators."""
    return of_plan(
        lambda scene: [BEING_MADE, *arguments], may=("coordinator",), readers=(), post=INVALID
    )


def with_posts(row: Row, posts: Answers) -> Row:
    """The row, with other answers to what some users send."""
    return replace(row, post=row.post | posts)


def first_of(who: tuple[str, ...], row: Row) -> Row:
    """The row of an act that can be done once: of these users, who come in turn, the first does it."""
    return replace(row, post=row.post | dict.fromkeys(who[1:], INVALID))


def of_request(
    arguments: Callable[[Scene], list[Any]], *, who: str = "", post: Any = NOT_ALLOWED, **how: Any
) -> Row:
    """A page of the three OIA roles of a request's agency. One of them, `who`, posts its form."""
    row = of_plan(arguments, may=OIA, readers=RELEASERS, post=post, **how)
    others = dict.fromkeys(set(OIA) - {who}, FORBIDDEN) if who else {}
    return replace(row, post=row.post | others)


def request_line(scene: Scene) -> list[Any]:
    return [Redaction.objects.earliest("pk").line.request_id, 1]


def request(scene: Scene) -> list[Any]:
    return request_line(scene)[:1]


def redaction(scene: Scene) -> list[Any]:
    return [*request_line(scene), Redaction.objects.earliest("pk").pk]


def redaction_of_request(scene: Scene) -> list[Any]:
    return [*request(scene), Redaction.objects.earliest("pk").pk]


def plan(scene: Scene) -> list[Any]:
    return [scene.plan.slug]


def item(scene: Scene) -> list[Any]:
    return [scene.plan.slug, scene.item.number]


def milestone(scene: Scene) -> list[Any]:
    return [*item(scene), scene.milestone.number]


def item_and_text(scene: Scene) -> list[Any]:
    return [*item(scene), "as_told"]


def milestone_and_text(scene: Scene) -> list[Any]:
    return [*milestone(scene), "as_told"]


def delay(scene: Scene) -> list[Any]:
    return [*item(scene), 2, 1]


def mitigation(scene: Scene) -> list[Any]:
    return [*delay(scene), 1]


def briefing(scene: Scene) -> list[Any]:
    return [scene.plan.slug, scene.briefing.pk]


def kind(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.briefing.kind.slug]


def section(scene: Scene) -> list[Any]:
    return [*kind(scene), "purpose"]


def rendering(scene: Scene) -> list[Any]:
    return [*briefing(scene), scene.briefing.renderings.order_by("pk")[0].pk]


def word_copy(scene: Scene) -> list[Any]:
    return [*briefing(scene), scene.briefing.word_copies.order_by("pk")[0].pk]


def suggestion(scene: Scene) -> list[Any]:
    return [*word_copy(scene), scene.briefing.word_copies.order_by("pk")[0].suggestions.get().pk]


def paragraph(scene: Scene) -> list[Any]:
    return [*briefing(scene), scene.briefing.draft_paragraphs.order_by("pk")[0].key]


def issued(scene: Scene) -> list[Any]:
    return [scene.plan.slug, scene.issued.pk]


def version(scene: Scene) -> list[Any]:
    return [*issued(scene), 1]


def answer(scene: Scene) -> list[Any]:
    return [*issued(scene), scene.issued.issued.get().responses.get().pk]


def choice(scene: Scene) -> list[Any]:
    return [*issued(scene), scene.issued.issued.get().responses.get().choices.get().pk]


def follow_up(scene: Scene) -> list[Any]:
    return [*issued(scene), scene.issued.issued.get().follow_ups.get().pk]


def consulted(scene: Scene) -> list[Any]:
    return [scene.plan.slug, scene.consulted.pk]


def clearance_of_police(scene: Scene) -> list[Any]:
    return [*consulted(scene), scene.agencies["police"].pk]


def comment_of_police(scene: Scene) -> list[Any]:
    return [*consulted(scene), scene.consulted.clearances.get().comments.get().pk]


def variation(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.variation.number]


def out_of_session(scene: Scene) -> list[Any]:
    asked = scene.asked
    return [*plan(scene), asked.variation.number, asked.pk]


def answer_of_police(scene: Scene) -> list[Any]:
    return [*out_of_session(scene), scene.agencies["police"].pk]


def glossary_entry(scene: Scene) -> list[Any]:
    return [scene.plan.slug, scene.plan.glossary.get().pk]


def supported(scene: Scene) -> list[Any]:
    return [*plan(scene), "1.2"]


def proposal(scene: Scene) -> list[Any]:
    made = scene.agencies["police"].status_proposals.get()
    return [*supported(scene), made.pk]


def held(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.plan.held_entries.order_by("pk")[0].pk]


def risk(scene: Scene) -> list[Any]:
    return [*plan(scene), 1]


def measure(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.item.measures.get().pk]


def number_waiting(scene: Scene) -> list[Any]:
    return [*measure(scene), MeasureValue.objects.waiting().get().pk]


def audit(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.plan.audits.get().pk]


def finding(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.plan.audits.get().findings.get().pk]


def wait(scene: Scene) -> list[Any]:
    """The milestone of Police waits for one of Customs."""
    found = scene.milestone.waits.first()
    if found is None:
        of_customs = WorkItem.objects.get(plan=scene.plan, number="1.2")
        other = MilestoneFactory(item=of_customs)
        # Words that the scene has, so that a page has no others.
        found = WaitFactory(
            milestone=scene.milestone, waits_for=other, unanswered=True, why=str(scene.milestone)
        )
    return [*plan(scene), found.pk]


def of_notes(scene: Scene) -> list[Any]:
    return [*plan(scene), "item", scene.plan.items.get(number="1.1").pk]


def note(scene: Scene) -> list[Any]:
    return [*plan(scene), Note.objects.filter(plan=scene.plan).earliest("pk").pk]


def email(scene: Scene) -> list[Any]:
    return [ReceivedMail.objects.get().pk]


def email_note(scene: Scene) -> list[Any]:
    return note(scene)[1:]


def question(scene: Scene) -> list[Any]:
    return [*plan(scene), Mention.objects.filter(note__plan=scene.plan).earliest("pk").pk]


def meeting(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.meeting.pk]


def pack(scene: Scene) -> list[Any]:
    return [*meeting(scene), scene.meeting.papers.get(kind="pack").number]


def minutes(scene: Scene) -> list[Any]:
    return [*meeting(scene), scene.meeting.papers.get(kind="minutes").number]


def matter(scene: Scene) -> list[Any]:
    return [*meeting(scene), scene.meeting.matters.get().pk]


def decision(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.meeting.decisions.get().pk]


def evidence(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.evidence.pk]


def round_of(scene: Scene) -> list[Any]:
    return [*plan(scene), scene.round.pk]


def own_return(scene: Scene) -> list[Any]:
    return [*round_of(scene), scene.agencies["police"].pk]


def own_number(scene: Scene) -> list[Any]:
    return [*own_return(scene), scene.item.measures.get().pk]


def own_sheet(scene: Scene) -> list[Any]:
    return [*own_return(scene), ReturnSheet.objects.get().pk]


def own_note(scene: Scene) -> list[Any]:
    notes = ReturnNote.objects.filter(of_return__round=scene.round)
    return [*own_return(scene), notes.get().pk]


def own_save(scene: Scene) -> list[Any]:
    return [*own_return(scene), scene.item.number]


def submitted_return(scene: Scene) -> list[Any]:
    return [*round_of(scene), scene.agencies["customs"].pk]


def police(scene: Scene) -> list[Any]:
    return [scene.agencies["police"].pk]


def appointment(scene: Scene) -> list[Any]:
    return [Appointment.objects.get().pk]


def portfolio(scene: Scene) -> list[Any]:
    return [Office(scene.plan.portfolio)]


def token_of_contributor(scene: Scene) -> list[Any]:
    return [scene["contributor"].tokens.get().pk]


def stranger(scene: Scene) -> list[Any]:
    return [scene["stranger"].pk]


def seat_in_police(scene: Scene) -> list[Any]:
    return [*police(scene), scene["contributor"].seats.get().pk]


def unit_of_police(scene: Scene) -> list[Any]:
    return [*police(scene), scene.agencies["police"].units.get().pk]


def item_in_police(scene: Scene) -> list[Any]:
    return [*item(scene), *police(scene)]


def calendar_of_police(scene: Scene) -> list[Any]:
    return [*police(scene), scene.agencies["police"].calendar_feeds.get().pk]


def invitation_to_police(scene: Scene) -> list[Any]:
    return [*police(scene), scene.agencies["police"].invitations.get().pk]


def earlier_paper(scene: Scene) -> list[Any]:
    return [EarlierPaper.objects.get(plan=scene.plan).pk]


def recorded_day(scene: Scene) -> list[Any]:
    return [NonWorkingDay.objects.get(authority="A notice").pk]


def released_paper(scene: Scene) -> list[Any]:
    return [*plan(scene), ReleasedPaper.objects.get(release__request__plan=scene.plan).pk]


def published(scene: Scene) -> list[Any]:
    return [Release.objects.published().get(request__plan=scene.plan).pk]


def unpublished(scene: Scene) -> list[Any]:
    return [Release.objects.exclude(pk__in=published(scene)).get(request__plan=scene.plan).pk]


def asked(scene: Scene) -> list[Any]:
    return [InformationRequest.objects.get(reference=REQUEST).pk]


def asked_line(scene: Scene) -> list[Any]:
    return [*asked(scene), 1]


def asked_file(scene: Scene) -> list[Any]:
    return [*asked(scene), 2]


def asked_check(scene: Scene) -> list[Any]:
    found = FileCheck.objects.filter(line__request__in=asked(scene)).earliest("pk")
    return [*asked_file(scene), found.pk]


def asked_event(scene: Scene) -> list[Any]:
    return [*asked(scene), RequestEvent.objects.get(request__in=asked(scene)).pk]


def asked_letter(scene: Scene) -> list[Any]:
    return [*asked(scene), RequestLetter.objects.get(request__in=asked(scene)).pk]


def consultation(scene: Scene) -> list[Any]:
    return [scene.agencies["police"].release_consultations.get().pk]


def asked_consultation(scene: Scene) -> list[Any]:
    (pk,) = consultation(scene)
    return [*asked(scene), Consultation.objects.get(pk=pk).line.number, pk]


def found_paper(scene: Scene) -> list[Any]:
    paper = IssuedPaper.objects.filter(briefing__plan=scene.plan).first()
    return [*asked(scene), f"issued-{paper.pk}"]


def released_request(scene: Scene) -> list[Any]:
    return [Release.objects.published().get(request__plan=scene.plan).request_id]


def of_releasers(
    arguments: Callable[[Scene], list[Any]], *, post: Any = NOT_ALLOWED, who: str = "", **how: Any
) -> Row:
    """A page that all four roles of a request's agency read. One of them, `who`, posts its form."""
    row = of_plan(arguments, may=RELEASERS, readers=RELEASERS, post=post, **how)
    return (
        replace(row, post=row.post | dict.fromkeys(set(RELEASERS) - {who}, FORBIDDEN))
        if who
        else row
    )


def of_adviser(
    arguments: Callable[[Scene], list[Any]], *, get: Any = 200, post: Any = INVALID
) -> Row:
    """A page of the OIA adviser alone."""
    return of_plan(arguments, may=("OIA adviser",), readers=RELEASERS, get=get, post=post)


ANY_RELEASER = (*RELEASERS, "member's coordinator", "other plan's coordinator")

RULES: dict[str, Row] = {
    "account_login": public(200, 200, inside_get=HOME, inside_post=HOME),
    "account_logout": public(SIGN_IN, SIGN_IN, inside_get=200, inside_post=SIGN_IN),
    "account_signup": public(200, 200, inside_get=HOME, inside_post=HOME),
    "account_inactive": public(200, NOT_ALLOWED),
    "account_reauthenticate": signed_in(200, 200),
    "account_change_password": signed_in(200, 200),
    # Only where the settings name an organisation.
    "openid_connect_login": public(GONE, NOT_ALLOWED),
    "openid_connect_callback": public(GONE, NOT_ALLOWED),
    "organisation-signs-out": public(NOT_ALLOWED, GONE),
    "usersessions_list": signed_in(200, HERE),
    "mfa_index": signed_in(200, NOT_ALLOWED),
    # Only between the password and being signed in.
    "mfa_authenticate": public(SIGN_IN, SIGN_IN, inside_get=HOME, inside_post=HOME),
    "mfa_login_webauthn": public(SIGN_IN, SIGN_IN, inside_get=HOME, inside_post=HOME),
    # They ask for the password first; nobody has a passkey, an app or codes yet.
    "mfa_activate_totp": signed_in(CONFIRM, CONFIRM),
    "mfa_add_webauthn": signed_in(CONFIRM, CONFIRM),
    "mfa_generate_recovery_codes": signed_in(CONFIRM, CONFIRM),
    "mfa_remove_webauthn": replace(signed_in(GONE, GONE), arguments=lambda scene: [1]),
    "mfa_reauthenticate": signed_in(CONFIRM, CONFIRM),
    "mfa_reauthenticate_webauthn": signed_in(CONFIRM, CONFIRM),
    "mfa_deactivate_totp": signed_in(GONE, GONE),
    "mfa_view_recovery_codes": signed_in(GONE, NOT_ALLOWED),
    "choose-colours": signed_in(200, INVALID),
    "signed-in-for": signed_in(200, NOT_ALLOWED),
    # Only for whoever sent it.
    "unsent": replace(signed_in(GONE, GONE), arguments=lambda scene: ["token"]),
    # No contact is set here.
    "security-txt": public(GONE, NOT_ALLOWED),
    "catalogue": public(200, NOT_ALLOWED),
    # Nor a mark and colours of the installation's own.
    "product-colours": public(GONE, NOT_ALLOWED),
    "product-mark": public(GONE, NOT_ALLOWED),
    "account_reset_password": public(200, 200),
    "account_reset_password_done": public(200, NOT_ALLOWED),
    "account_reset_password_from_key": public(200, 200, lambda scene: ["1", "no-such-key"]),
    "account_reset_password_from_key_done": public(200, NOT_ALLOWED),
    "home": signed_in(200, NOT_ALLOWED),
    # What it finds is tested in tests/truth/test_search_finds_what_may_be_read.py.
    "search:search": signed_in(200, NOT_ALLOWED),
    "portfolio:plans": signed_in(200, NOT_ALLOWED),
    "portfolio:due": signed_in(200, NOT_ALLOWED),
    "portfolio:due-csv": signed_in(200, NOT_ALLOWED),
    "help:index": signed_in(200, NOT_ALLOWED),
    "help:task": signed_in(200, NOT_ALLOWED, lambda scene: ["answer-return"]),
    "read-date": signed_in(200, NOT_ALLOWED),
    "read-sentence": signed_in(NOT_ALLOWED, GONE),
    "agencies:tokens": signed_in(200, INVALID),
    # Only the person's own; here it is the contributor's.
    "agencies:revoke-token": of_plan(
        token_of_contributor, may=("contributor",), readers=(), post="/account/api-keys/"
    ),
    "agencies:list": only(("superuser",), 200, NOT_ALLOWED),
    "agencies:add": only(("superuser",), 200, INVALID),
    "agencies:change": of_administrator(police, post=INVALID),
    "agencies:hand-over": of_plan(
        police, readers=MEMBERS, may=("coordinator", "superuser"), post=INVALID
    ),
    "privacy": public(200, NOT_ALLOWED),
    "accessibility": public(200, NOT_ALLOWED),
    "data-of-person": of_administrator(stranger),
    "maintenance": only(("superuser",), 200, INVALID),
    "maintenance-end": only(("superuser",), NOT_ALLOWED, "/maintenance/"),
    "agencies:people": only(("superuser",), 200, NOT_ALLOWED),
    "agencies:choose-place": only(("superuser",), 200, NOT_ALLOWED),
    "agencies:invite-many": only(
        ("approver", "other approver", *ANY_COORDINATOR, "superuser"), 200, INVALID
    ),
    "agencies:person": of_administrator(stranger),
    "agencies:change-account": of_administrator(stranger, post=INVALID),
    "agencies:close-account": of_administrator(stranger, post=INVALID),
    "agencies:reopen-account": of_administrator(stranger, post=INVALID),
    "agencies:reset-second-step": of_administrator(stranger, post=INVALID),
    "agencies:ministers": only(ANY_COORDINATOR, 200, NOT_ALLOWED),
    "agencies:appoint": only(ANY_COORDINATOR, 200, INVALID),
    "agencies:portfolio": replace(only(ANY_COORDINATOR, 200, NOT_ALLOWED), arguments=portfolio),
    # The other plan reports to this Minister too.
    "agencies:end-appointment": replace(only(KEEPERS, 200, INVALID), arguments=appointment),
    "agencies:correct-appointment": replace(only(KEEPERS, 200, INVALID), arguments=appointment),
    "agencies:seats": of_plan(police, readers=MEMBERS, may=SEATERS),
    "agencies:invite": of_plan(police, readers=MEMBERS, may=SEATERS, post=INVALID),
    "agencies:cover": of_plan(police, readers=MEMBERS, may=SEATERS, post=INVALID),
    "agencies:seat-unit": of_plan(seat_in_police, readers=MEMBERS, may=("approver",), post=ONWARD),
    "agencies:add-unit": of_plan(police, readers=MEMBERS, may=("approver",), post=INVALID),
    "agencies:change-unit": of_plan(
        unit_of_police, readers=MEMBERS, may=("approver",), post=INVALID
    ),
    "agencies:end": of_plan(seat_in_police, readers=MEMBERS, may=SEATERS, post=INVALID),
    # Of a seat that is confirmed, nothing changes.
    "agencies:confirm-seat": of_plan(
        seat_in_police, readers=MEMBERS, may=SEATERS, get=NOT_ALLOWED, post=ONWARD
    ),
    "agencies:send-again": of_plan(
        invitation_to_police, readers=MEMBERS, may=SEATERS, get=NOT_ALLOWED, post=ONWARD
    ),
    "agencies:withdraw": first_of(
        SEATERS, of_plan(invitation_to_police, readers=MEMBERS, may=SEATERS, post=ONWARD)
    ),
    # Signed-in users are told that it was sent to another address.
    "agencies:accept-invitation": Row(
        get=dict.fromkeys(EVERYBODY, 200),
        post=dict.fromkeys(EVERYBODY, 200) | {"anonymous": INVALID},
        arguments=lambda scene: [INVITATION_TOKEN],
    ),
    # Only the person's own, and this one is nobody's here.
    "agencies:accept-own": signed_in(
        GONE, GONE, lambda scene: [scene.agencies["police"].invitations.get().pk]
    ),
    # Only the person's own.
    "following:emails": signed_in(200, INVALID),
    "following:plan": of_plan(plan, post="/account/emails/"),
    "following:item": of_plan(item, post=INVALID),
    "feeds:list": Row(
        get=of_plan(police, readers=MEMBERS, may=(*POLICE, "coordinator")).get,
        post=of_plan(police, readers=MEMBERS, may=POLICE, post=INVALID).post,
        arguments=police,
    ),
    "feeds:revoke": first_of(
        ("contributor", "approver", "coordinator"),
        of_plan(
            calendar_of_police,
            readers=MEMBERS,
            may=("contributor", "approver", "coordinator"),
            post=ONWARD,
        ),
    ),
    # Open to any program that has the URL.
    # Nothing is posted there while emails cannot be answered.
    "by-email:post": public(NOT_ALLOWED, GONE),
    "by-email:detail": of_plan(email, may=("contributor",), readers=(), post=HOME),
    "by-email:of-note": of_plan(email_note, may=("contributor",), readers=()),
    "feeds:calendar": public(200, NOT_ALLOWED, lambda scene: [CALENDAR_TOKEN]),
    "plans:list": signed_in(200, NOT_ALLOWED),
    "plans:detail": of_plan(plan),
    "plans:history": of_plan(plan),
    "plans:quorum": of_plan(plan, may=("coordinator",), post=INVALID),
    "plans:about": of_plan(plan, may=("coordinator",), post=INVALID),
    "plans:glossary": Row(
        get=of_plan(plan).get,
        post=of_plan(plan, may=("coordinator",), post=INVALID).post,
        arguments=plan,
    ),
    "plans:glossary-entry": of_plan(glossary_entry, may=("coordinator",), post=INVALID),
    "plans:import-new": only(ANY_COORDINATOR, 200, INVALID),
    "plans:import-tracker": only(ANY_COORDINATOR, 200, INVALID),
    # Without a file they lead to choosing one.
    "plans:tracker-columns": only(ANY_COORDINATOR, ONWARD, ONWARD),
    "plans:tracker-preview": only(ANY_COORDINATOR, ONWARD, ONWARD),
    "plans:tracker-notes": of_plan(plan, may=("coordinator",)),
    "plans:tracker-people": of_plan(plan, may=("coordinator",), post=INVALID),
    "plans:import": of_plan(plan, may=("coordinator",), post=INVALID),
    "plans:export": of_plan(plan, may=("coordinator",)),
    "plans:start": only(ANY_COORDINATOR, 200, INVALID),
    "plans:change": of_making([]),
    "plans:adopt": of_making([]),
    "plans:follow": of_plan(plan, may=("coordinator",), post=INVALID),
    "plans:delete": of_making([]),
    "plans:add-pillar": of_making([]),
    "plans:change-pillar": of_making([1]),
    "plans:remove-pillar": of_making([1]),
    "plans:add-item": of_making([]),
    "plans:change-item": of_making(["1.1"]),
    "plans:remove-item": of_making(["1.1"]),
    "plans:add-milestone": of_making(["1.1"]),
    "plans:change-milestone": of_making(["1.1", 1]),
    "plans:remove-milestone": of_making(["1.1", 1]),
    "plans:add-measure": of_making(["1.1"]),
    "plans:change-measure": of_making(["1.1", 1]),
    "plans:remove-measure": of_making(["1.1", 1]),
    "plans:blank-workbook": Row(
        get=only(ANY_COORDINATOR, 200, 200).get, post=signed_in(200, NOT_ALLOWED).post
    ),
    "workitems:list": of_plan(plan),
    "workitems:detail": of_plan(item),
    "workitems:history": of_plan(item),
    "workitems:change-status": of_plan(item, may=WRITERS, post=INVALID),
    # Police supports item 1.2, which Customs leads.
    "workitems:propose-status": of_plan(supported, may=WRITERS, post=INVALID),
    "workitems:answer-proposal": of_plan(
        proposal, may=("other contributor", "other approver"), post=INVALID
    ),
    "workitems:withdraw-proposal": of_plan(proposal, may=WRITERS, get=NOT_ALLOWED, post=ONWARD),
    "held:detail": of_plan(held, may=WRITERS),
    "held:release": of_plan(held, may=("approver",), get=NOT_ALLOWED, post=ONWARD),
    "held:withdraw": of_plan(held, may=WRITERS, get=NOT_ALLOWED, post=INVALID),
    "workitems:give": of_plan(item_in_police, may=WRITERS, post=INVALID),
    "workitems:review": of_plan(item, may=("coordinator",), post=INVALID),
    "workitems:milestone": of_plan(milestone, may=WRITERS, post=INVALID),
    "workitems:set-text": of_plan(item_and_text, may=(*WRITERS, "coordinator"), post=ONWARD),
    "workitems:set-milestone-text": of_plan(
        milestone_and_text, may=(*WRITERS, "coordinator"), post=ONWARD
    ),
    "workitems:settle-cause": of_plan(delay, may=WRITERS, post=ONWARD),
    "workitems:record-delay": of_plan(milestone, may=("coordinator",), post=INVALID),
    # While Police writes its return, its mitigations are part of it.
    "workitems:add-mitigation": with_posts(
        of_plan(delay, may=(*WRITERS, "coordinator"), post=INVALID), dict.fromkeys(WRITERS, 200)
    ),
    "workitems:end-delay": of_plan(delay, may=WRITERS, post=INVALID),
    "workitems:finish-mitigation": of_plan(mitigation, may=WRITERS, post=INVALID),
    "returns:list": of_plan(plan),
    "returns:open-round": of_plan(plan, may=("coordinator",), post=INVALID),
    "returns:round": of_plan(round_of),
    # Another agency's draft is its own; what it has submitted, the coordinator reads too.
    "returns:detail": Row(
        get=of_plan(own_return, may=POLICE).get,
        post=of_plan(own_return, may=WRITERS, post=ONWARD).post,
        arguments=own_return,
    ),
    "returns:history": of_plan(own_return, may=POLICE),
    "returns:save": of_plan(own_save, may=WRITERS, post=200),
    "returns:send-back": of_plan(
        submitted_return, may=("coordinator",), get=NOT_ALLOWED, post=INVALID
    ),
    "returns:accept": of_plan(submitted_return, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "return_papers:pdf": of_plan(own_return, may=POLICE),
    "returns:read": of_plan(own_return, may=("approver",), post=ONWARD),
    "returns:reply": of_plan(own_note, may=WRITERS, get=NOT_ALLOWED, post=200),
    "returns:measure": of_plan(own_number, may=WRITERS, get=NOT_ALLOWED, post=200),
    "returns:recall": of_plan(
        submitted_return, may=("other approver",), get=NOT_ALLOWED, post=ONWARD
    ),
    "returns:workbook": of_plan(own_return, may=WRITERS, post=INVALID),
    "returns:download-workbook": of_plan(own_return, may=WRITERS),
    "returns:compare-workbook": of_plan(own_sheet, may=WRITERS, post=409),
    "returns:discard-workbook": of_plan(own_sheet, may=WRITERS, get=NOT_ALLOWED, post=ONWARD),
    "returns:no-change": of_plan(own_return, may=WRITERS, post=ONWARD),
    "returns:enter": of_plan(own_return, may=("coordinator",), post=INVALID),
    "returns:allow-alone": of_plan(own_return, may=("coordinator",), post=INVALID),
    "returns:remind": of_plan(round_of, may=("coordinator",), post=INVALID),
    "returns:extend": of_plan(round_of, may=("coordinator",), post=INVALID),
    "returns:close-round": of_plan(round_of, may=("coordinator",), post=INVALID),
    "returns:reopen-round": of_plan(round_of, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "variations:list": of_plan(plan),
    "variations:detail": of_plan(variation),
    "variations:recommend": of_plan(variation, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "variations:decide": of_plan(variation, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "variations:ask-agencies": of_plan(variation, may=("coordinator",), post=INVALID),
    "variations:out-of-session": of_plan(out_of_session),
    "variations:close": of_plan(
        out_of_session, may=("coordinator",), get=NOT_ALLOWED, post=INVALID
    ),
    "variations:extend": of_plan(
        out_of_session, may=("coordinator",), get=NOT_ALLOWED, post=INVALID
    ),
    "variations:end": of_plan(out_of_session, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "variations:give-answer": of_plan(
        answer_of_police, may=("approver",), get=NOT_ALLOWED, post=INVALID
    ),
    "variations:record-answer": of_plan(answer_of_police, may=("coordinator",), post=INVALID),
    "variations:take-back": of_plan(variation, may=WRITERS, get=NOT_ALLOWED, post=INVALID),
    "variations:request-date": of_plan(milestone, may=WRITERS, post=INVALID),
    "variations:request-wording": of_plan(
        lambda scene: [*item(scene), "action"], may=WRITERS, post=INVALID
    ),
    "variations:request-withdrawal": of_plan(item, may=WRITERS, post=INVALID),
    # Whoever writes for a member proposes an item; of an item's milestones, who writes for the item.
    "variations:propose-item": of_plan(
        plan, may=(*WRITERS, "other contributor", "other approver", "coordinator"), post=INVALID
    ),
    "variations:propose-milestone": of_plan(item, may=(*WRITERS, "coordinator"), post=INVALID),
    # The same of what changes, instead of what is added.
    "variations:change-plan": of_plan(
        lambda scene: [*plan(scene), "end"],
        may=(*WRITERS, "other contributor", "other approver", "coordinator"),
        post=INVALID,
    ),
    "variations:change-item": of_plan(
        lambda scene: [*item(scene), "lead"], may=(*WRITERS, "coordinator"), post=INVALID
    ),
    "variations:change-milestone": of_plan(
        lambda scene: [*milestone(scene), "cancel"], may=(*WRITERS, "coordinator"), post=INVALID
    ),
    "audits:list": of_plan(plan),
    "audits:set-up": of_plan(plan, may=("coordinator",), post=INVALID),
    "audits:end": of_plan(audit, may=("coordinator",), post=INVALID),
    "audits:find": of_plan(audit, may=("auditor",), post=INVALID),
    # It waits for the reply of Police: others do not see it yet.
    "audits:finding": with_posts(
        of_plan(finding, may=FINDING_READERS, readers=(), post=FORBIDDEN), {"approver": INVALID}
    ),
    # Its writer, Police, and the coordinators read it; whoever writes for a member may begin another.
    "notes:on": with_posts(
        of_plan(of_notes, may=MEMBERS, post=INVALID),
        dict.fromkeys(("observer", "member's coordinator", "authorising manager"), FORBIDDEN),
    ),
    "notes:conversation": with_posts(
        of_plan(note, may=NOTE_READERS, readers=(), post=INVALID),
        dict.fromkeys(("observer", "member's coordinator"), FORBIDDEN),
    ),
    "notes:edit": of_plan(note, may=("contributor",), readers=NOTE_READERS, post=INVALID),
    "notes:withdraw": of_plan(note, may=("contributor",), readers=NOTE_READERS, post=INVALID),
    "notes:settle": of_plan(
        note, may=(*WRITERS, "coordinator"), readers=NOTE_READERS, post=INVALID
    ),
    "notes:close-question": of_plan(
        question,
        may=("contributor", "coordinator"),
        readers=NOTE_READERS,
        get=NOT_ALLOWED,
        post=ONWARD,
    ),
    "measures:register": of_plan(plan),
    "measures:detail": of_plan(measure),
    "measures:add-outcome": of_plan(plan, may=("coordinator",), post=INVALID),
    "measures:set-up": of_plan(measure, may=("coordinator",), post=INVALID),
    "measures:change": of_plan(
        measure,
        may=(*WRITERS, "coordinator"),
        post=INVALID,
    ),
    "measures:give": of_plan(measure, may=("approver",), post=INVALID),
    "measures:accept": of_plan(number_waiting, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "measures:take-back": of_plan(number_waiting, may=("approver",), get=NOT_ALLOWED, post=ONWARD),
    "waits:add": of_plan(milestone, may=WRITERS, post=INVALID),
    # Customs is asked; Police, whose milestone waits, ends it.
    "waits:detail": with_posts(of_plan(wait, post=FORBIDDEN), {"other approver": INVALID}),
    "waits:end": of_plan(wait, may=(*WRITERS, "coordinator"), post=INVALID),
    "risks:list": of_plan(plan),
    # Whoever writes for a member raises risks to the plan; the form offers their own items.
    "risks:raise": of_plan(
        plan, may=(*WRITERS, "other contributor", "other approver", "coordinator"), post=INVALID
    ),
    "risks:detail": of_plan(risk),
    "risks:change": of_plan(risk, may=(*WRITERS, "coordinator"), post=INVALID),
    "risks:escalate": of_plan(risk, may=("coordinator",), post=INVALID),
    "risks:lower": of_plan(risk, may=("coordinator",), post=INVALID),
    "risks:close": of_plan(risk, may=("coordinator",), post=INVALID),
    "risks:reopen": of_plan(risk, may=("coordinator",), post=INVALID),
    "briefings:record-decision": of_plan(meeting, may=("coordinator",), post=INVALID),
    "meetings:list": of_plan(plan),
    "meetings:call": of_plan(plan, may=("coordinator",), post=INVALID),
    "meetings:detail": of_plan(meeting),
    "meetings:present": of_plan(meeting),
    "meetings:show-slide": of_plan(meeting, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    # On another day than the meeting's it leads to the meeting.
    "meetings:follow": of_plan(meeting, get=ONWARD),
    "meetings:shown": of_plan(meeting),
    "meetings:discuss": of_plan(matter, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "meetings:change": of_plan(meeting, may=("coordinator",), post=INVALID),
    "meetings:cancel": of_plan(meeting, may=("coordinator",), post=INVALID),
    "meetings:attendance": of_plan(meeting, may=("coordinator",), post=ONWARD),
    "meetings:draft": of_plan(meeting, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "meetings:add-matter": of_plan(meeting, may=("coordinator",), post=INVALID),
    "meetings:change-matter": of_plan(matter, may=("coordinator",), post=INVALID),
    "meetings:move-matter": of_plan(matter, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "meetings:remove-matter": of_plan(matter, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "meetings:restore-matter": of_plan(matter, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "meetings:consider": of_plan(matter, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "meetings:decide": of_plan(matter, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "meetings:record-on": of_plan(matter, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "meetings:record": of_plan(meeting, may=("coordinator",), post=INVALID),
    "meetings:close": of_plan(meeting, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "meetings:reopen": of_plan(meeting, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "meetings:decisions": of_plan(plan),
    "meetings:change-decision": of_plan(decision, may=("coordinator",), post=INVALID),
    "meetings:decision": of_plan(decision),
    # Customs is to act on it.
    "meetings:finish-decision": of_plan(
        decision, may=(*WRITERS_OF_CUSTOMS, "coordinator"), get=NOT_ALLOWED, post=INVALID
    ),
    "meetings:confirm-decision": of_plan(
        decision, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD
    ),
    "meetings:reopen-decision": of_plan(
        decision, may=("coordinator",), get=NOT_ALLOWED, post=INVALID
    ),
    "papers:pack": of_plan(meeting),
    "papers:pack-draft": of_plan(meeting),
    "papers:pack-version": of_plan(pack),
    "papers:pack-freeze": of_plan(meeting, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "papers:minutes": of_plan(meeting),
    "papers:minutes-draft": of_plan(meeting),
    "papers:minutes-version": of_plan(minutes),
    "papers:minutes-freeze": of_plan(meeting, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "evidence:download": of_plan(evidence),
    "evidence:withdraw": of_plan(evidence, may=(*WRITERS, "coordinator"), post=INVALID),
    "evidence:add-to-milestone": of_plan(milestone, may=WRITERS, post=INVALID),
    "evidence:mark": of_plan(milestone, may=("coordinator",), post=INVALID),
    # Other users may not even learn that the draft has an answer.
    "evidence:add-to-answer": of_plan(own_save, may=WRITERS, post=INVALID),
    "dashboard:overview": of_plan(plan),
    "dashboard:evidence": of_plan(plan, may=("coordinator", "auditor")),
    "dashboard:wall": of_plan(plan),
    "dashboard:late": of_plan(plan),
    "dashboard:changes": of_plan(plan),
    "dashboard:timeline": of_plan(plan),
    "dashboard:slips": of_plan(plan),
    "dashboard:trends": of_plan(plan),
    "dashboard:attention": of_plan(plan),
    "dashboard:milestones": of_plan(plan),
    "dashboard:completed": of_plan(plan),
    "dashboard:delays": of_plan(plan),
    "dashboard:export": of_plan(lambda scene: [*plan(scene), "delays", "xlsx"]),
    "briefings:list": of_plan(plan, may=PAPER_READERS),
    "briefings:create": of_plan(plan, may=("coordinator",), post=INVALID),
    "briefings:kinds": Row(
        get=of_plan(plan, may=DRAFTERS).get,
        post=of_plan(plan, may=("coordinator",), post=ONWARD).post,
        arguments=plan,
    ),
    "briefings:kind": of_plan(kind, may=DRAFTERS),
    "briefings:kind-paper": of_plan(kind, may=DRAFTERS),
    "briefings:kind-history": of_plan(kind, may=DRAFTERS),
    "briefings:cover-design": of_plan(plan, may=("coordinator",), post=INVALID),
    "briefings:cover-mark": of_plan(plan, may=("coordinator",), post=INVALID),
    "briefings:remove-cover-mark": of_plan(
        plan, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD
    ),
    "covers:colours": replace(
        signed_in(200, NOT_ALLOWED), arguments=lambda scene: ["0b5158", "7a1f2b"]
    ),
    "briefings:cover-history": of_plan(plan, may=("coordinator",)),
    "briefings:change-kind": of_plan(kind, may=("coordinator",), post=INVALID),
    "briefings:copy-kind": of_plan(kind, may=("coordinator",), post=INVALID),
    "briefings:add-section": of_plan(kind, may=("coordinator",), post=INVALID),
    "briefings:change-section": of_plan(section, may=("coordinator",), post=INVALID),
    "briefings:withdraw-section": of_plan(section, may=("coordinator",), post=INVALID),
    # Without saying where to.
    "briefings:move-section": of_plan(section, may=("coordinator",), get=NOT_ALLOWED, post=400),
    "briefings:restore-section": of_plan(
        section, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD
    ),
    "briefings:detail": of_plan(briefing, may=DRAFTERS),
    "briefings:change-cover": of_plan(briefing, may=("coordinator",), post=INVALID),
    "briefings:checks": Row(
        get=of_plan(briefing, may=DRAFTERS).get,
        post=of_plan(briefing, may=("coordinator",), post=INVALID).post,
        arguments=briefing,
    ),
    "briefings:pdf": of_plan(briefing, may=DRAFTERS),
    "briefings:preview": of_plan(briefing, may=DRAFTERS),
    "briefings:docx": of_plan(briefing, may=DRAFTERS),
    "briefings:json": of_plan(briefing, may=DRAFTERS),
    "briefings:xlsx": of_plan(briefing, may=DRAFTERS),
    "briefings:annexes": of_plan(briefing, may=("coordinator",), post=INVALID),
    "briefings:file": of_plan(rendering, may=DRAFTERS),
    "briefings:file-progress": of_plan(rendering, may=DRAFTERS),
    "briefings:file-state": of_plan(rendering, may=DRAFTERS),
    "briefings:file-again": of_plan(rendering, may=DRAFTERS, get=NOT_ALLOWED, post=303),
    "briefings:ask": of_plan(briefing, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "briefings:send": of_plan(issued, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "briefings:close": of_plan(issued, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD),
    "briefings:recall": of_plan(briefing, may=("coordinator",), post=INVALID),
    "briefings:send-back": of_plan(briefing, may=("authorising manager",), post=INVALID),
    "briefings:withdraw": of_plan(briefing, may=("coordinator",), post=INVALID),
    "briefings:correct": of_plan(issued, may=("coordinator",), post=INVALID),
    "briefings:give-up": of_plan(issued, may=("coordinator",), post=INVALID),
    "briefings:clearance": of_plan(consulted, may=DRAFTERS),
    "briefings:ask-agencies": of_plan(consulted, may=("coordinator",), post=INVALID),
    # Customs is not asked, and Police reads through its own page alone.
    "briefings:clear": of_plan(clearance_of_police, may=(*POLICE, *DRAFTERS)),
    "briefings:consulted-paper": of_plan(clearance_of_police, may=(*POLICE, *DRAFTERS)),
    "briefings:give-clearance": of_plan(
        clearance_of_police, may=("approver",), get=NOT_ALLOWED, post=INVALID
    ),
    "briefings:comment": of_plan(clearance_of_police, may=WRITERS, get=NOT_ALLOWED, post=INVALID),
    "briefings:thread": of_plan(
        comment_of_police, may=(*WRITERS, "coordinator"), get=NOT_ALLOWED, post=400
    ),
    "briefings:authorise": of_plan(briefing, may=("authorising manager",), get=ONWARD, post=ONWARD),
    "briefings:unsigned": of_plan(
        lambda scene: [*briefing(scene), "0" * 64], may=("authorising manager",), get=ONWARD
    ),
    "briefings:compare": of_plan(briefing, may=DRAFTERS),
    "briefings:issued": of_plan(issued, may=PAPER_READERS),
    "briefings:version": of_plan(version, may=PAPER_READERS),
    "briefings:version-pdf": of_plan(version, may=PAPER_READERS),
    "briefings:version-json": of_plan(version, may=PAPER_READERS),
    "briefings:version-docx": of_plan(version, may=PAPER_READERS),
    "briefings:version-xlsx": of_plan(version, may=PAPER_READERS),
    "briefings:answer": of_plan(issued, may=("minister's office",), post=INVALID),
    "briefings:keep-answer": of_plan(
        issued, may=("minister's office",), get=NOT_ALLOWED, post=ONWARD
    ),
    "briefings:scan": of_plan(answer, may=PAPER_READERS),
    "briefings:follow-up": of_plan(
        choice, may=("coordinator",), readers=PAPER_READERS, post=INVALID
    ),
    "briefings:follow-up-comment": of_plan(
        answer, may=("coordinator",), readers=PAPER_READERS, post=INVALID
    ),
    "briefings:action": of_plan(follow_up, may=PAPER_READERS),
    "briefings:change-follow-up": of_plan(
        follow_up, may=("coordinator",), readers=PAPER_READERS, post=INVALID
    ),
    # Customs is to act on it.
    "briefings:finish-action": of_plan(
        follow_up,
        may=(*WRITERS_OF_CUSTOMS, "coordinator"),
        readers=PAPER_READERS,
        get=NOT_ALLOWED,
        post=INVALID,
    ),
    "briefings:confirm-action": of_plan(
        follow_up, may=("coordinator",), readers=PAPER_READERS, get=NOT_ALLOWED, post=ONWARD
    ),
    "briefings:reopen-action": of_plan(
        follow_up, may=("coordinator",), readers=PAPER_READERS, get=NOT_ALLOWED, post=INVALID
    ),
    "workshop:draft": of_plan(briefing, may=DRAFTERS),
    "workshop:versions": of_plan(paragraph, may=DRAFTERS),
    "workshop:acts": of_plan(paragraph, may=("coordinator",)),
    "workshop:begin": of_plan(briefing, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "briefings:remind-agencies": of_plan(
        consulted, may=("coordinator",), get=NOT_ALLOWED, post=ONWARD
    ),
    "workshop:update": of_plan(briefing, may=("coordinator",), get=200, post=422),
    "workshop:undo": of_plan(briefing, may=("coordinator",), get=NOT_ALLOWED, post=UNREADABLE),
    "workshop:section": of_plan(
        lambda scene: [*briefing(scene), scene.briefing.draft_sections.all()[0].key],
        may=("coordinator",),
        get=NOT_ALLOWED,
        post=INVALID,
    ),
    "workshop:word": of_plan(briefing, may=("coordinator",), post=INVALID),
    # Without saying what to do.
    "workshop:word-copy": of_plan(word_copy, may=("coordinator",), post=400),
    "workshop:suggestion": of_plan(suggestion, may=("coordinator",), post=INVALID),
    "workshop:paragraph": of_plan(paragraph, may=("coordinator",), get=NOT_ALLOWED, post=INVALID),
    "workshop:ask": of_plan(
        lambda scene: [*briefing(scene), scene.briefing.draft_asks.get().key],
        may=("coordinator",),
        get=NOT_ALLOWED,
        post=INVALID,
    ),
    "requests:request-redact": of_request(request_line, who="OIA adviser", post=INVALID),
    "requests:request-withdraw-redaction": of_plan(
        redaction, may=("OIA adviser",), readers=RELEASERS, post=INVALID
    ),
    "requests:request-leave-warnings": of_request(
        request_line, who="OIA adviser", get=NOT_ALLOWED, post=INVALID
    ),
    # What was decided there is about another paper.
    "requests:request-propose-earlier": of_request(
        lambda scene: [*request_line(scene), 1], who="OIA adviser", get=NOT_ALLOWED, post=ONWARD
    ),
    "requests:request-marked-up": of_request(request_line),
    "requests:request-preview": of_request(request_line),
    "requests:request-preview-pdf": of_request(request_line),
    "requests:request-review": of_request(request),
    "requests:request-agree-all": of_request(
        request, who="OIA reviewer", get=NOT_ALLOWED, post=INVALID
    ),
    "requests:request-review-redaction": of_request(
        redaction_of_request, who="OIA reviewer", post=INVALID
    ),
}

RULES |= {
    "reports:progress": public(200, NOT_ALLOWED, plan),
    "reports:progress-data": public(200, NOT_ALLOWED, lambda scene: [*plan(scene), "data", "json"]),
    "reports:progress-page": of_plan(plan, may=("coordinator",), post=INVALID),
    "reports:progress-take-down": of_plan(
        lambda scene: [*plan(scene), 1], may=("coordinator",), post=INVALID
    ),
    "requests:earlier-papers": of_plan(lambda scene: [], may=REQUEST_READERS, readers=()),
    "requests:add-earlier-paper": of_plan(
        lambda scene: [], may=("OIA adviser",), readers=REQUEST_READERS, post=INVALID
    ),
    # Members of the working group read it as they read briefings.
    "requests:earlier-paper": of_plan(
        earlier_paper, may=(*READERS, "OIA adviser", "OIA reviewer", "OIA decision-maker")
    ),
    **{
        f"requests:{act}-earlier-paper": of_plan(
            earlier_paper, may=("OIA adviser",), readers=RELEASERS, post=INVALID
        )
        for act in ("change", "replace", "withdraw")
    },
    "requests:released": public(200, NOT_ALLOWED, plan),
    "requests:released-paper": public(200, NOT_ALLOWED, released_paper),
    "reports:published": public(200, NOT_ALLOWED),
    "requests:published": public(200, NOT_ALLOWED),
    "requests:released-verify": public(200, INVALID),
    "requests:releases": of_plan(lambda scene: [], may=REQUEST_READERS, readers=()),
    "requests:proactive": of_plan(
        lambda scene: [],
        may=("OIA adviser",),
        readers=REQUEST_READERS,
        post=INVALID,
    ),
    "requests:released-page": of_plan(
        plan, may=("OIA decision-maker",), readers=RELEASERS, post=INVALID
    ),
    "requests:publish": of_plan(
        unpublished, may=("OIA decision-maker",), readers=RELEASERS, post="/releases/"
    ),
    "requests:unpublish": of_plan(
        published, may=("OIA decision-maker",), readers=RELEASERS, post=INVALID
    ),
    "requests:requests": of_plan(lambda scene: [], may=ANY_RELEASER, readers=()),
    "requests:request-figures": of_plan(lambda scene: [], may=ANY_RELEASER, readers=()),
    "requests:request-figures-csv": of_plan(lambda scene: [], may=ANY_RELEASER, readers=()),
    "requests:request-days": Row(
        get=of_plan(lambda scene: [], may=REQUEST_READERS, readers=()).get,
        post=of_plan(
            lambda scene: [], may=DAY_RECORDERS, readers=REQUEST_READERS, post=INVALID
        ).post,
    ),
    "requests:request-withdraw-day": of_plan(
        recorded_day, may=DAY_RECORDERS, readers=REQUEST_READERS, post=INVALID
    ),
    "requests:record-request": of_plan(
        lambda scene: [], may=("OIA adviser",), readers=ANY_RELEASER, post=INVALID
    ),
    # Police is asked about a paper. It never learns who asked.
    "requests:request-consultation": Row(
        get=of_plan(consultation, may=POLICE, readers=()).get,
        post=of_plan(consultation, may=WRITERS, readers=POLICE, post=INVALID).post,
        arguments=consultation,
    ),
    "requests:request-consultation-file": of_plan(consultation, may=POLICE, readers=()),
    "requests:request": of_releasers(asked),
    "requests:request-change": of_adviser(asked),
    "requests:request-correct-event": of_adviser(asked_event),
    "requests:request-begin": of_adviser(asked, get=NOT_ALLOWED, post=ONWARD),
    "requests:request-prepare": of_adviser(asked, get=NOT_ALLOWED, post=ONWARD),
    "requests:request-send": of_adviser(asked),
    "requests:request-finish": of_plan(
        asked, may=("OIA reviewer",), readers=RELEASERS, get=NOT_ALLOWED, post=ONWARD
    ),
    "requests:request-close": of_adviser(asked, get=NOT_ALLOWED, post=ONWARD),
    "requests:request-send-back": of_plan(
        asked, may=("OIA reviewer", "OIA decision-maker"), readers=RELEASERS, post=INVALID
    ),
    "requests:request-correct-release": of_adviser(asked),
    "requests:request-cancel-correction": of_adviser(asked),
    "requests:request-clarified": of_adviser(asked),
    "requests:request-sent": of_adviser(asked),
    "requests:request-withdraw": of_adviser(asked),
    "requests:request-complaint": of_adviser(asked),
    "requests:request-complaint-closed": of_adviser(asked),
    "requests:request-scope": of_adviser(asked),
    "requests:request-add-papers": of_adviser(asked, get=NOT_ALLOWED, post=ONWARD),
    "requests:request-add-file": of_adviser(asked),
    "requests:request-add-not-held": of_adviser(asked),
    "requests:request-release-rest": of_adviser(asked, get=NOT_ALLOWED, post=ONWARD),
    "requests:request-line": of_releasers(asked_line, who="OIA adviser", post=INVALID),
    "requests:request-line-file": of_releasers(asked_line),
    "requests:request-line-copy": of_plan(
        asked_file, may=("OIA adviser", "OIA decision-maker"), readers=RELEASERS, post=INVALID
    ),
    "requests:request-line-copy-file": of_releasers(asked_file),
    "requests:request-file-check": of_plan(
        asked_check, may=("OIA adviser", "OIA decision-maker"), readers=RELEASERS, post=INVALID
    ),
    "requests:request-file-check-state": of_plan(
        asked_check, may=("OIA adviser", "OIA decision-maker"), readers=RELEASERS
    ),
    "requests:request-file-check-file": of_plan(
        asked_check, may=("OIA adviser", "OIA decision-maker"), readers=RELEASERS
    ),
    "requests:request-ask-agency": of_adviser(asked_line),
    "requests:request-record-answer": of_adviser(asked_consultation),
    "requests:request-found-file": of_plan(found_paper, may=("OIA adviser",), readers=RELEASERS),
    "requests:request-write-letter": of_adviser(lambda scene: [*asked(scene), "acknowledge"]),
    "requests:request-letter": of_releasers(asked_letter, who="OIA adviser", post=INVALID),
    "requests:request-send-letter": of_adviser(asked_letter, get=NOT_ALLOWED),
    # They name who asked, which a coordinator does not read.
    "requests:letter-pdf": of_plan(asked_letter, may=OIA, readers=RELEASERS),
    "requests:letter-docx": of_plan(asked_letter, may=OIA, readers=RELEASERS),
    "requests:request-decision": of_releasers(asked, who="OIA decision-maker", post=INVALID),
    "requests:request-release": of_releasers(asked, who="OIA decision-maker", post=INVALID),
    "requests:request-released-paper": of_releasers(
        lambda scene: [
            *released_request(scene),
            ReleasedPaper.objects.get(release__request__in=released_request(scene)).number,
        ]
    ),
    "requests:request-package": of_releasers(released_request),
    "requests:request-handling": of_releasers(asked),
}

# Sessions open nothing of the API: tests/api/test_permissions.py has the table of its tokens.
RULES |= {name: public(NO_TOKEN, NO_TOKEN, arguments) for name, arguments in ADDRESSES.items()}
RULES |= {name: public(200, NOT_ALLOWED) for name in OPEN}


# --- the walk of every address --------------------------------------------------------------


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, str]]:
    """Name (with its namespaces) and pattern of each address; the name is empty where it has none."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else "", str(entry.pattern)


def without_rule(resolver: URLResolver) -> list[str]:
    return [
        f"{name or 'no name'} ({pattern})"
        for name, pattern in addresses(resolver)
        if name not in RULES
    ]


def test_every_address_has_a_rule():
    assert without_rule(get_resolver()) == [], "say in RULES who may reach it"


def test_every_rule_has_an_address():
    assert set(RULES) - {name for name, _ in addresses(get_resolver())} == set()


def test_every_rule_lists_every_kind_of_user(people):
    assert tuple(people.people) == EVERYBODY
    for row in RULES.values():
        assert set(row.get) == set(row.post) == set(EVERYBODY)


# --- the table ------------------------------------------------------------------------------


def told(response: Any) -> Any:
    """Return the status, or the target of a redirect. Every page has the whole policy."""
    assert lacks_policy(response) == set()
    if response.status_code != 302:
        return response.status_code
    where = response.url.partition("?")[0]
    if where.startswith((reverse("plans:list"), "/agencies/", "/requests/")):
        return ONWARD
    return {reverse("account_login"): SIGN_IN, reverse("home"): HOME}.get(where, where)


# Their statements differ from reader to reader, or their response by who asked before: PostgreSQL is asked by everybody.
DIFFER_BY_READER = {
    "home",
    "agencies:end-appointment",
    "agencies:invite-many",
    "agencies:withdraw",
    "briefings:change-follow-up",
    "briefings:docx",
    "briefings:issued",
    "briefings:list",
    "briefings:scan",
    "briefings:version-pdf",
    "feeds:calendar",
    "feeds:revoke",
    "plans:history",
    "requests:earlier-paper",
    "requests:request-package",
    "risks:list",
    "risks:raise",
    "variations:list",
    "workitems:detail",
    "workitems:history",
}


def asked_by(name: str, expected: Answers, database: str) -> Answers:
    """Return the expected response to each user whom this database is asked by; if none is named, to all.

    PostgreSQL is asked by one user of each response: the coordinator, whose pages have most, or else the first.
    """
    one_of_each = {expected[who]: who for who in (*reversed(EVERYBODY), "coordinator")}
    of_postgresql = EVERYBODY if name in DIFFER_BY_READER else one_of_each.values()
    return {
        who: answer
        for who, answer in expected.items()
        if database in ("", "postgresql" if who in of_postgresql else "sqlite")
    }


@pytest.fixture
def expected_here(request: pytest.FixtureRequest) -> Callable[[str, Answers], Answers]:
    """Who asks: in a run of both databases, each user asks one of them."""
    database = connection.vendor if request.config.getoption("each_once") else ""
    return lambda name, expected: asked_by(name, expected, database)


def test_postgresql_is_asked_by_one_user_of_each_response_and_sqlite_by_the_others():
    expected = only(("approver", "coordinator"), 200, INVALID).get
    on_postgresql = asked_by("agencies:change", expected, "postgresql")
    assert on_postgresql == {"anonymous": SIGN_IN, "stranger": FORBIDDEN, "coordinator": 200}
    on_sqlite = asked_by("agencies:change", expected, "sqlite")
    assert on_postgresql | on_sqlite == expected == asked_by("agencies:change", expected, "")
    assert set(on_postgresql) & set(on_sqlite) == set()
    assert asked_by("home", expected, "postgresql") == expected
    assert DIFFER_BY_READER - set(RULES) == set()


@pytest.mark.parametrize("name", RULES)
def test_each_user_gets_the_expected_response_to_get(name, people, clients, expected_here):
    row = RULES[name]
    address = reverse(name, args=row.arguments(people))
    writes = Writes()
    expected = expected_here(name, row.get)
    with connection.execute_wrapper(writes):
        assert {who: told(clients[who].get(address)) for who in expected} == expected
    view = resolve(address).func
    may_write = hasattr(view, "writes_on_get") or hasattr(view, "_non_atomic_requests")
    assert may_write or writes.tables == set(), "mark the view with writes_on_get"


@pytest.mark.one_database(reason="sends the statements of a GET")
@pytest.mark.parametrize("name", RULES)
def test_a_reader_gets_the_same_response_to_head(name, people, clients):
    row = RULES[name]
    reader = next((who for who in EVERYBODY if row.get[who] == 200), "coordinator")
    address = reverse(name, args=row.arguments(people))
    assert told(clients[reader].head(address)) == row.get[reader]


class Writes:
    """Notes the tables that are written. Sessions are, outside of the view's transaction."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = re.match(r'(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "(\w+)"', sql)
        if found and found[1] != "django_session":
            self.tables.add(found[1])
        return execute(sql, params, many, context)


@pytest.mark.parametrize("name", RULES)
def test_each_user_gets_the_expected_response_to_post(name, people, clients, expected_here):
    row = RULES[name]
    address = reverse(name, args=row.arguments(people))
    if name == "account_logout":
        # The others go on using their sessions.
        clients = {who: client_of(people, who) for who in EVERYBODY}
    expected = expected_here(name, row.post)
    assert {who: told(clients[who].post(address, {})) for who in expected} == expected

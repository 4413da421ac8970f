"""What keeps a letter from being sent, in sentences for the person who prepares it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agencies.wording.translation import StrOrPromise, _, gettext_lazy
from reports.document.dates import long_date
from reports.document.wording import join_words
from reports.requests.law.act import Reason, UnknownGround, act_named, cited, cited_in_full
from reports.requests.letters.letter import Letter, Purpose
from reports.requests.letters.letter_facts import Decision, Facts, Happened, Kind, Line

# What every letter has, and what some have besides.
NEEDED = (Purpose.REQUEST, Purpose.CONTACT, Purpose.COMPLAINT)
# The receiving body has nothing to complain about.
NOT_NEEDED = {Kind.HAND_OVER: (Purpose.COMPLAINT,)}
NEEDED_TOO = {
    Kind.DECIDE: (Purpose.DECISION, Purpose.SCHEDULE),
    Kind.DECIDE_AND_RELEASE: (Purpose.DECISION, Purpose.SCHEDULE),
    Kind.RELEASE: (Purpose.SCHEDULE,),
}
LACKS = {
    Purpose.REQUEST: gettext_lazy("The letter does not give the request in its own words."),
    Purpose.CONTACT: gettext_lazy("The letter does not say whom to contact."),
    Purpose.COMPLAINT: gettext_lazy(
        "The letter does not say how to complain to the Ombudsman (section {complaint})."
    ),
    Purpose.DECISION: gettext_lazy("The letter does not say the decision."),
    Purpose.SCHEDULE: gettext_lazy("The letter does not have the schedule."),
}

WITHOUT_GROUND = {
    Decision.PART: gettext_lazy("{document} is withheld in part without a ground."),
    Decision.WITHHELD: gettext_lazy("{document} is withheld without a ground."),
    Decision.REFUSED: gettext_lazy("{document} is refused without a ground."),
}
WITHOUT_REASON = {
    Decision.OUT_OF_SCOPE: gettext_lazy("{document} is out of scope without a reason."),
    Decision.TRANSFERRED: gettext_lazy("{document} is transferred, but does not say to whom."),
}

GROUND_FOR_NOTHING = gettext_lazy(
    "{document} has a ground, but nothing of it is withheld or refused."
)
NO_OMBUDSMAN: StrOrPromise = gettext_lazy(
    "The Ombudsman’s details are missing. An administrator sets them for this installation."
)
NO_LINES = gettext_lazy(
    "The schedule is empty. List the documents within the request, or what is not held."
)
NOTHING_TO_DECIDE = gettext_lazy(
    "Every document is transferred or out of scope, so there is nothing to decide."
)
NOTHING_RELEASED = gettext_lazy("No document is released, so this letter would release nothing.")
# Problems that are fixed in the schedule.
OF_SCHEDULE: tuple[StrOrPromise, ...] = (
    NO_LINES,
    NOTHING_TO_DECIDE,
    NOTHING_RELEASED,
    LACKS[Purpose.SCHEDULE],
)


def missing(kind: Kind, facts: Facts) -> tuple[str, ...]:
    """Return what a letter of this kind lacks, one sentence each; empty if it can be written."""
    return tuple(_of_every_letter(facts)) + tuple(_of_kind(kind, facts))


def lacking(letter: Letter) -> tuple[str, ...]:
    """Return which of its parts a finished letter is without, one sentence each."""
    sections = act_named(letter.act).sections
    needed = () if letter.has(Purpose.PROPOSAL) else NEEDED  # a memo is not sent to anybody
    return tuple(
        LACKS[purpose].format(**sections)
        for purpose in (*needed, *NEEDED_TOO.get(letter.kind, ()))
        if not letter.has(purpose) and purpose not in NOT_NEEDED.get(letter.kind, ())
    )


def _of_every_letter(facts: Facts) -> Iterator[str]:
    if not facts.reference.strip():
        yield _("The request has no reference. Enter one.")
    if not facts.text.strip():
        yield _("The text of the request is empty. Enter it word for word.")
    if not facts.agency.strip():
        yield _("The agency has no name.")
    if facts.received < facts.dated:
        yield (
            _(
                "The request was received on {received}, before its own date, {day}. Correct one of the "
                "two."
            ).format(received=long_date(facts.received), day=long_date(facts.dated))
        )
    if facts.on < facts.received:
        yield (
            _("The letter is dated {day}, before the request was received on {received}.").format(
                day=long_date(facts.on), received=long_date(facts.received)
            )
        )
    if facts.is_own_initiative:
        yield from _of_memo(facts)
        return
    contact = facts.contact
    if not contact.who or not (contact.phone or contact.email):
        yield _("Name a contact, with a phone number or an email address.")
    ombudsman = facts.ombudsman
    if not (ombudsman.website or ombudsman.email or ombudsman.phone or ombudsman.address):
        yield str(NO_OMBUDSMAN)
    if not facts.signatory.name.strip() and not facts.signatory.role.strip():
        yield _("The letter has no signatory.")


def _of_memo(facts: Facts) -> Iterator[str]:
    if not facts.own_words.strip():
        yield _("The memo does not say why the papers are released. Write it.")
    if not facts.signatory.name.strip() and not facts.signatory.role.strip():
        yield _("The memo has no signatory.")


def _of_kind(kind: Kind, facts: Facts) -> Iterator[str]:
    if kind == Kind.CLARIFY and not facts.question.strip():
        yield _("Write what you want to ask the requester.")
    if kind in (Kind.TRANSFER, Kind.HAND_OVER):
        yield from _of_transfer(facts)
    if kind == Kind.EXTEND:
        yield from _of_extension(facts)
    if kind == Kind.RELEASE and not facts.has_happened(Happened.DECISION_NOTIFIED):
        yield _(
            "The decision has not been notified. Notify it before the release, or in one letter with it."
        )
    if kind.has_schedule:
        yield from _of_schedule(facts)
    if kind.releases and not any(line.decision and line.decision.gives for line in facts.lines):
        yield str(NOTHING_RELEASED)
    if (
        kind.decides
        and facts.clock.late
        and not facts.apologises
        and not facts.no_apology_reason.strip()
    ):
        yield _("The decision is late. Apologise, or give the reason for leaving the apology out.")


def _of_transfer(facts: Facts) -> Iterator[str]:
    if facts.transfer is None or not facts.transfer.whom.strip():
        yield _("Say to which agency the request is transferred.")
    if facts.transfer is not None and not _is_known(
        facts.act.transfer_reasons, facts.transfer.reason
    ):
        yield _("Say why the request is transferred.")


def _is_known(reasons: Iterable[Reason], code: str) -> bool:
    return any(each.code == code for each in reasons)


def _of_extension(facts: Facts) -> Iterator[str]:
    section = cited_in_full(facts.act.sections["extend"])
    limit, clock = facts.act.limits.decide, facts.clock
    if facts.has_happened(Happened.EXTENDED):
        yield _("The time was extended before. It can be extended once.")
    if facts.on > clock.first_due:
        yield (
            _(
                "The time can be extended only within the first {limit} working days. Those ended on "
                "{day}."
            ).format(limit=limit, day=long_date(clock.first_due))
        )
    if facts.extension is None or not _is_known(
        facts.act.extension_reasons, facts.extension.reason
    ):
        yield _("Choose a reason for the extension, under {section}.").format(section=section)
    if facts.extension is not None and facts.extension.until <= clock.first_due:
        yield (
            _("The new date, {new}, is not after the first one, {first}.").format(
                new=long_date(facts.extension.until), first=long_date(clock.first_due)
            )
        )


def _of_schedule(facts: Facts) -> Iterator[str]:
    if not facts.lines:
        yield str(NO_LINES)
    elif all(line.decision in WITHOUT_REASON for line in facts.lines):
        yield str(NOTHING_TO_DECIDE)
    for line in facts.lines:
        yield from _of_line(facts, line)


def _of_line(facts: Facts, line: Line) -> Iterator[str]:
    which = _("Document {number}, “{title}”,").format(number=line.number, title=line.title)
    if line.decision is None:
        yield _("{document} has no decision.").format(document=which)
        return
    if line.decision.keeps and not line.grounds:
        yield WITHOUT_GROUND[line.decision].format(document=which)
    if not line.decision.keeps and line.grounds:
        yield GROUND_FOR_NOTHING.format(document=which)
    if line.decision in WITHOUT_REASON and not line.reason.strip():
        yield WITHOUT_REASON[line.decision].format(document=which)
    unweighed = []
    for code in line.grounds:
        try:
            ground = facts.act.ground(code)
        except UnknownGround as refusal:
            yield _("{document} cannot be withheld: {reason}").format(
                document=which, reason=refusal
            )
            continue
        if not ground.is_in_force_on(facts.on):
            yield _("{document} uses {section}, which is not in force on {day}.").format(
                document=which, section=ground.cited, day=long_date(facts.on)
            )
        if ground.is_balanced and code not in line.weighed:
            unweighed.append(cited(code))
    if unweighed:
        yield (
            _(
                "{document} uses {sections} without a note on the public interest. Write what you "
                "weighed."
            ).format(document=which, sections=join_words(unweighed))
        )

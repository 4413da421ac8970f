"""What keeps a letter from being sent, in sentences for the person who prepares it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agencies.translation import _, gettext_lazy
from reports.document.dates import long_date
from reports.document.wording import join_words
from reports.release.act import Reason, UnknownGround, act_named, cited, cited_in_full
from reports.release.letters.letter import Letter, Purpose
from reports.release.letters.letter_facts import Decision, Facts, Happened, Kind, Line

# What every letter has, and what some have besides.
NEEDED = (Purpose.REQUEST, Purpose.CONTACT, Purpose.COMPLAINT)
NEEDED_TOO = {
    Kind.DECIDE: (Purpose.DECISION, Purpose.SCHEDULE),
    Kind.DECIDE_AND_RELEASE: (Purpose.DECISION, Purpose.SCHEDULE),
    Kind.RELEASE: (Purpose.SCHEDULE,),
}
CALLED = {
    Purpose.REQUEST: gettext_lazy("give the request in its own words"),
    Purpose.CONTACT: gettext_lazy("say whom to contact"),
    Purpose.COMPLAINT: gettext_lazy("say how to complain to the Ombudsman (section {complaint})"),
    Purpose.DECISION: gettext_lazy("say the decision"),
    Purpose.SCHEDULE: gettext_lazy("have the schedule"),
}

WHAT_IS_KEPT = {
    Decision.PART: gettext_lazy("withheld in part"),
    Decision.WITHHELD: "withheld",
    Decision.REFUSED: "refused",
}
WHY = {
    Decision.OUT_OF_SCOPE: gettext_lazy("out of scope without a reason."),
    Decision.TRANSFERRED: gettext_lazy("transferred, but does not say to whom."),
}


def missing(kind: Kind, facts: Facts) -> tuple[str, ...]:
    """Return what a letter of this kind lacks, one sentence each; empty if it can be written."""
    return tuple(_of_every_letter(facts)) + tuple(_of_kind(kind, facts))


def lacking(letter: Letter) -> tuple[str, ...]:
    """Return which of its parts a finished letter is without, one sentence each."""
    sections = act_named(letter.act).sections
    needed = () if letter.has(Purpose.PROPOSAL) else NEEDED  # a memo is not sent to anybody
    return tuple(
        _("The letter does not {format}.").format(format=CALLED[purpose].format(**sections))
        for purpose in (*needed, *NEEDED_TOO.get(letter.kind, ()))
        if not letter.has(purpose)
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
                "The request was received on {received}, before its own date, {dated}. Correct one of "
                "the two."
            ).format(received=long_date(facts.received), dated=long_date(facts.dated))
        )
    if facts.on < facts.received:
        yield (
            _("The letter is dated {on}, before the request was received on {received}.").format(
                on=long_date(facts.on), received=long_date(facts.received)
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
        yield _(
            "The Ombudsman’s details are missing. An administrator sets them for this installation."
        )
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
    if kind == Kind.TRANSFER:
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
        yield _("No document is released, so this letter would release nothing.")
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
                "{first_due}."
            ).format(limit=limit, first_due=long_date(clock.first_due))
        )
    if facts.extension is None or not _is_known(
        facts.act.extension_reasons, facts.extension.reason
    ):
        yield _("Choose a reason for the extension, under {section}.").format(section=section)
    if facts.extension is not None and facts.extension.until <= clock.first_due:
        yield (
            _("The new date, {until}, is not after the first one, {first_due}.").format(
                until=long_date(facts.extension.until), first_due=long_date(clock.first_due)
            )
        )


def _of_schedule(facts: Facts) -> Iterator[str]:
    if not facts.lines:
        yield _(
            "The schedule is empty. List the documents within the request, or what is not held."
        )
    elif all(line.decision in WHY for line in facts.lines):
        yield _("Every document is transferred or out of scope, so there is nothing to decide.")
    for line in facts.lines:
        yield from _of_line(facts, line)


def _of_line(facts: Facts, line: Line) -> Iterator[str]:
    which = _("Document {number}, “{line}”,").format(number=line.number, line=line.title)
    if line.decision is None:
        yield _("{which} has no decision.").format(which=which)
        return
    if line.decision.keeps and not line.grounds:
        yield _("{which} is {WHAT_IS_KEPT} without a ground.").format(
            which=which, WHAT_IS_KEPT=WHAT_IS_KEPT[line.decision]
        )
    if not line.decision.keeps and line.grounds:
        yield _("{which} has a ground, but nothing of it is withheld or refused.").format(
            which=which
        )
    if line.decision in WHY and not line.reason.strip():
        yield _("{which} is {WHY}").format(which=which, WHY=WHY[line.decision])
    unweighed = []
    for code in line.grounds:
        try:
            ground = facts.act.ground(code)
        except UnknownGround as refusal:
            yield _("{which} cannot be withheld: {refusal}").format(which=which, refusal=refusal)
            continue
        if not ground.is_in_force_on(facts.on):
            yield _("{which} uses {cited}, which is not in force on {on}.").format(
                which=which, cited=ground.cited, on=long_date(facts.on)
            )
        if ground.is_balanced and code not in line.weighed:
            unweighed.append(cited(code))
    if unweighed:
        yield (
            _(
                "{which} uses {unweighed} without a note on the public interest. Write what you weighed."
            ).format(which=which, unweighed=join_words(unweighed))
        )

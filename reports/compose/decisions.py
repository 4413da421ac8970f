"""Decisions on which new dates depend: the Minister's own, which are recommendations to agree, and those of others, noted together."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from reports.compose.late_by_item import told_first
from reports.compose.late_words import as_you, latest_step, needed_for, needs_decision, unsettled
from reports.compose.paragraphs import NEW_DATES, ON_WHICH, Writer, key
from reports.compose.settling import condition_in_words
from reports.compose.slips import LateItem
from reports.compose.subjects import from_when, has_new_date, is_waiting, noted, when
from reports.document import Verb
from reports.document.wording import agree, join_words, mentions, named, number, opened
from workitems.models import Delay
from workitems.plan.plan_at import ItemAt
from workitems.terms.fragments import with_months
from workitems.terms.known_dates import KnownDate

# Decisions of others that a recommendation says in words; of more, it names the items.
MAX_ASKED = 5
# A decision of the Minister to whom a paper goes, and what it is on; and one with another Minister.
_IS_MONEY = re.compile(r"on (?:NZ)?\$")
OWN_DECISION = r"(?:(?:an?|the) decision (?:by|of|from) you|your decision) (?=on (?!.*\bMinister))"
YOURS = "your decision "
WITH_ANOTHER = (
    r"(?:an?|the) decision (?:by|of|from) you and (the Minister (?:for|of) (?:(?!\b(?:and|on)\b).)+) "
    r"(?=on (?!.*\bMinister))"
)


class Ask(NamedTuple):
    """A recommendation with which a new draft begins: its verb, the text after it, and the items that it is about. Its
    key is the same whenever it is composed."""

    key: str
    verb: Verb
    text: str
    items: tuple[ItemAt, ...]


def decisions(writer: Writer) -> dict[int, str]:
    """Return on which decision the new date of each late item depends that needs one, by the item's primary key. The
    recommendations say it, and no other section."""
    return {
        entry.item.pk: condition
        for entry in writer.facts.late
        if entry.is_late
        and needs_decision(entry)
        and latest_step(entry)
        and (condition := condition_of(writer, entry))
    }


def asks(writer: Writer) -> Iterator[Ask]:
    """Yield recommendations on the decisions that new dates need: the Minister's own, each to be agreed, and those of
    others, noted together."""
    others: dict[str, list[LateItem]] = {}
    for entry in writer.facts.late:
        item, condition = entry.item, writer.conditions.get(entry.item.pk)
        if not condition or not needs_decision(entry):
            continue
        if own := _own_decision(condition):
            name = writer.names.in_full(item)
            text = f"{own}{ON_WHICH}{name}, {_new_date_of(entry)}, depends"
            yield Ask(ask_key(item), Verb.AGREE, text, (item,))
        else:
            others.setdefault(condition, []).append(entry)
    if others:
        yield _noted_decisions(writer, others)


def _own_decision(condition: str) -> str:
    """Return what the Minister is asked to agree to; "" of a decision that is not, or not only with another Minister,
    theirs."""
    if condition.startswith(YOURS):
        return f"to take a decision {condition.removeprefix(YOURS)}"
    if found := re.match(WITH_ANOTHER, condition, re.IGNORECASE):
        on = condition[found.end() :]
        if _IS_MONEY.match(on):
            on = on.replace("on ", f"whether to {'seek' if 'Budget' in on else 'provide'} ", 1)
        return f"to decide with {found[1]} {on}"
    return ""


def _new_date_of(entry: LateItem) -> str:
    step = told_first(entry)
    return from_when(step.forecast, step.on)


def _noted_decisions(writer: Writer, others: dict[str, list[LateItem]]) -> Ask:
    """Return one recommendation on the decisions of others on which new dates depend: what each is, and of many the names
    of the items of the rest."""
    told = []

    def dated(entry: LateItem) -> str:
        name = writer.names.in_full(entry.item)
        step = told_first(entry)
        now = "not before" if is_waiting(step) else "now"
        return noted(name, f"{now} {_new_date_of(entry)}" if has_new_date(step) else "")

    for condition, entries in list(others.items())[:MAX_ASKED]:
        decision = f"a decision on {condition}" if condition.startswith("$") else condition
        if writer.is_by_item and not _says_who(writer, decision):
            decision += " (by whom is not recorded)"
        told.append(f"for {join_words(map(dated, entries))}, {decision}")
    rest = list(others.values())[MAX_ASKED:]
    if rest:
        of_rest = join_words(dated(entry) for entries in rest for entry in entries)
        told.append(f"for {of_rest}, {agree(len(rest), 'another', 'others')}")
    every = tuple(entry.item for entries in others.values() for entry in entries)
    count = f"{number(len(others))} {agree(len(others), 'decision', 'decisions')}"
    *first, last = told
    listed = f"{'; '.join(first)}; and {last}" if first else last
    text = f"{count} {agree(len(every), *NEW_DATES)}: {listed}"
    return Ask(DECISIONS_KEY, Verb.NOTE, text, every)


_DECIDES = re.compile(
    r"\b(?:Board|Cabinet|Committee|House|Ministers?|Parliament|by [Tt]he [A-Z]\w+)\b"
)


def _says_who(writer: Writer, decision: str) -> bool:
    """Whether a decision says who takes it."""
    return bool(_DECIDES.search(decision)) or mentions(
        decision, [each for each in writer.agency_names if each]
    )


def ask_key(item: ItemAt) -> str:
    """Return the key of the recommendation on the decision that an item needs of the Minister."""
    return key("r", f"decision on item {item.pk}")


DECISIONS_KEY = key("r", "decisions of others")


# Who is to decide what, and what is to be passed, as an agency types it: "Joint Ministers to decide on $4.9m", "Bill needs to be
# passed by 30 June 2027".
_TO_DECIDE = re.compile(
    r"(?P<who>(?:[A-Z][\w’-]*|[Mm]inisters?|[Bb]oard)(?: (?:for|of|and|[A-Z]?[\w’-]+)){0,3}(?: \([^()]*\))?) to (?:decide|take a decision) on (?P<what>[^;]+)"
)
_TO_PASS = re.compile(
    r"(?:The )?(?P<what>(?:[A-Z][\w’-]* )*(?:Act|Bill)) (?:has|needs) to be passed(?P<until> by [^;]+)?"
)


def typed_decision(typed: str) -> str:
    """Return the decision that an agency has typed as a sentence, with who takes it: "a decision by joint Ministers on $4.9m",
    "the passing of the Bill by 30 June 2027"; "" of another text."""
    text = opened(with_months(typed.strip()))
    if found := _TO_DECIDE.fullmatch(text):
        who = re.sub(r"^Joint Ministers", "joint Ministers", found["who"])
        by = who if who == "Cabinet" else named(who)
        return f"a decision by {by} on {found['what']}"
    if found := _TO_PASS.fullmatch(text):
        return f"Parliament passing the {found['what']}{found['until'] or ''}"
    return ""


def condition_of(writer: Writer, entry: LateItem) -> str:
    """Return on what the item's new date depends, for `depends_in_words`; "" if that is not said."""
    needed = needed_for(writer, entry)
    if needed and not needed.is_act and not needed.is_quoted:
        thing = as_you(writer, needed.thing, needed.agency)
        return f"{re.sub(f'^{OWN_DECISION}', YOURS, thing, flags=re.IGNORECASE)}{needed.until}"
    if (found := unsettled(entry)) is None:
        return ""
    delay = found[1]
    if delay.settlement == Delay.Settlement.NEEDS_DECISION and (
        typed := typed_decision(delay.needs)
    ):
        return typed
    day = delay.settling_by if delay.settling_by and delay.settling_by >= delay.on else None
    until = when(KnownDate(day), delay.on) if day else ""
    who = ""
    if delay.settling_agency:
        agency = writer.facts.agencies[delay.settling_agency]
        name = writer.bracketed(agency)
        who = named(name) if name == agency.name else name
    return condition_in_words(delay.cause, delay.settlement, until, who)

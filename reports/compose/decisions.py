"""Decisions on which new dates depend: the Minister's own, which are recommendations to agree, and those of others, to note."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reports.compose.late_dates import money_after, what_comes
from reports.compose.late_words import (
    as_you,
    completed,
    latest_step,
    needed_for,
    needs_decision,
    speaker,
    told_first,
    unsettled,
)
from reports.compose.paragraphs import (
    BY_WHOM,
    NEW_DATE,
    ON_DECISIONS,
    ON_WHICH,
    UNDATED,
    Recommended,
    Writer,
    key,
)
from reports.compose.settling import condition_in_words
from reports.compose.slips import LateItem
from reports.compose.subjects import from_when, has_new_date, is_waiting, new_date, noted, when
from reports.document import Verb
from reports.document.dates import MONTHS, month_of
from reports.document.wording import agree, closed, join_words, mentions, named, opened
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
    recommendations say it, and of a decision that the summary asks for or that has a date, the summary too."""
    return {
        entry.item.pk: condition
        for entry in writer.facts.late
        if entry.is_late
        and needs_decision(entry)
        and latest_step(entry)
        and (condition := condition_of(writer, entry))
    }


def asks(writer: Writer) -> Iterator[Ask]:
    """Yield a recommendation on each decision that new dates need: the Minister's own to be agreed, then those of others to be
    noted."""
    noted_ones: dict[str, list[LateItem]] = {}
    for entry in writer.facts.late:
        item, condition = entry.item, writer.conditions.get(entry.item.pk)
        if not condition or not needs_decision(entry):
            continue
        if own := own_decision(condition):
            name = what_comes(writer, entry, told_first(entry))
            case = _case(writer, entry)
            text = f"{own}{ON_WHICH}{name}, {_own_date_of(entry)}, depends{case}"
            yield Ask(ask_key(item), Verb.AGREE, text, (item,))
        else:
            noted_ones.setdefault(condition, []).append(entry)
    yield from _noted_decisions(writer, noted_ones)


# A month or a year of when a decision is needed.
_DATED = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b|\b20\d\d\b")
# What can be agreed to as it is: a thing that is new or costs so much.
_CHANGE = re.compile(
    r"on (?P<thing>an? (?:additional|bigger|further|higher|larger|longer|lower|new|second|shorter|smaller)\b.+)"
)
_COSTS = re.compile(r", at (?P<amount>(?:NZ)?\$[^,;]+)$")


class Lacks(NamedTuple):
    """Whether a recommendation on a decision lacks who takes it; of the Minister's own, by when it is needed, where its money
    would come from, and what happens if it is declined."""

    who: bool = False
    when: bool = False
    money: bool = False
    refusal: bool = False


def missing_in(ask: Recommended, names: Iterable[str]) -> Lacks:
    """Return what is missing in a recommendation that asks for a decision. `names` are the names of agencies."""
    text = ask.text
    if ask.verb == Verb.AGREE:
        decision, is_on_it, rest = text.partition(ON_WHICH)
        if not is_on_it:
            return Lacks()
        rest, is_costed = rest.casefold(), "$" in decision
        has_money = FROM.casefold() in rest
        has_refusal = any(each.casefold() in rest for each in (IF_DECLINED, OF_OTHERS))
        is_dated = bool(_DATED.search(decision))
        return Lacks(when=not is_dated, money=is_costed and not has_money, refusal=not has_refusal)
    # Those of earlier drafts are listed in one.
    has_all = text.startswith(ON_DECISIONS)
    on = text.split("; ") if has_all else [text.rpartition("depend")[2]]
    lacks_who = any(not _says_who(names, each) for each in on)
    return Lacks(who=lacks_who or BY_WHOM in text, when=UNDATED in text)


FROM = "The money would come from "
# What happens otherwise, of the Minister's own decision and of those of others.
IF_DECLINED, OF_OTHERS = "If you decline, ", "If it is declined, "


def _case(writer: Writer, entry: LateItem, otherwise: str = IF_DECLINED) -> str:
    """Return the case for a decision in sentences: where its money would come from, and what happens if it is declined; "" if no
    record says it."""
    if (found := unsettled(entry)) is None:
        return ""
    source, delay = found
    who = speaker(writer, entry)
    told = [
        f"{start}{words}"
        for asked, start in (("money_from", FROM), ("if_declined", otherwise))
        if (words := completed(writer, source, asked, getattr(delay, asked), who))
    ]
    step = told_first(entry)
    begins = money_after(step, delay) if has_new_date(step) else None
    if begins and otherwise == IF_DECLINED:
        why = f"because the money would come only from {month_of(begins)}"
        told.insert(1, f"Even if you agree, {_new_date_of(entry)} is in doubt, {why}")
    return f". {' '.join(map(closed, told))}" if told else ""


def own_decision(condition: str) -> str:
    """Return what the Minister is asked to agree to; "" of a decision that is not, or not only with another Minister,
    theirs."""
    if condition.startswith(YOURS):
        on = condition.removeprefix(YOURS)
        if found := _CHANGE.fullmatch(on):
            thing = _COSTS.sub(r" (\g<amount>)", found["thing"])
            return f"to {thing}"
        if _IS_MONEY.match(on):
            return f"to provide {on.removeprefix('on ')}"
        return f"to decide {on}"
    if found := re.match(WITH_ANOTHER, condition, re.IGNORECASE):
        on = condition[found.end() :]
        if _IS_MONEY.match(on):
            on = on.replace("on ", f"whether to {'seek' if 'Budget' in on else 'provide'} ", 1)
        return f"to decide with {found[1]} {on}"
    return ""


# A decision that somebody takes at a time that is known: "a decision by Cabinet in February 2027 to add …".
_TAKEN_IN = re.compile(
    rf"an? decision by [^,;]+? (?:by|in|on) (?:\d+ )?(?:{'|'.join(MONTHS)})(?: 20\d\d)?\b"
)


def dated_decision(condition: str) -> str:
    """Return the decision of somebody else on which a date depends, up to when it is taken; "" if that is not said."""
    found = _TAKEN_IN.match(condition)
    return found.group() if found else ""


def _own_date_of(entry: LateItem) -> str:
    """Return the new date that waits for the Minister's decision, as firm as section Delay has it."""
    step = told_first(entry)
    return new_date(step) if has_new_date(step) else _new_date_of(entry)


def _new_date_of(entry: LateItem) -> str:
    step = told_first(entry)
    return from_when(step.forecast, step.on)


def _noted_decisions(writer: Writer, of: dict[str, list[LateItem]]) -> Iterator[Ask]:
    """Yield a recommendation on each decision on which new dates depend: what it is and for what. Those after the first
    `MAX_ASKED` share one, with the names of what they are for."""

    def dated(entry: LateItem) -> str:
        step = told_first(entry)
        now = "not before" if is_waiting(step) else "now"
        name = what_comes(writer, entry, step)
        if writer.is_by_item and writer.is_tight:
            # The list of what is late has the date.
            return name
        return noted(name, f"{now} {_new_date_of(entry)}" if has_new_date(step) else "")

    def asked(key: str, entries: list[LateItem], on: str) -> Ask:
        dates, depend = ("date", "depends") if len(entries) == 1 else ("dates", "depend")
        case = _case(writer, entries[0], OF_OTHERS) if len(entries) == 1 else ""
        text = f"{NEW_DATE.format(dates)}{join_words(map(dated, entries))} {depend} on {on}{case}"
        return Ask(key, Verb.NOTE, text, tuple(entry.item for entry in entries))

    found = list(of.items())
    for condition, entries in found[:MAX_ASKED]:
        decision = f"a decision on {condition}" if condition.startswith("$") else condition
        yield asked(ask_key(entries[0].item), entries, decision)
    if rest := [entry for _, entries in found[MAX_ASKED:] for entry in entries]:
        yield asked(DECISIONS_KEY, rest, agree(len(rest), "another decision", "other decisions"))


_DECIDES = re.compile(
    r"\b(?:your decision|Board|Cabinet|Committee|House|Ministers?|Parliament|by [Tt]he [A-Z]\w+)\b"
)


def _says_who(names: Iterable[str], decision: str) -> bool:
    """Whether a decision says who takes it, an agency by one of its `names` or another."""
    return bool(_DECIDES.search(decision)) or mentions(decision, list(names))


def ask_key(item: ItemAt) -> str:
    """Return the key of the recommendation on the decision that an item needs of the Minister."""
    return key("r", f"decision on item {item.pk}")


# Of those that share one, as all of them did in earlier drafts.
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
    needed, found = needed_for(writer, entry), unsettled(entry)
    if needed and not needed.is_act and not needed.is_quoted:
        # The form asks the case for a decision only where the Minister to whom the paper goes is to take it, and says that
        # the paper prints it beside the recommendation.
        has_case = found is not None and (found[1].money_from or found[1].if_declined)
        agency = writer.facts.coordinator if has_case else needed.agency
        thing = as_you(writer, needed.thing, agency)
        return f"{re.sub(f'^{OWN_DECISION}', YOURS, thing, flags=re.IGNORECASE)}{needed.until}"
    if found is None:
        return ""
    delay = found[1]
    if delay.settlement == Delay.Settlement.NEEDS_DECISION and (
        typed := typed_decision(delay.needs)
    ):
        return typed
    day = delay.settling_by if delay.settling_by and delay.settling_by >= delay.on else None
    until = when(KnownDate(day), delay.on) if day else ""
    who = delay.settling_other
    if delay.settling_agency:
        agency = writer.facts.agencies[delay.settling_agency]
        name = writer.bracketed(agency)
        who = named(name) if name == agency.name else name
    return condition_in_words(delay.cause, delay.settlement, until, who)

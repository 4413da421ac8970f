"""Section Next steps: what is planned for items at risk, the dates that matter most, and risks with the Minister."""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from agencies.models import Agency
from reports.compose.action_words import at_work
from reports.compose.budget import Room, count_words
from reports.compose.citations import follow_up_source, milestone_source, version_of
from reports.compose.facts import Facts
from reports.compose.late_words import (
    as_you,
    challenge_of,
    in_agency_words,
    in_words_of,
    is_done,
    told_first,
    unsettled,
)
from reports.compose.paragraphs import Writer, errors_naming, key
from reports.compose.planned import planned_for, planned_in_words, plans
from reports.compose.settling import WORDS
from reports.compose.slips import LateItem
from reports.compose.subjects import (
    is_in_doubt,
    is_waiting,
    with_notes,
)
from reports.document import Bullet, Paragraph, Section, SectionKind, Source
from reports.document.dates import long_date, month_of
from reports.document.wording import (
    agree,
    capitalised,
    cited,
    closed,
    count_in_words,
    first_sentences,
    join_words,
    joined,
    mentions,
    named,
    number,
    opened,
    some,
)
from workitems.models import Delay
from workitems.plan.plan_at import ItemAt, MilestoneAt, RiskAt
from workitems.terms.fragments import done_at, mended, with_months
from workitems.terms.sentence_ends import sentences
from workitems.terms.spans import add_months
from workitems.terms.stems import (
    completion,
    future,
    has_verb,
    keeps_capital,
    possible,
    says_we,
    within,
)
from workitems.terms.third_person import is_plural_agency, possessive, without_we

MONTHS_SHOWN = 6
MONTHS_AHEAD = 12
MAX_DATES = 5
MAX_DATES_IF_TIGHT = 4
MOST_DATES = 6
MOST_NAMED_DATES = 8  # that the paper names before
LEAST_BY_ITEM, LEAST_IF_TIGHT = 3, 3
MAX_FOR_YOU = 2  # actions that come to the Minister
# Limit on the plans for late items, and how many are told whether they fit or not.
MAX_PLANNED, SURE_PLANNED = 4, 1
# What is due so soon, of a key item or another one, is shown before later dates: limits on the milestones and on the
# actions.
NEAREST_OF_KEY = timedelta(weeks=13)
NEAREST = timedelta(weeks=4)
MAX_NEAREST = 3
MAX_NEAREST_IF_TIGHT = 2
MAX_ACTIONS = 2
# Limit on the risks reported in full, and words of each.
MAX_RISKS = 5
# Limit on what the summary names as threatened.
MAX_NAMED, NAMED_WORDS = 2, 10
RISK_WORDS = 36
# Words of a threat that the summary tells.
THREAT_WORDS = 25
# What a paragraph is about that tells the risks that were not before the Minister.
GRAVE = "grave risks"
LIKELY_RISK = "likely and serious risk"
Step = tuple[ItemAt, MilestoneAt]
Dated = tuple[date, str, Source]


def next_steps(writer: Writer) -> Section:
    room = writer.room("next_steps")
    watched = [
        (text, [plan.update.source])
        for plan in plans(writer.facts)
        if not (writer.is_by_item and writer.is_tight)
        and not plan.item.is_late
        and (text := planned_in_words(writer, plan, room))
    ]
    ahead = [pair for pair in _steps_ahead(writer.facts) if pair[1].pk not in writer.dated]
    # Mitigation has their dates too.
    again = [] if writer.is_tight or writer.is_full else list(_actions_ahead(writer))
    actions = [*again, *_for_you(writer)]
    most = (MAX_DATES_IF_TIGHT if writer.is_tight else MAX_DATES) - len(actions)
    actions += [*_conditions_ahead(writer), *_asked_by_you(writer)]
    room.use(*(text for _, text, _ in actions))
    shown = _most_important(writer, ahead, room, most)
    if writer.is_by_item and len(shown) + len(actions) == 1 and writer.is_tight:
        # One date needs no list: the annex has it.
        shown = []
    if writer.is_full:
        # What is late is worth more than dates, which the annex has.
        shown = []
    risks = list(_risks(writer, room))
    paragraphs = [
        *risks,
        *_planned_for_late(writer, room, has_more=bool(actions)),
        *([writer.running(watched, about="next steps")] if watched else ()),
        *_dates(writer, shown, actions, room),
    ]
    unshown = [step for step in ahead if step not in shown]
    if not (paragraphs and writer.is_by_item and writer.is_tight):
        paragraphs += _closing(writer, unshown, has_shown=bool(shown))
    if not paragraphs:
        none = "No further date is recorded for the next 12 months."
        paragraphs.append(writer.paragraph(none, about="closing"))
    return Section(SectionKind.NEXT_STEPS, "Next steps", tuple(paragraphs))


def _conditions_ahead(writer: Writer) -> Iterator[Dated]:
    """Yield the days by which agencies have to settle what the summary says that new dates depend on: "29 October 2010: DoL to find
    the funding for the training". A paper by item has them with what is late."""
    for entry in writer.facts.late:
        found = unsettled(entry)
        if writer.is_by_item or found is None or entry.item.pk not in writer.conditions:
            continue
        source, delay = found
        day, agency = delay.settling_by, delay.settling_agency
        if delay.settlement != Delay.Settlement.BEING_SETTLED or not (day and agency):
            continue
        words = WORDS[Delay.Cause(delay.cause)]
        if day > delay.on:
            who = writer.bracketed(writer.facts.agencies[agency])
            # As the date of the thing is told in the same list.
            step = told_first(entry)
            thing = step.as_told or writer.names.phrase(entry.item)
            act = f"{words.to_do} {words.for_what} {thing}"
            yield day, f"{long_date(day)}: {who} to {act}", source


def _asked_by_you(writer: Writer) -> Iterator[Dated]:
    """Yield what is still to be done after the Minister's last answer: "23 December 2026: MSD to bring one bid". A paper by item
    has no room for what its background tells."""
    answer, on = writer.facts.answer, writer.facts.as_at
    if answer is None or writer.is_by_item:
        return
    for row in [row for rows in answer.actions.values() for row in rows]:
        agency = writer.facts.agencies[row.owner_agency_id]
        act = completion("action", writer.flat(row.text), agency.names)
        if act and not row.done_on and on < row.due_on <= add_months(on, MONTHS_SHOWN):
            told = f"{long_date(row.due_on)}: {writer.bracketed(agency)} to {act}"
            yield row.due_on, told, follow_up_source(row)


_COMES_TO_YOU = re.compile(r"\b(?:Cabinet|Ministers?)\b")


def _for_you(writer: Writer) -> Iterator[Dated]:
    """Yield the dated actions against late items that come to the Minister or Cabinet, in a paper by item, that the list of what
    is late has not told."""
    if not writer.is_by_item:
        return
    found = [
        (row.due_on, entry, row, source)
        for entry in writer.facts.late
        for source, row in entry.mitigations()
        if row.due_on and row.due_on > row.on and not is_done(row) and entry.is_late
        if row.pk not in writer.actions and _COMES_TO_YOU.search(row.description)
    ]
    for day, entry, row, source in sorted(found, key=lambda each: each[0])[:MAX_FOR_YOU]:
        agency = writer.facts.agencies[row.owner]
        with errors_naming(source):
            typed = first_sentences(writer.flat(row.description), 1, RISK_WORDS)
        act = _of_what(typed, entry, completion("mitigation", typed, agency.names) or "")
        if not act:
            continue
        # The list of what is late has its name.
        act = with_notes(as_you(writer, act, agency), entry.item.number)
        told = f"{writer.agency(agency)} {'are' if is_plural_agency(agency.short_name) else 'is'} to {act}"
        writer.actions.add(row.pk)
        yield day, f"{long_date(day)}: {told}", source


# An act on something that the sentence does not name: "check the draft and consult the Minister".
_LEANS = re.compile(r"\w+ (?P<it>it\b|them\b|the draft(?= and\b|[.,;]|$))")


def _of_what(typed: str, entry: LateItem, words: str) -> str:
    """Return an act in words, with the late thing of which it is where it says only "the draft"; "" if that is not known."""
    if (found := _LEANS.match(typed.strip())) is None:
        return words
    thing, _ = done_at(entry.late_steps[0].description)
    if found["it"] != "the draft" or not thing or re.search(r"\d|^(?:An?|The) ", thing):
        return ""
    name = thing if keeps_capital(thing) else thing[:1].lower() + thing[1:]
    return words.replace("the draft", f"the draft {name}", 1)


def _planned_for_late(writer: Writer, room: Room, *, has_more: bool) -> Iterator[Paragraph]:
    """Yield what agencies plan next for the gravest late items, in a paper by item, that the list of what is late has not told;
    in a tight one first for the key items at risk, of which it says nothing more. Unless the section `has_more`, at least one."""
    if not writer.is_by_item:
        return
    ahead = {plan.item.pk: plan for plan in plans(writer.facts)}
    late = [entry.item for entry in writer.facts.late if entry.is_late]
    at_risk = [plan.item for plan in ahead.values() if not plan.item.is_late]
    told: list[tuple[str, list[Source]]] = []
    for item in [*(at_risk if writer.is_tight else ()), *late]:
        plan = ahead.get(item.pk)
        if plan is None or len(told) == MAX_PLANNED or item.pk in writer.plans_told:
            continue
        text = planned_for(writer, plan)
        sure = 0 if has_more else SURE_PLANNED
        if not text or (len(told) >= sure and not room.has(text)):
            continue
        room.use(text)
        told.append((text, [plan.update.source]))
    if told:
        yield writer.running(told, about="planned for late items")


def _dates(
    writer: Writer, shown: list[Step], actions: list[Dated], room: Room
) -> Iterator[Paragraph]:
    """Yield the main dates ahead."""
    late = [step for _, step in shown if step.is_late]
    # Said once for all of them.
    is_earliest = len(late) > 1 and all(map(is_waiting, late))
    lines = [
        (
            step.forecast_due,
            _line(writer, item, step, is_earliest=is_earliest),
            milestone_source(item, step),
        )
        for item, step in shown
    ]
    lines += actions
    if not lines:
        return
    introduction = f"The {agree(len(lines), 'main date', 'main dates')} ahead"
    if writer.is_by_item and any(entry.is_late for entry in writer.facts.late):
        # Those of what is late stand with what is being done.
        introduction += f", beside those in paragraph {{{key('p', 'late items')}}}"
    introduction += "; for what is late, the earliest:" if is_earliest else ":"
    room.use(introduction)
    yield from writer.by_date(introduction, lines, about="dates")


def _steps_ahead(facts: Facts) -> list[Step]:
    """Return the open milestones of the coming 12 months, in the plan's order."""
    on = facts.as_at
    return [
        (item, step)
        for item in facts.items
        if item.is_live
        for step in item.milestones
        if step.is_open and on < step.forecast_due <= add_months(on, MONTHS_AHEAD)
    ]


def _most_important(writer: Writer, ahead: list[Step], room: Room, most: int) -> list[Step]:
    """Return the steps to show (at most so many, and one more if some must be), by date: those of the next weeks, or
    of key items of the next three months, first; late ones of the items that lead, the gravest first, and those of items at risk that have moved;
    then those of the coming six months: those of key items and late ones, then the others."""
    soon = add_months(writer.facts.as_at, MONTHS_SHOWN)
    order = {entry.item.pk: place for place, entry in enumerate(writer.facts.late) if entry.leads}
    ranked = sorted(ahead, key=lambda pair: _weight(pair[0], pair[1], order))
    next_weeks = writer.facts.as_at + NEAREST
    soonest = sorted(ranked, key=lambda pair: pair[1].forecast_due > next_weeks)
    nearest = [
        (item, step)
        for item, step in soonest
        if step.forecast_due <= writer.facts.as_at + (NEAREST_OF_KEY if item.is_key else NEAREST)
        and (not writer.is_tight or writer.is_by_item or item.is_key or step.is_late)
    ][: MAX_NEAREST_IF_TIGHT if writer.is_tight else MAX_NEAREST]
    must = [
        pair
        for pair in ranked
        if pair not in nearest and (_must(*pair, order) or _is_named(writer, *pair))
    ]
    must.sort(key=lambda pair: order.get(pair[0].pk, len(order)))
    late = sum(step.is_late and item.pk in order for item, step in [*nearest, *must])
    # All that is late of the items that lead, if they are not many, and one more.
    most = max(most + bool(must), min(late + 1, MOST_DATES))
    # What only comes soon waits for what is late.
    soon_only = [pair for pair in nearest if not pair[1].is_late][max(most - late, 1) :]
    must = [pair for pair in [*nearest, *must] if pair not in soon_only]
    named = (
        []
        if writer.is_by_item
        else [
            pair for pair in ranked if _is_told_of(writer, *pair, order) or _is_named(writer, *pair)
        ]
    )
    if len(named) <= MOST_NAMED_DATES:
        # What the paper names ahead comes before anything else.
        must = list(dict.fromkeys([*named, *must]))
        most = max(most, min(len(named) + bool(must), MOST_NAMED_DATES))
    must = must[:most]
    near = [pair for pair in ranked if pair[1].forecast_due <= soon and pair not in must]
    sure = must
    if writer.is_by_item:
        # What is late is dated above: these are the dates of the rest, of key items first.
        keys = [pair for pair in ranked if pair[0].is_key and not pair[0].is_late]
        near = list(dict.fromkeys([*keys, *near]))
        must = [pair for pair in must if not pair[0].is_late]
        near = [pair for pair in near if pair not in must and not pair[0].is_late]
        least = LEAST_IF_TIGHT if writer.is_tight else max(LEAST_BY_ITEM, len(must))
        # Key items and what is in doubt go before what will only come soon.
        first = sorted(
            [*must, *near], key=lambda pair: (not pair[0].is_key, not is_in_doubt(pair[0]))
        )
        sure = first[:least]
    shown = [
        pair
        for pair in [*must, *near[: most - len(must)]]
        if room.take(_line(writer, *pair)) or pair in sure
    ]
    return sorted(shown, key=lambda pair: (pair[1].forecast_due, pair[0].pk, pair[1].number))


def _is_told_of(writer: Writer, item: ItemAt, step: MilestoneAt, leading: Collection[int]) -> bool:
    """Whether the summary or section Delay tells of a step ahead: what is late, has moved and may move again, or is the first of an
    item that has not started."""
    return step.is_late or _must(item, step, leading) or step.pk in writer.first_steps


def _is_named(writer: Writer, item: ItemAt, step: MilestoneAt) -> bool:
    """Whether a result that the paper tells of the item names the month of its milestone."""
    month = month_of(step.forecast_due)
    return any(
        month in each.achieved and each.pk in writer.reported
        for each in writer.facts.updates_of(item)
    )


def _must(item: ItemAt, step: MilestoneAt, leading: Collection[int]) -> bool:
    if step.is_late:
        return item.pk in leading
    return is_in_doubt(item) and step.forecast_due > step.original_due


def _weight(item: ItemAt, step: MilestoneAt, leading: Collection[int]) -> tuple[bool, bool, date]:
    return (
        not (item.pk in leading and step.is_late),
        not (item.is_key or step.is_late),
        step.forecast_due,
    )


def _actions_ahead(writer: Writer) -> Iterator[Dated]:
    """Yield the actions of the next weeks that section Mitigation has, each by its date, its item and its owner."""
    on = writer.facts.as_at
    found = [
        (row.due_on, entry.item, row, source)
        for entry in writer.facts.late
        for source, row in entry.mitigations()
        if row.pk in writer.actions and row.due_on and on < row.due_on <= on + NEAREST
    ]
    for day, item, row, source in sorted(found, key=lambda each: each[0])[:MAX_ACTIONS]:
        who = writer.bracketed(writer.facts.agencies[row.owner])
        yield (
            day,
            f"{long_date(day)}: the action above for {writer.names.again(item)} ({who})",
            source,
        )


def _line(writer: Writer, item: ItemAt, step: MilestoneAt, *, is_earliest: bool = False) -> str:
    """Return "31 August 2010: brochures out in public (DoL)", "30 June 2011 at the earliest: …" unless that
    `is_earliest` is said already, or "31 March 2011, in doubt: …"."""
    who = writer.bracketed(writer.facts.agencies[step.responsible])
    sure = ""
    if step.is_late and is_waiting(step):
        sure = "" if is_earliest else " at the earliest"
    elif (
        is_in_doubt(item)
        and not step.is_late
        and (writer.is_by_item or step.forecast_due > step.original_due)
    ):
        sure = ", in doubt"
        if _says_why(writer, item):
            sure += f" (paragraph {{{key('p', 'figures')}}})"
    return f"{step.forecast}{sure}: {_one_figure(writer, item, writer.names.line(item, step, who))}"


def _says_why(writer: Writer, item: ItemAt) -> bool:
    """Whether the summary of a paper by item tells why an item is at risk in its agency's words."""
    found = challenge_of(writer, item) if writer.is_by_item else None
    return found is not None and found[0] in writer.used_sentences


# "35 registrar posts", "15 posts": how many of what.
_SO_MANY = re.compile(r"\b(?P<count>\d+) (?P<what>(?:[a-z]+ ){0,2}?[a-z]+s)\b")


def _one_figure(writer: Writer, item: ItemAt, line: str) -> str:
    """Return a date's line without its figure if the summary gives another one of the same things beside the item: "the filling of
    registrar posts" where "9 of the 15 posts" have a supervisor."""
    if not _says_why(writer, item) or (found := challenge_of(writer, item)) is None:
        return line
    said = {each["what"].split()[-1]: each["count"] for each in _SO_MANY.finditer(found[0])}
    for each in _SO_MANY.finditer(line):
        if said.get(each["what"].split()[-1], each["count"]) != each["count"]:
            return line.replace(f"{each['count']} ", "", 1)
    return line


def _closing(writer: Writer, unshown: list[Step], *, has_shown: bool) -> Iterator[Paragraph]:
    """Yield a paragraph on where the other steps of the coming 12 months are, and the promise to report risks at once:
    not where the paper is the first to tell of a late item."""
    words = "" if writer.facts.tells_late else "You will be told at once of any new delay or risk."
    if not words and not unshown:
        return
    if unshown:
        where = writer.where(["items", "items_texts"])
        if where:
            # As many as a reader counts there.
            due = len(_steps_ahead(writer.facts))
            sentence = f"{where} has every milestone; {number(due)} {agree(due, 'is', 'are')} due in the next year."
        else:
            count = count_in_words(len(unshown), "more milestone" if has_shown else "milestone")
            sentence = f"{capitalised(count)} {agree(len(unshown), 'follows', 'follow')} in the next 12 months."
        words = sentence if writer.is_tight else f"{sentence} {words}".strip()
    sources = [milestone_source(item, step) for item, step in unshown]
    yield writer.paragraph(words, about="closing", sources=sources or None)


def risks(writer: Writer) -> Section:
    """Return the open risks escalated to the Minister and the gravest others, or a sentence that there are none."""
    room = writer.room("risks")
    none = writer.paragraph("No risk to the Plan is before you.", about="risks")
    return Section(SectionKind.RISKS, "Risks", tuple(_risks(writer, room)) or (none,))


def grave_risks(writer: Writer, room: Room) -> tuple[str, list[Source]]:
    """Return, for the summary, what may happen by the one risk that is high in likelihood and impact and was not escalated to
    the Minister; of several, how many there are and the paragraph that tells them."""
    found = writer.facts.grave_risks
    if not found or not (writer.has("next_steps") or writer.has("risks")):
        return "", []
    if told := _grave_in_words(writer, found, room):
        return told, [risk_source(risk) for risk in found]
    items = {item.pk: item for item in writer.facts.items}
    of = dict.fromkeys(
        writer.names.phrase(items[risk.item]) if risk.item in items else "the Plan as a whole"
        for risk in found
    )
    of_items = any(risk.item in items for risk in found)
    is_short = of_items and len(of) <= MAX_NAMED and count_words(*of) <= NAMED_WORDS
    to = f", to {join_words(of)}," if is_short else ""
    text = (
        f"{capitalised(count_in_words(len(found), LIKELY_RISK))}{to} {agree(len(found), 'is', 'are')} new to you "
        f"(paragraph {{{key('p', GRAVE)}}})."
    )
    room.use(text)
    return text, [risk_source(risk) for risk in found]


def threat_alone(writer: Writer, risk: RiskAt) -> str:
    """Return a threat that the summary of a paper by item can tell as a clause: one sentence; "" of another one."""
    threat = with_months(writer.flat(risk.description))
    is_told = (
        len(sentences(threat)) == 1
        and count_words(threat) <= THREAT_WORDS
        and not (says_we(threat) or threat.endswith(("?", "!")))
    )
    return (within(opened(threat), writer.agency_names) or "") if is_told else ""


def _grave_in_words(writer: Writer, risks: Sequence[RiskAt], room: Room) -> str:
    """Return, for the summary, what may happen by the one grave risk that nobody has raised, and what is done about it; "" of
    several, or if it cannot be told in a sentence."""
    threat = threat_alone(writer, risks[0]) if len(risks) == 1 else ""
    if not threat or not writer.has("next_steps"):
        return ""
    (risk,) = risks
    item = next((each for each in writer.facts.items if each.pk == risk.item), None)
    may, of = _of_planned(item, possible(threat) or ""), [item.number] if item else []
    if not may and has_verb(threat):
        may = f"it is likely that {threat}"
    if not may:
        text = closed(f"A {with_notes(f'{LIKELY_RISK} is new to you', *of)}: {threat}")
    else:
        text = closed(with_notes(capitalised(may), *of, "a risk new to you"))
    writer.used_sentences.add(threat)
    text = f"{text}{_happened(writer, risk)} {_answer_alone(writer, risk, threat, room)}"
    room.use(text)
    return text


_HAS_HAPPENED = re.compile(r"\b(?:has|have|had|was|were)\b")


def _happened(writer: Writer, risk: RiskAt) -> str:
    """Return what has happened since, as the owner of a risk says where it was rated higher: to follow the threat. "" of a reason
    that tells of nothing."""
    owner = writer.facts.agencies[risk.owner].short_name
    with errors_naming(risk_source(risk)):
        told = in_agency_words(
            writer, writer.facts.risk_reasons.get(risk.pk, ""), 1, THREAT_WORDS, owner
        )
    is_told = _HAS_HAPPENED.search(told) and not says_we(told)
    return f" {told}" if is_told else ""


_FEWER = re.compile(r"\b(?P<than>(?:fewer|less) than )(?P<things>\d[\d,]* [a-z]+)\b")


def _of_planned(item: ItemAt | None, may: str) -> str:
    """Return what may happen with what a number in it is of: "fewer than the 80 homes planned", of as many as the item's
    milestones have."""
    found = _FEWER.search(may)
    if not (item and found):
        return may
    planned = re.compile(rf"(?<![\d,.]){re.escape(found['things'])}\b")
    if not any(planned.search(step.description) for step in item.milestones):
        return may
    return may.replace(found[0], f"{found['than']}the {found['things']} planned", 1)


def _risks(writer: Writer, room: Room) -> Iterator[Paragraph]:
    """Yield the risks escalated to the Minister, then those that are high in likelihood and impact."""
    if raised := writer.facts.risks:
        says = f"raised with you {agree(len(raised), 'remains', 'remain')} open"
        yield from _list_of_risks(writer, room, raised, "risk", says, about="risks")
    if grave := writer.facts.grave_risks:
        threat = threat_alone(writer, grave[0]) if len(grave) == 1 else ""
        if threat and threat in writer.used_sentences:
            # The summary tells the one risk with what is done about it.
            return
        says = f"{agree(len(grave), 'is', 'are')} new to you"
        yield from _list_of_risks(writer, room, grave, LIKELY_RISK, says, about=GRAVE)


def _answer_alone(writer: Writer, risk: RiskAt, clause: str, room: Room) -> str:
    """Return the response to the one grave risk, which follows what it threatens in the summary."""
    with errors_naming(risk_source(risk)):
        typed = _start(writer, risk.response, room)
    answer = typed
    for entry in writer.facts.late:
        if entry.item.pk == risk.item and entry.is_late:
            answer = _not_told(entry, typed, {row.pk for _, row in entry.mitigations()})
    if not answer:
        return "The action below answers it." if typed else "No response is recorded."
    threat = closed(capitalised(clause))
    return _with_response(writer, risk, threat, answer).removeprefix(threat).strip()


def risk_source(risk: RiskAt) -> Source:
    return version_of(risk, "risk", f"Risk {risk.number}")


def response_in_words(writer: Writer, risk: RiskAt) -> str:
    """Return what a risk's owner will do about it as a sentence; "" of a response that is no act."""
    owner = writer.facts.agencies[risk.owner]
    with errors_naming(risk_source(risk)):
        typed = first_sentences(with_months(writer.flat(risk.response)), 1, RISK_WORDS)
    act = completion("response", typed, owner.names) if typed else ""
    return responds(writer, owner, act) if act else ""


def responds(writer: Writer, owner: Agency, act: str) -> str:
    """Return what the owner of a risk does about it: a plan, as it has no day."""
    plans_to = "plan to" if is_plural_agency(owner.short_name) else "plans to"
    return closed(f"{capitalised(writer.agency(owner))} {plans_to} {act}")


def _list_of_risks(
    writer: Writer, room: Room, rows: Sequence[RiskAt], noun: str, says: str, *, about: str
) -> Iterator[Paragraph]:
    """Yield the risks by number, each with its threat and response. `noun` is what they are, and `says` is said of all of
    them."""
    lines: list[tuple[Bullet, list[Source]]] = []
    omitted, texts = [], []
    for risk in rows:
        told = _in_sentences(writer, risk, room) if len(lines) < MAX_RISKS else None
        if told is None:
            omitted.append(risk)
            continue
        room.use(told[0])
        texts.append(told[0])
        lines.append((Bullet(writer.text(told[0])), [told[1]]))
    introduction = f"{capitalised(count_in_words(len(rows), noun))} {says}"
    if omitted:
        where = writer.where(["risks"])
        if where:
            others = some([risk.reference for risk in omitted])
            introduction += f" ({others} {agree(len(omitted), 'is', 'are')} in {where})"
        elif lines:
            introduction += f", {number(len(lines))} of them listed here"
    room.use(introduction)
    sources = [risk_source(risk) for risk in rows]
    if len(rows) == len(lines) == 1:
        # One needs no list.
        text = joined(introduction, ":", texts[0], writer.agency_names)
        yield writer.paragraph(text, about=about, sources=lines[0][1])
    elif lines:
        yield from writer.paragraphs(f"{introduction}:", about=about, bullets=lines)
    else:
        yield writer.paragraph(f"{introduction}.", about=about, sources=sources)


def _in_sentences(writer: Writer, risk: RiskAt, room: Room) -> tuple[str, Source] | None:
    """Return a risk's threat and response in sentences, with its source; None if the threat is too long."""
    source = risk_source(risk)
    with errors_naming(source):
        threat = _start(writer, risk.description, room)
        answer = _start(writer, risk.response, room) if threat else ""
    if not threat:
        return None
    told = capitalised(threat)
    if entry := _told_late(writer, risk):
        told = cited(told, entry.item.number)
        answer = _not_told(entry, answer, writer.actions)
        if not answer:
            return closed(told), source
    return _with_response(writer, risk, told, answer), source


def _told_late(writer: Writer, risk: RiskAt) -> LateItem | None:
    """Return the risk's item, if a paper by item has a bullet on it with an action."""
    if not writer.is_by_item:
        return None
    for entry in writer.facts.late:
        if entry.item.pk == risk.item and entry.is_late:
            told = any(row.pk in writer.actions for _, row in entry.mitigations())
            return entry if told else None
    return None


def _not_told(entry: LateItem, answer: str, actions: Collection[int]) -> str:
    """Return what a response to a risk has beside those of its item's actions that the paper tells: of "submit a bid and ask
    trusts for grants" beside "MoE will submit a bid", "ask trusts for grants"; "" if nothing is left of it."""
    told = set[str]()
    for _, row in entry.mitigations():
        if row.pk in actions:
            told |= _long_words(row.description)
    parts = opened(answer).split(" and ")
    left = [part for part in parts if not _long_words(part) <= told]
    if left == parts or (left and not completion("response", left[0])):
        return answer
    return capitalised(closed(" and ".join(left))) if left else ""


def _long_words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.casefold()))


def _with_response(writer: Writer, risk: RiskAt, threat: str, answer: str) -> str:
    """Return the threat with what its owner will do about it, or with the answer and the owner in brackets."""
    owner = writer.facts.agencies[risk.owner]
    said_by = writer.facts.writer_of("risk", risk.pk, risk.response, risk.owner)
    answer = without_we(answer, said_by.short_name)
    first, *rest = sentences(answer) or [""]
    names = owner.names
    if verb := completion("response", first, names):
        return " ".join([closed(threat), responds(writer, owner, verb), *rest])
    if says_we(answer):
        name = writer.bracketed(owner)
        who = named(name) if name == owner.name else name
        return f"{closed(threat)} {in_words_of(who, answer)}"
    if later := future(first, writer.agency_names):
        answer = " ".join([closed(later), *rest])
    elif writer.is_by_item and (does := at_work(first, owner.short_name, writer.agency_names)):
        who = capitalised(writer.agency(owner))
        return " ".join([closed(threat), closed(f"{who} {does}"), *rest])
    if writer.is_by_item and answer and not has_verb(answer):
        name = writer.bracketed(owner)
        who = named(name) if name == owner.name else name
        return f"{closed(threat)} {capitalised(possessive(who))} response is “{opened(answer)}”."
    told = f"{threat} {capitalised(answer)}".strip()
    if mentions(told, owner.names):
        return told
    if answer and not later and has_verb(first):
        # As a sentence of its own it would read as a part of what may happen.
        who = capitalised(possessive(writer.subject(owner)))
        return f"{closed(threat)} {who} response: {within(answer, writer.agency_names) or answer}"
    if writer.is_by_item and owner.pk == writer.facts.coordinator.pk:
        return closed(told)
    return cited(told, f"owner: {writer.bracketed(owner)}")


def _start(writer: Writer, typed: str, room: Room) -> str:
    """Return the first two sentences if they fit, else the first one."""
    if not typed.strip():
        return ""
    whole = " ".join(map(mended, sentences(with_months(writer.flat(typed)))))
    one, two = (first_sentences(whole, most, RISK_WORDS) for most in (1, 2))
    return two if room.has(two) else one

"""Test what holds for the paper on any plan, on four hundred random ones."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import chain, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.compose import UNDRAFTED, USUAL_ANNEXES, assembled, write
from reports.compose.ahead import MONTHS_AHEAD
from reports.compose.facts import read_facts
from reports.compose.paragraphs import flat, length
from reports.compose.shortening import LEAST_LIMIT
from reports.compose.subjects import CAUSES
from reports.document import SectionKind, from_json, to_json, words
from reports.document.wording import capitalised, count_in_words, number
from reports.drafting.cover import draft
from tests.factories import AppointmentFactory
from tests.plans_at_random import FIRST, LIFE, plans
from tests.reports.compose.test_reconcile import some_plans, undone
from tests.reports.in_memory import text_of
from tests.reports.random_papers import dates_of, late_steps, random_facts
from workitems.terms.known_dates import MONTHS, KnownDate
from workitems.terms.sentence_ends import sentences
from workitems.terms.spans import add_months, span_in_words
from workitems.terms.stems import says_nothing

# Four hundred plans in the full profile, two hundred in the short one (decision 15).
BATCHES, SIZE = 20, min(settings().max_examples, 20)
# Composing a paper once more takes as long as all other rules, so some are composed again.
AGAIN = 10
# And some are composed by item too.
BY_ITEM, BY_ITEM_TOO = tuple(each for each in UNDRAFTED if each != "mitigation"), 4
MONTH = f"(?:{'|'.join(MONTHS)})"
DATE = re.compile(rf"(?:\d+ |{MONTH} to )?{MONTH} \d{{4}}")
# Bullets of dates begin with one.
A_DATE_FIRST = re.compile(r"\d+ \w+ \d{4}(?: at the earliest|, in doubt)?: ")
BETWEEN = re.compile(rf"expected from ({MONTH}) to ({MONTH}) (\d{{4}})")
SPAN = re.compile(
    r"(?:^|(?<=[ (]))((?:nearly )?(?:a|\w+) (?:day|week|month|year)s?(?: and (?:a|\w+) months?)?)"
    r" (?:late|later than (?:agreed|first promised))"
)
PUT_BACK = re.compile(
    r"\bby (?:at least )?((?:nearly )?(?:a|\w+) (?:day|week|month|year)s?(?: and (?:a|\w+) months?)?), to "
)
KEYS_FIRST = re.compile(
    r"(?:All \S+ of the Plan’s|\S+ of the Plan’s \S+) key items are late\b(?! or at risk)"
)
# A paper by item divides a plan of many items by where each stands.
# All items that have slipped, by name.
NAMED = re.compile(
    r"(\S+) items (are late|have slipped)(?: \([^()]*\))?: (?!\S+ (?:is|are) late)", re.I
)
DIVIDED = re.compile(r"(\S+) of the Plan’s (\S+) work items (?:is|are) late\b(.*)")
SINCE_LAST = re.compile(
    r"Since the last paper, of [^,]*, (?:no|(\S+)) (more (?:is|are) complete|fewer (?:is|are) complete|items? ha(?:s|ve) been completed)"
    r"( and none is late(?: any more \((\S+) then\))?)?\."
)
BAD_GRAMMAR = re.compile(
    r"(?<![\d.])\b(?:one|1) (?:items|milestones|actions|risks|others|agencies|more items)\b"
    r"|(?<![\d.])\b(?:one|1)(?: more| other)?(?: item| milestone| risk)? (?:are|have|follow)\b"
    r"|(?<![\d.])\b(?:two|three|\d\d+)(?: more)?(?: items| milestones)? (?:is|has|follows)\b"
    r"|none more|  |\.\.|[!?]\.| [,.;:)]|\( |\(\)|“”|,,|-\d| {|\bNone\b(?! of)|: :"
)
LENGTH = re.compile(
    r"\b((?:nearly )?(?:a|\w+) (?:day|week|month|year)s?(?: and (?:a|\w+) months?)?)\b"
)
MOVED_ON = re.compile(r"\b(?:will|expected|no new date|now)\b")


def named(step, item, phrases):
    """How a sentence would name the milestone by itself, without marks of bold. A phrase that is part of no
    other phrase may stand without its number."""
    name = (step.as_told or f"“{step.description}”").replace("**", "")
    if step.as_told and sum(step.as_told in phrase for phrase in phrases) == 1:
        return name
    return f"{name} ({item.number}"


class Paper:
    """A composed paper with its text in some shapes."""

    def __init__(self, of, contents=UNDRAFTED):
        self.facts, self.start, self.on = of, of.briefing.period_start, of.briefing.dated
        self.contents, self.is_by_item = contents, "mitigation" not in contents
        self.document = assembled(write(self.facts, contents, USUAL_ANNEXES, in_full=False))
        self.sections = {
            section.kind: [text_of(paragraph) for paragraph in section.paragraphs]
            for section in self.document.sections
        }
        self.blocks = [
            words(block.text)
            for section in self.document.sections
            for paragraph in section.paragraphs
            for block in (paragraph, *paragraph.bullets)
        ]
        self.length = sum(len(block.split()) for block in self.blocks)
        self.text = "\n".join(chain.from_iterable(self.sections.values()))
        self.late = list(late_steps(self.facts))

    def of(self, kind):
        return "\n".join(self.sections.get(kind, ()))


def count_of(text):
    """The number that a text begins with: "Two", "Twelve", "12"."""
    for count in range(1000):
        if text.split()[0] in (number(count), capitalised(number(count)), f"{count:,}"):
            return count
    raise AssertionError(f"no number: {text}")


# Of a paper that is too long: the items of which something is left out.
LEFT_OUT = r"(?:[Mm]ore on|Actions on|being done about|(?:more|Also late)(?: \(Annex [A-Z]\))?:) [^\n]*(?<![\d.])"


def mentions_item(text, item):
    number = re.escape(item.number)
    return bool(
        re.search(rf"\({number}[,)]|\b[Ii]tem {number}\b|{LEFT_OUT}{number}(?!\.?\d)", text)
    )


def tells(text, item):
    """Whether a text names the item, or one of its milestones, by number or by phrase."""
    phrases = [item.as_told, *(step.as_told for step in item.milestones)]
    texts = [phrase.replace("**", "")[1:] for phrase in phrases if phrase]
    return mentions_item(text, item) or any(phrase in text for phrase in texts)


# --- the rules --------------------------------------------------------------------------------


def finished_work_is_not_ahead(paper):
    plans, printed = Counter(), words_in(paper.text)
    phrases = [each.as_told for item in paper.facts.items for each in (item, *item.milestones)]
    for item in paper.facts.items:
        for step in item.milestones:
            if step.is_open:
                continue
            name = named(step, item, phrases)
            assert name not in paper.of(SectionKind.NEXT_STEPS)
            for sentence in chain.from_iterable(map(sentences, paper.blocks)):
                if name.casefold() in sentence.casefold():
                    is_gone = "will not be done: it is withdrawn." in sentence
                    assert is_gone or not MOVED_ON.search(sentence)
        texts = [each for each in paper.facts.updates_of(item) if each.no_change_on is None]
        for update in paper.facts.updates_of(item):
            if not words_in(update.planned_next) & printed:
                continue
            plans[item.pk] += 1
            assert update is texts[-1]
            assert paper.facts.answered_since.get(item.pk, paper.start) <= update.written_on
            since = [step.completed_on for step in item.milestones if step.completed_on]
            assert max(since, default=paper.start - timedelta(days=999)) < update.written_on
    assert set(plans.values()) <= {1}


def every_date_is_one_of_a_record(paper):
    # Milestones of several items come between two months, each of which is one's own.
    text = BETWEEN.sub(r"from \1 \3 and \2 \3", paper.text)
    assert set(DATE.findall(text)) - dates_of(paper.facts) == set()


def every_length_is_that_between_two_dates(paper):
    known = set()
    for item in paper.facts.items:
        for step in item.milestones:
            reached = KnownDate(step.completed_on) if step.completed_on else step.forecast
            for due in (step.agreed, step.original):
                if reached.last_day > due.last_day:
                    known.add(span_in_words(due, reached))
                if reached.first_day > due.last_day:
                    known.add(span_in_words(due, reached, at_least=True))
    assert set(SPAN.findall(paper.text)) - known == set()
    assert set(PUT_BACK.findall(paper.text)) - known == set()
    assert (
        set(LENGTH.findall(paper.sections[SectionKind.PURPOSE][1].split("\n- ")[1])) - known
        == set()
    )


def every_count_is_that_of_the_records(paper):
    facts = paper.facts
    brief = paper.sections[SectionKind.PURPOSE][1]
    kept = [item for item in facts.items if item.stage != "withdrawn"]
    gone = len(facts.items) - len(kept)
    stages = Counter(item.stage for item in kept)
    lines = [line.removeprefix("- ") for line in brief.split("\n")]
    starts = ("Of the Plan’s ", "The Plan’s one ", "The Plan has ", "Both work ", "All ")
    figures = ""
    is_divided = DIVIDED.match(lines[1])
    if not (KEYS_FIRST.match(lines[1]) or is_divided):
        # Where there are many bullets, the first one has them.
        told = [each for line in lines for each in line.split(". ")]
        *_, figures = (
            "",
            *(each for each in told if each.startswith(starts) and "of the Plan is " not in each),
        )
    # A summary that is shortened has four bullets at most.
    is_cut = facts.most_words == LEAST_LIMIT and brief.count("\n- ") <= 4
    not_counted = r"items? that (?:was|were) withdrawn(?: \([^)]+\))? (?:is|are) not counted"
    if found := re.search(rf"(\S+) (?:{not_counted}|work items? (?:is|are) withdrawn)\.", brief):
        assert count_of(found[1]) == gone
    else:
        assert gone == 0 or is_cut
    labels = [("complete", "complete"), ("under_way", "under way"), ("ongoing", "ongoing")]
    if "under way or ongoing" in figures:
        labels[1:] = [("in_hand", "under way or ongoing")]
        stages["in_hand"] = stages["under_way"] + stages["ongoing"]
    for stage, label in labels:
        found = re.search(rf"(\S+) (?:is|are) {label}[,. ]", f"{figures}.")
        if len(stages) > 1 and figures and not is_cut:
            texts = found[1] if found else "0"
            is_told = stage == "complete" and not stages[stage] and len(kept) >= 10
            assert (texts == "none") == is_told
            assert is_told or texts in (str(stages[stage]), number(stages[stage]))
    late = {item.pk for item, _ in paper.late}
    keys = {item.pk for item, _ in paper.late if item.is_key}
    sentence = every_judgement_is_that_of_the_records(paper, lines[1])
    if not facts.items:
        assert sentence == "The Plan has no work items."
    elif is_divided:
        the_division_is_that_of_the_records(lines[1], kept, late, keys)
    elif late:
        total = sum(item.is_key for item in kept)
        keys_come_first = keys != late and 2 < total < 2 * len(keys)
        assert bool(KEYS_FIRST.match(sentence)) == keys_come_first
        if keys_come_first:
            told = re.search(
                r"(?:In all, (\S+) of its (\S+)|All (\S+) of its) items are late", lines[1]
            )
            assert count_of(told[1] or told[3]) == len(late)
            assert count_of(told[2] or told[3]) == len(kept)
            of_keys = re.match(r"(?:All )?(\S+) of the Plan’s (\S+ )?key items", sentence)
            assert count_of(of_keys[1]) == len(keys)
            assert count_of(of_keys[2] or of_keys[1]) == total
        elif named := NAMED.match(sentence):
            moved = [
                item
                for item in paper.facts.items
                if item.is_live and item.pk not in late
                if any(
                    step.is_open and step.agreed_due > step.original_due for step in item.milestones
                )
            ]
            assert count_of(named[1]) == len(late) + len(moved)
            assert (named[2] == "have slipped") == bool(moved)
        else:
            moved = re.match(
                r"(\S+) items have slipped: (\S+ (?:is|are) late.*)", sentence, re.DOTALL
            )
            assert count_of(moved[2] if moved else sentence) == len(late)
            assert not moved or count_of(moved[1]) > len(late)
        if 0 < len(keys) < len(late) and not (keys_come_first or NAMED.match(sentence)):
            of_all = f"{number(len(keys))} of its {number(total)} key items"
            all_of_them = (
                "its one key item",
                "both of its key items",
                f"all {number(total)} of its",
            )
            texts = sentence.split(", including ")[1]
            assert texts.startswith(all_of_them if len(keys) == total else of_all)
    else:
        assert sentence.startswith("No item is late")
    every_change_is_that_since_the_last_paper(paper, lines[1], late)
    for label in re.findall(
        r"For (.*), (?:the one action|all actions) recorded (?:is|are) done\.",
        paper.of(SectionKind.MITIGATION),
    ):
        (of,) = (
            each
            for each in facts.items
            if mentions_item(label, each) or each.as_told.replace("**", "") == label
        )
        acts = [
            act
            for step in of.milestones
            if step.withdrawn_on is None
            for held in step.delays
            for act in held.mitigations
            if held.ended_on is None or held.ended_on >= paper.start
            if not says_nothing(act.description)
        ]
        assert acts and all(act.done_on is not None and act.done_on <= paper.on for act in acts)
    ahead = [
        step
        for item in facts.items
        if item.stage not in ("complete", "withdrawn")
        for step in item.milestones
        if step.completed_on is None and step.withdrawn_on is None
        and paper.on < step.forecast_due <= add_months(paper.on, MONTHS_AHEAD)
    ]  # fmt: skip
    steps = paper.of(SectionKind.NEXT_STEPS)
    listed = sum(
        len(text.splitlines())
        - 1
        - text.count(": the action above for ")
        # The day by which a cause is to be settled is no milestone.
        - len(re.findall(r"\d{4}: .+ to (?:find|settle|finish|make|do) ", text))
        for text in paper.sections[SectionKind.NEXT_STEPS]
        if re.search("The main dates? ahead[:;]", text)
    )
    if cut := re.search(r"\n- (?:Annex \w has )?(\S+) more dates?[.,]", steps):
        listed += count_of(cut[1].capitalize()) - 1
    if in_annex := re.search(r"has every milestone; (\S+) (?:is|are) due in the next year", steps):
        assert count_of(in_annex[1].capitalize()) == len(ahead)
    else:
        counted = re.search(r"(\S+) (?:more )?milestones? follows? in the next 12", steps)
        count = count_of(counted[1].capitalize()) if counted else 0
        # A date that is left out may be that of an action.
        is_less = paper.is_by_item and listed + count < len(ahead)
        assert listed + count == len(ahead) or is_less or cut
    completed = [
        item
        for item in facts.items
        if item.completed_on and paper.start <= item.completed_on <= paper.on
    ]
    texts = next(
        (
            text
            for text in paper.sections[SectionKind.ACHIEVEMENTS]
            if re.search(r" completed in the |^Completed in the |^Reported complete:", text)
        ),
        "",
    )
    headed = set(
        re.findall(r"\((\d\.\d+), (?:reported )?complete\):", paper.of(SectionKind.ACHIEVEMENTS))
    )
    if headed and ", among them " not in texts:
        also = re.search(r"Also (?:reported )?complete: (.*)\.", paper.of(SectionKind.ACHIEVEMENTS))
        rest = {item.number for item in completed if also and tells(also[1], item)}
        named = headed | rest
        # A list that is too long may leave one out.
        is_less = paper.is_by_item and " more" in paper.of(SectionKind.ACHIEVEMENTS)
        everything = {item.number for item in completed}
        assert named <= everything if is_less else named == everything
    elif completed and not (paper.is_by_item and " more" in paper.of(SectionKind.ACHIEVEMENTS)):
        # A few are only named.
        is_counted = not texts.startswith(("Completed in the ", "Reported complete:"))
        assert not is_counted or count_of(texts) == len(completed)
        others = re.search(r"and (\S+) others?", texts)
        in_brackets = re.findall(r"\b\d\.\d+\b", " ".join(re.findall(r"\([^)]*\)", texts)))
        named = sum(item.number in in_brackets or tells(texts, item) for item in completed)
        named += count_of(others[1].capitalize()) if others else 0
        assert named <= len(completed) if ", among them " in texts else named == len(completed)


def every_change_is_that_since_the_last_paper(paper, line, late):
    """Check how many items were late in the last paper, as it is said in the `line` on those that are `late`, and how
    many have become complete."""
    last, items = paper.facts.last_paper, paper.facts.items
    then = re.findall(
        r" (?:late|slipped) \((?:[^()]*; )?(\S+)(?: late)? in the last paper[;)]", line
    )
    since = SINCE_LAST.search(paper.of(SectionKind.PURPOSE))
    if last is None or not items:
        assert (then, since) == ([], None)
        return
    assert then == ([number(last.late) if last.late else "none"] if late else [])
    if since is None:
        # The summary of a paper that is too long even so is shortened, too.
        assert paper.facts.most_words == LEAST_LIMIT
        return
    difference = sum(item.stage == "complete" for item in items) - last.complete
    assert count_of(since[1] or number(0)) == abs(difference)
    assert since[2].startswith("fewer") == (difference < 0)
    assert since[2].startswith("item") == (difference > 0 == last.complete)
    assert bool(since[3]) == (not late)
    assert since[4] == (number(last.late) if last.late and not late else None)


def every_key_item_in_trouble_is_told(paper):
    keys = {item.pk: item for item, _ in paper.late if item.is_key}
    delays, actions = paper.of(SectionKind.DELAY), paper.of(SectionKind.MITIGATION)
    for item in keys.values():
        assert tells(delays, item)
        open_actions = [
            act.description
            for step in item.milestones
            for held in step.delays
            if held.ended_on is None or held.ended_on >= paper.start
            for act in held.mitigations
            if act.done_on is None or act.done_on > paper.on
            if not says_nothing(act.description)
        ]
        if open_actions and not paper.is_by_item:
            first = sentences(open_actions[0].replace("**", ""))[0].split()[1:4]
            assert tells(actions, item) or " ".join(first) in actions
    doubtful = [
        item
        for item in paper.facts.items
        if item.is_key
        and item.pk not in keys
        and item.stage not in ("complete", "withdrawn")
        and {item.confidence, item.reviewer_confidence} & {"at_risk", "off_track"}
    ]
    brief = paper.of(SectionKind.PURPOSE)
    lines = [
        # One bullet may also name the other key items at risk.
        re.split(r"\S+ more key items? (?:is|are) at risk:", line)[0]
        for line in brief.split("\n- ")
        if re.search(r", a key item(?:, may become late|\))", line)
    ]
    others = re.search(r"(\S+) more key items? (?:is|are) at risk:", brief)
    named = sum(mentions_item(line, item) for item in doubtful for line in lines)
    told = named + (count_of(others[1]) if others else 0)
    # A summary that is shortened has four bullets at most.
    is_cut = paper.facts.most_words == LEAST_LIMIT and brief.count("\n- ") <= 4
    assert told == len(doubtful) or (is_cut and told < len(doubtful))


def the_division_is_that_of_the_records(line, kept, late, keys):
    rest = [item for item in kept if item.is_live and item.pk not in late]
    doubtful = [
        item
        for item in rest
        if {item.confidence, item.reviewer_confidence} & {"at_risk", "off_track"}
    ]
    silent = [
        item
        for item in rest
        if item not in doubtful
        and not (item.heard_on or item.confidence or item.reviewer_confidence)
    ]
    idle = sum(item.stage == "not_started" for item in silent)
    counts = {
        "complete": len(kept) - len(rest) - len(late),
        "on track": len(rest) - len(doubtful) - len(silent),
        "become late": len(doubtful),
        "not started": idle,
        "not been reported on": len(silent) - idle,
    }
    plain = re.sub(r" \([^()]*\)", "", line)
    assert count_of(DIVIDED.match(plain)[1]) == len(late)
    reported = re.search(r"Agencies report (\S+) complete, not yet verified", plain)
    plain = plain.split(".")[0] + (f" {reported[1]} are complete" if reported else "")
    for label, count in counts.items():
        found = re.search(rf"(\S+) (?:is|are|has|have|may) {label}\b", plain)
        assert (count_of(found[1]) if found and found[1] != "none" else 0) == count
    total = sum(item.is_key for item in kept)
    if len(keys) > 3:
        said = re.search(
            r"(?:all |All )?(\S+) of (?:its|the) (\S+ )?(?:key items|that the Plan marks as key)",
            line,
        )
        said = said or re.search(r"(\S+)( )that the Plan marks as key", line)
        bad = len(keys)
        if "that the Plan marks as key are late or may become late" in line:
            bad += sum(item.is_key for item in doubtful)
        assert count_of(said[1].capitalize()) == bad
        assert count_of((said[2] or "").strip() or said[1].capitalize()) == total
    elif total and keys == late and len(keys) == 1:
        assert line.startswith(
            f"One of the Plan’s {number(len(kept))} work items is late (a key item"
        )
    elif total:
        assert re.search(
            rf"late \({number(len(keys)) if keys else 'none'} of them (?:a )?key items?\b", line
        )


def every_judgement_is_that_of_the_records(paper, line):
    """Check how much of the plan is said to be on track; return what is said after it."""
    kept = [item for item in paper.facts.items if item.stage != "withdrawn"]
    if not any(item.is_live for item in kept):
        return line
    doubtful = {
        item.pk
        for item in kept
        if item.is_live and {item.confidence, item.reviewer_confidence} & {"at_risk", "off_track"}
    }
    bad = {item.pk for item, _ in paper.late} | doubtful
    silent = {
        item.pk
        for item in kept
        if item.is_live and not (item.heard_on or item.confidence or item.reviewer_confidence)
    } - bad
    share = 1 - len(bad | silent) / len(kept)
    if KEYS_FIRST.match(line) or DIVIDED.match(line):
        return line
    if silent:
        found = re.match(
            "(?:(.*? on track), n|N)othing has been reported yet on (.*?), and (.*)", line
        )
        assert found[2] in (
            ("any work item", "the only work item")
            if len(silent) == len(kept)
            else (count_in_words(len(silent), "work item"),)
        )
        assert bool(found[1]) == (share > 0)
        line = f"{found[1] or 'All of the Plan is late or at risk'}, and {found[3]}"
    label = re.match("(.*? (?:on track|late or at risk)), (?:and|but) (.*)", line)
    shares = {
        "The Plan is": share == 1, "Most of": share >= 0.75, "More than half of": share > 0.5,
        "Half of": share == 0.5, "Less than half of": share > 0, "All of": True,
    }  # fmt: skip
    assert label[1].startswith(next(start for start, holds in shares.items() if holds))
    return label[2][0].upper() + label[2][1:]


def the_summary_has_five_bullets_at_most(paper):
    assert paper.of(SectionKind.PURPOSE).count("\n- ") <= 5


def the_papers_words_are_kept_but_for_what_must_be_told(paper):
    if paper.facts.most_words >= 600:
        # Less than this has no room for all that a paper must have.
        assert sum(map(length, paper.document.paragraphs())) <= paper.facts.most_words
    elif paper.length > paper.facts.most_words:
        shortest = Paper(replace(paper.facts, most_words=0), paper.contents)
        assert paper.length <= shortest.length


def no_paragraph_is_long_and_no_sentence_comes_twice(paper):
    assert [block for block in paper.blocks if len(block.split()) > 150] == []
    label = Counter(chain.from_iterable(map(sentences, paper.blocks)))
    # After "!", an owner in brackets stands alone.
    twice = [each for each, times in label.items() if times > 1 and not each.startswith("(")]
    assert twice == []


def the_paper_is_whole(paper):
    paragraphs = [each for section in paper.document.sections for each in section.paragraphs]
    assert [each for each in paragraphs if not each.sources] == []
    numbers = [each.number for each in paper.document.paragraphs()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len({each.key for each in paragraphs}) == len(paragraphs)
    assert from_json(to_json(paper.document)) == paper.document


def the_grammar_is_right(paper):
    assert BAD_GRAMMAR.findall(paper.text) == []
    starts = [block[:1] for block in paper.blocks]
    assert [start for start in starts if start.isspace() or not start] == []


def parts_add_up(paper):
    """Every sentence that divides a whole counts each member once."""
    late = {item.pk: item for item, _ in paper.late}
    keys = [item for item in late.values() if item.is_key]
    lines = paper.sections[SectionKind.PURPOSE][1].split("\n- ")
    for sentence in chain.from_iterable(map(sentences, paper.blocks)):
        if found := re.match(r"Of the Plan’s (\S+) work items, (.*)\.", sentence):
            parts = re.sub(r" \([^()]*\)", "", found[2])
            assert sum(counts_in(parts, "(?:is|are|has|have|may)")) == count_of(found[1])
        if found := DIVIDED.match(sentence):
            parts = re.sub(r" \([^()]*\)", "", found[3]).partition("; ")[2]
            done = re.search(r"Agencies report (\S+) complete, not yet verified", lines[1])
            count = count_of(found[1]) + (count_of(done[1]) if done else 0)
            assert count + sum(counts_in(parts, "(?:is|are|has|have|may)")) == count_of(found[2])
        if found := re.match(
            r"(?:In all, (\S+)|All \S+) of its (?!key )(\S+) items are late(.*)\.", sentence
        ):
            rest = re.sub(r" \([^()]*\)", "", found[3])
            silent = re.search(r"nothing has been reported on (\S+?)(?:,| and|$)", rest)
            parts = counts_in(rest, "(?:is|are)") + ([count_of(silent[1])] if silent else [])
            assert len(late) + sum(parts) == count_of(found[2])
            assert found[1] is None or count_of(found[1]) == len(late)
        if found := re.search(r"delayed (\S+) of the (\S+) late items", sentence):
            parts = sentence.rstrip(".").split("; ")
            counts = [
                count_of(re.search(r"(?:delayed|for) (\S+)", part)[1])
                * max(sum(cause.casefold() in part.casefold() for cause in CAUSES.values()), 1)
                for part in parts
            ]
            assert sum(counts) == count_of(found[2]) == len(late)
        if found := re.match(
            r"(\S+) (?:more |other )?items? (?:is|are) late, (?!with milestones)(.*)", sentence
        ):
            parts = counts_in(found[2], "(?:because of|without a|for (?:an)?other)")
            of_one = found[2].partition("one each because of")[2]
            parts.append(sum(cause in of_one for cause in CAUSES.values()))
            assert sum(parts) in (0, count_of(found[1]))
        if found := re.match(r"For (.*) no (?:cause|action) is recorded \((.*)\)\.", sentence):
            if divided := re.match(r"(\S+) of the (\S+) late items", found[1]):
                assert count_of(divided[2]) == len(late)
                assert listed(found[2]) == count_of(divided[1])
            else:
                assert listed(found[2]) == len(late)
        if found := re.search(
            r"(\S+) of (?:its \S+|them|the Plan’s(?: \S+)?) key items(?: are late)?, among them (.*)\.$",
            sentence,
        ):
            assert told_in(found[2], keys) == 3 < count_of(found[1]) == len(keys)
        elif found := re.search(
            r"(\S+) of (?:its|them|the Plan’s) .*?key items(?: are late)?: (.*)\.$", sentence
        ):
            assert told_in(found[2], keys) == count_of(found[1]) == len(keys)
        elif sentence in lines[1] and NAMED.search(sentence):
            # In the summary, which is checked with the other counts.
            assert all(tells(lines[1], item) for item in late.values())
        elif found := re.match(
            r"(?!A )(\S+) (?:more|other )?.*items? .*(?:late|at risk)[^:.]*: (.*)\.$", sentence
        ):
            assert told_in(found[2], paper.facts.items) == count_of(found[1])
    if late:
        others = re.search(r"(\S+) more key items? (?:is|are) late\.", lines[1])
        for sentence in sentences(lines[1]):
            others = others or re.search(r"key items: .* and (\S+) others?\.$", sentence)
        named = sum(tells(lines[1].split("slipped and")[0], item) for item in keys)
        counted = re.search(r"(\S+) of (?:its|the Plan’s)(?: \S+)? key items are late\.", lines[1])
        counted = counted or re.search(
            r"late.*, among them (?:all )?(\S+)(?: of the \S+)? that the Plan marks as key[;.]",
            lines[1],
        )
        counted = counted or re.search(r"late.*, all (\S+) of them key items\.", lines[1])
        if "that the Plan marks as key are late or may become late" in lines[1]:
            # Those at risk are counted with them.
            pass
        elif counted and paper.is_by_item:
            # A tight paper by item names them in its list only.
            assert count_of(counted[1].capitalize()) == len(keys)
        elif not re.search("key items(?: are late)?, among them", lines[1]):
            assert named + (count_of(others[1]) if others else 0) == len(keys)
    for block in chain.from_iterable(paper.sections.values()):
        if found := re.match(
            r"(\S+) risks? (?:raised|of high) .*?(?: \((.*) (?:is|are) in .*\))?:\n", block
        ):
            here = re.search(r", (\S+) of them listed here:", block)
            count = block.count("\n- ")
            if cut := re.search(r"\n- (\S+) more(?: \(Annex \w\))?[:.,]", block):
                count += count_of(cut[1]) - 1
            whole = count_of(found[1]) if not here else count_of(here[1])
            assert count + (listed(found[2]) if found[2] else 0) == whole


def counts_in(text, verb):
    """The numbers before the verb, in a list of parts."""
    text = text.replace("none is complete", f"{number(0)} is complete")
    return [count_of(found) for found in re.findall(rf"(?:^|, |; | and )(\S+) {verb} ", text)]


def told_in(text, items):
    """How many items a list of names has: "the map, the card (1.2) and two others"."""
    others = re.search(r"(\S+) others?$", text)
    return sum(tells(text, item) for item in items) + (count_of(others[1]) if others else 0)


def listed(text):
    """How many items a list of numbers has: "1.1, 1.3 and two others"."""
    others = re.search(r"(\S+) others?$", text)
    return len(re.findall(r"\b(?:\d\.|R)\d+\b", text)) + (count_of(others[1]) if others else 0)


def texts_of(facts):
    """Every text of an agency or the group that a paper may print."""
    for rows in facts.updates.values():
        for row in rows:
            yield from (row.achieved, row.planned_next, row.challenges)
    for item in facts.items:
        for held in chain.from_iterable(step.delays for step in item.milestones):
            yield from (held.explanation, held.effect)
            yield from (act.description for act in held.mitigations)
    for row in facts.all_risks:
        yield from (row.description, row.response)
    yield from (row.reason for row in facts.withdrawals.values())


def words_in(text):
    """The words of letters that come once in a plan."""
    return set(re.findall(r"\bq[a-z]+z\b", text.casefold()))


def no_text_comes_under_two_headings(paper):
    of_section = [words_in("\n".join(texts)) for texts in paper.sections.values()]
    for text in texts_of(paper.facts):
        its_own = words_in(text)
        assert sum(bool(its_own & found) for found in of_section) <= 1


def no_cut_turns_the_sense(paper):
    printed = words_in(paper.text)
    for text in texts_of(paper.facts):
        whole = sentences(flat(text)) if text else []
        for sentence, following in pairwise(whole):
            if (
                following.startswith(("But ", "Then ", "However, "))
                and words_in(sentence) & printed
            ):
                assert words_in(following) <= printed


def every_paragraph_on_delays_names_its_subject(paper):
    for block in [
        *paper.sections[SectionKind.DELAY],
        *paper.sections.get(SectionKind.MITIGATION, ()),
    ]:
        for line in block.split("\n- "):
            is_of_all = re.search(
                r"items? (?:is|are) late|late items, these|^(?:What|Some of what) agencies are doing|held up|slipped and|^No delay|no delay|^The delays above|^For .* is recorded",
                line,
            )
            assert is_of_all or any(tells(line, item) for item in paper.facts.items)


def late_items_of_a_paper_by_item_say_when_they_were_due(paper):
    lists = [block.split("\n") for block in paper.sections[SectionKind.DELAY] if "\n- " in block]
    # Those that are only named have their new dates.
    lists = [lines for lines in lists if "the gravest first" in lines[0]]
    for line in chain.from_iterable(lines[1:] for lines in lists if paper.is_by_item):
        if re.match(r"- \S+ more\b", line):
            # Those for which a long paper has no room.
            continue
        text = re.fullmatch(r"- .+? \(\d\.\d+\): (.+)", line)[1]
        assert re.search(r"\bdue (?:by|in|on) |\bwere to |\bwas to ", text)
        # A sentence each, and one new date at most that is the earliest.
        assert text[0].isupper() or text[0] in "“qt" or text[0].isdigit()
        assert line.count("at the earliest") <= 2


def a_late_item_of_which_a_result_is_told_is_named_where_delays_are(paper):
    told = paper.of(SectionKind.ACHIEVEMENTS).split("Other key achievements: ")[0]
    for item in paper.facts.items:
        if item.is_late and tells(told, item):
            assert tells(paper.of(SectionKind.DELAY), item), item.number


def no_sentence_begins_with_a_digit(paper):
    for text in chain.from_iterable(paper.sections.values()):
        for line in text.split("\n- "):
            for sentence in sentences(A_DATE_FIRST.sub("", line)):
                assert not sentence[0].isdigit(), sentence


RULES = (
    no_sentence_begins_with_a_digit,
    a_late_item_of_which_a_result_is_told_is_named_where_delays_are,
    late_items_of_a_paper_by_item_say_when_they_were_due,
    parts_add_up,
    no_text_comes_under_two_headings,
    no_cut_turns_the_sense,
    every_paragraph_on_delays_names_its_subject,
    finished_work_is_not_ahead,
    every_date_is_one_of_a_record,
    every_length_is_that_between_two_dates,
    every_count_is_that_of_the_records,
    every_key_item_in_trouble_is_told,
    the_summary_has_five_bullets_at_most,
    the_papers_words_are_kept_but_for_what_must_be_told,
    no_paragraph_is_long_and_no_sentence_comes_twice,
    the_paper_is_whole,
    the_grammar_is_right,
)


def check(paper, name):
    for rule in RULES:
        try:
            rule(paper)
        except AssertionError as error:
            raise AssertionError(f"{rule.__name__}, {name}: {error}\n{paper.text}") from error


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_rule_holds_for_random_plans_and_composing_twice_changes_nothing(batch):
    for seed in range(batch, BATCHES * SIZE, BATCHES):
        paper = Paper(random_facts(seed))
        check(paper, f"plan {seed}")
        if seed % BY_ITEM_TOO == 0:
            check(Paper(paper.facts, BY_ITEM), f"plan {seed} by item")
        if seed % AGAIN == 0:
            assert Paper(paper.facts).document == paper.document


@pytest.mark.django_db
@given(data=st.data())
@some_plans
def test_every_rule_holds_for_plans_in_the_database_on_any_day(data):
    with undone():
        plan = data.draw(plans()).plan
        AppointmentFactory(portfolio=plan.portfolio)
        dated = FIRST + timedelta(days=data.draw(st.integers(30, LIFE)))
        period = {"period_start": FIRST, "period_end": dated, "dated": dated}
        check(Paper(read_facts(draft(plan, **period, tracker_number="10/1"))), f"on {dated}")

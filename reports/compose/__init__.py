"""From a plan's records to the briefing as plain data, with the source of every paragraph.

`facts` reads the records as at the paper's date, `sections`, `delays`, `ahead` and `annexes`
write from them, `paragraphs` is how words become text. Nothing here writes a row or asks the clock.
"""

import re

from reports.compose.ahead import next_steps
from reports.compose.annexes import progress_picture, work_item_table
from reports.compose.delays import delay, mitigation
from reports.compose.facts import Facts, read
from reports.compose.paragraphs import Writer, key
from reports.compose.sections import achievements, background, purpose
from reports.document import (
    Contact,
    Cover,
    Document,
    Marking,
    Recommendation,
    Recommendations,
    Verb,
)
from reports.models import Briefing

__all__ = ["compose"]


def compose(briefing: Briefing) -> Document:
    """The briefing's document, from records as at the day it is dated; always 12 queries.

    The briefing need not be saved. Refused with a `DocumentError`, a sentence for the person at
    the screen, when the paper cannot be written: nobody holds the portfolio on that day, or a
    record holds text that cannot be printed.
    """
    facts = read(briefing)
    writer = Writer(facts)
    return Document.assemble(
        plan_title=facts.plan.title,
        cover=_cover(briefing, facts),
        sections=(
            purpose(writer),
            background(writer),
            achievements(writer),
            delay(writer),
            mitigation(writer),
            next_steps(writer),
        ),
        recommendation=Recommendations(
            lead=writer.paragraph("It is recommended that you:", about="recommendation"),
            items=(
                Recommendation(
                    key("r", "note the contents"),
                    Verb.NOTE,
                    writer.text("the contents of this paper"),
                ),
            ),
        ),
        annexes=(progress_picture(facts), work_item_table(facts)),
    )


def _cover(briefing: Briefing, facts: Facts) -> Cover:
    contacts = [
        Contact(name, direct_dial=phone, mobile=mobile)
        for name, phone, mobile in (
            (briefing.contact_name, briefing.contact_phone, briefing.contact_mobile),
            (
                briefing.second_contact_name,
                briefing.second_contact_phone,
                briefing.second_contact_mobile,
            ),
        )
        if name
    ]
    return Cover(
        minister=facts.minister,
        portfolio=facts.plan.portfolio,
        title=briefing.title,
        dated=briefing.dated,
        tracker_number=briefing.tracker_number,
        action_sought=briefing.action_sought,
        authorising_manager=Contact(
            briefing.manager_name,
            briefing.manager_role,
            briefing.manager_phone,
            briefing.manager_mobile,
        ),
        contacts=tuple(contacts),
        marking=Marking(briefing.marking),
        deadline=briefing.deadline,
        copied_to=_names(briefing.copied_to, r"\n"),
        for_referral_to=_names(briefing.for_referral_to, r"\n"),
        agencies_consulted=_names(briefing.agencies_consulted, r"[,;\n]"),
        on_behalf_of=f"for {briefing.on_behalf_of}" if briefing.on_behalf_of else "",
    )


def _names(text: str, between: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in re.split(between, text) if name.strip())

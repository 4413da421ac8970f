"""Add to the glossary of a plan, and change what it says."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from workitems.models import GlossaryEntry, Plan
from workitems.plan.services.refusals import Refused, locked


class NewEntry(NamedTuple):
    """An acronym and its words, none if readers know it; and the field of the form that has them."""

    acronym: str
    words: str
    field: str


@transaction.atomic
def add_entries(*, plan: Plan, entries: Iterable[NewEntry], by: User) -> Plan:
    """Add acronyms to the plan's glossary. Refuse one that it has already, and to add none."""
    plan = locked(plan)
    entries = list(entries)
    if not entries:
        raise Refused(_("Say what at least one acronym stands for, or that readers know it."))
    has = {entry.acronym.casefold(): entry for entry in plan.glossary.all()}
    faults = []
    for each in entries:
        if entry := has.get(each.acronym.casefold()):
            faults.append((_in_it_already(entry), each.field))
        has[each.acronym.casefold()] = GlossaryEntry(acronym=each.acronym, words=each.words)
    Refused.raise_any(faults)
    for each in entries:
        row = GlossaryEntry(plan=plan, acronym=each.acronym, words=each.words)
        history.save(row, by=by)
    return plan


def _in_it_already(entry: GlossaryEntry) -> str:
    if not entry.words:
        return _("{acronym} is in the glossary already.").format(acronym=entry)
    return _("{acronym} is in the glossary already: {words}.").format(
        acronym=entry, words=entry.words
    )


@transaction.atomic
def change_entry(*, entry: GlossaryEntry, words: str, version: int, by: User) -> GlossaryEntry:
    """Change the words of an acronym; without words, readers know it. Without a change, write nothing."""
    entry = locked(entry, version=version)
    if entry.words == words:
        return entry
    entry.words = words
    return history.save_version(entry, "words", by=by)

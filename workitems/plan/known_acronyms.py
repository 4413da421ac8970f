"""The acronyms that a plan knows: those of its glossary, and those in the names of agencies."""

from collections.abc import Collection, Iterable
from functools import cached_property

from django.utils.translation import ngettext

from agencies.models import Agency
from agencies.wording.translation import list_in_words
from workitems.models import GlossaryEntry, Plan
from workitems.terms.acronyms import Glossary, acronyms_in, initials_of, lacking


def glossary_of(plan: int) -> Glossary:
    """Return the glossary of the plan with this id, for papers. One query."""
    entries = GlossaryEntry.objects.filter(plan=plan).values_list("acronym", "words")
    return {acronym.casefold(): words for acronym, words in entries}


def named(agencies: Iterable[Agency]) -> set[str]:
    """Return the acronyms in the names of agencies, which have a mechanism of their own, and their initials."""
    names = [name for each in agencies for name in each.names]
    return {acronym for name in names for acronym in (*acronyms_in(name), *initials_of(name))}


def known_to(plan: Plan) -> "KnownAcronyms":
    """Return what the plan knows, read once for all texts of a page: it is kept on the plan's object."""
    if not hasattr(plan, "_known_acronyms"):
        plan._known_acronyms = KnownAcronyms(plan.pk)  # type: ignore[attr-defined]
    return plan._known_acronyms  # type: ignore[attr-defined,no-any-return]


class KnownAcronyms:
    """The acronyms that a plan knows, read in two queries when a text has one that not every reader knows."""

    def __init__(self, plan: int) -> None:
        self._plan = plan

    @cached_property
    def _known(self) -> Collection[str]:
        of_agencies = (each.casefold() for each in named(Agency.objects.all()))
        return {*glossary_of(self._plan), *of_agencies}

    def lacking(self, texts: Iterable[str]) -> list[str]:
        """Return the acronyms that the texts use, and neither write out nor the plan knows."""
        found = lacking(texts, ())
        return found and [each for each in found if each.casefold() not in self._known]

    def remarks(self, *texts: str) -> list[str]:
        """Return what to improve in typed texts, as sentences for their writer."""
        return _remarks(self.lacking(texts))

    def remarks_by_place(
        self, texts: Iterable[tuple[str, str]], others: Collection[str] = ()
    ) -> list[str]:
        """Return such sentences of texts with their places, each acronym where it is first used. `others` are known
        besides."""
        said = {each.casefold() for each in others}
        found = []
        for place, text in texts:
            new = [each for each in self.lacking([text]) if each.casefold() not in said]
            said.update(each.casefold() for each in new)
            found += [f"{place}: {remark}" for remark in _remarks(new)]
        return found


def _remarks(acronyms: list[str]) -> list[str]:
    if not acronyms:
        return []
    return [
        ngettext(
            "{acronyms} is not in the plan’s glossary, which the coordinator keeps: write it out.",
            "{acronyms} are not in the plan’s glossary, which the coordinator keeps: write them out.",
            len(acronyms),
        ).format(acronyms=list_in_words(acronyms))
    ]

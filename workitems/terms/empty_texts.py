"""Texts that name a topic and say nothing about it, beside those without content. Nothing here queries the database."""

import re

from workitems.terms.stems import says_nothing

# Of these alone nobody learns anything: "Weather", "Ongoing discussions".
_NAMED = """
    capacity challenge challenges competing constraints consultation covid covid-19 delay delays discussion discussions funding issues
    meeting meetings prioritisation priorities priority procurement resource resources resourcing staffing talks
    timing weather workload
"""
_TOPICS = frozenset(_NAMED.split())
_WORD = re.compile(r"[^\s,;:.!?()“”\"'–—]+")


def says_little(text: str) -> bool:
    """Whether a text has no content ("n/a", "As above") or only names a topic ("Weather")."""
    words = _WORD.findall(text.casefold())
    return all(word in _TOPICS or says_nothing(word) for word in words)

"""What must be right before a briefing is consulted on or authorised, and what should be looked at.

`of` lists everything, `blocking` what stops the paper. The rules are told in docs/checks.md. Nothing
here writes a row, renders a page or asks the clock.
"""

from reports.checks import blocks, warns
from reports.checks.check import BLOCKING, WARNING, Check
from reports.checks.material import read
from reports.models import Briefing

__all__ = ["BLOCKING", "WARNING", "Check", "blocking", "of"]


def of(briefing: Briefing) -> list[Check]:
    """Every check that the briefing fails, blocking ones first. A fixed number of queries, whatever
    the length of the paper."""
    material = read(briefing)
    return [*blocks.every(material), *(warns.every(material) if material.found else [])]


def blocking(briefing: Briefing) -> list[Check]:
    """The checks that stop the paper; none when it may go on."""
    return blocks.every(read(briefing))

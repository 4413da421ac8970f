"""Everything that can happen to a plan's records. The only code that writes them.

One module a noun. Each function is one transaction: it locks the row, checks what may follow
what, and writes the row with its history. A refusal is an exception whose message is written for
the person at the screen.
"""

from workitems.services.refusals import Conflict, Refused

__all__ = ["Conflict", "Refused"]

"""All writes to a plan's records, one module per noun.

Each function is one transaction: it locks the row, checks that the change is allowed, and writes
the row with its history. It refuses by raising `Refused`, whose message is for the user.
Parameters named `on` are today's New Zealand date; `at` is now.
"""

from workitems.plan.services.refusals import Conflict, Refused

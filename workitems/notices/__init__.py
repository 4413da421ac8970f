"""Who is told what by mail about returns, and when; docs/notices.md says it in one table.

`timetable` decides, `digest` words it, `sending` claims and sends.
"""

from workitems.notices.sending import Outcome, send_notices

__all__ = ["Outcome", "send_notices"]

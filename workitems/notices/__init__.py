"""Email notices about returns: who gets which, and when. docs/notices.md has the rules in a table.

`timetable` decides, `digest` writes the text, `sending` logs and sends.
"""

from workitems.notices.sending import Outcome, mail_at_once, send_notices, tell_at_once

"""Email notices: who gets which, and when. docs/notices.md has the rules in a table.

Each subject registers a source of `news`; `digest` composes the email, `sending` logs and sends.
"""

from workitems.notices.sending import Outcome, mail_at_once, send_notices

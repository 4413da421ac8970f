"""The workshop: a briefing's draft, edited in place beside the records it is written from.

Every act is a form that posts and comes back to the paragraph. The script (static/js/workshop.js)
sends the same forms; for words being typed it asks for JSON: 200 saved, 409 somebody else saved
first (with their words), 422 refused.
"""

from reports.views.drafting.acts import refresh, section
from reports.views.drafting.page import begin, draft, versions
from reports.views.drafting.words import ask, paragraph

__all__ = ["ask", "begin", "draft", "paragraph", "refresh", "section", "versions"]

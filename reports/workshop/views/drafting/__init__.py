"""The page of a draft, edited in place beside the records it is written from.

Each action is a form whose POST redirects back to the paragraph. The script (static/js/workshop.js)
sends the same forms. While text is typed it asks for JSON: 200 saved, 409 another user saved first
(with their text), 422 refused.
"""

from reports.workshop.views.drafting.page import begin, draft, paragraph_acts, versions
from reports.workshop.views.drafting.undo import undo
from reports.workshop.views.drafting.update_page import update
from reports.workshop.views.drafting.words import ask, paragraph, section

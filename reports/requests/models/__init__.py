"""Models of requests for official information, and of what is released because of them."""

from reports.requests.models.earlier_paper import EarlierPaper
from reports.requests.models.file_check import FileCheck
from reports.requests.models.letter import RequestLetter
from reports.requests.models.line_copy import LineCopy
from reports.requests.models.non_working_day import NonWorkingDay
from reports.requests.models.public_page import PublicPage
from reports.requests.models.redaction import Redaction
from reports.requests.models.released import PublicLetter, Release, ReleasedPaper
from reports.requests.models.request import InformationRequest, RequestEvent
from reports.requests.models.schedule import Consultation, ScheduleLine

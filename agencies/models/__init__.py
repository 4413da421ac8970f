"""Agencies, users, their seats (roles in a place for a period), invitations and Ministers.

Only fields, constraints, querysets and properties of one row. Writes are in `agencies.people.services`.
"""

from agencies.models.agency import (
    OFFICE_PATH,
    Agency,
    AgencyQuerySet,
    Appointment,
    Office,
    PeriodQuerySet,
    Place,
    by_short_name,
    columns_of,
    path_of,
)
from agencies.models.entry import Invitation, SentForm, Token
from agencies.models.upkeep import FilesMarker, Maintenance, WaitingMail
from agencies.models.users import (
    AS_WHAT,
    ROLE_CODES,
    UNIT_LENGTH,
    WRITING_ROLES,
    Placed,
    Seat,
    SeatQuerySet,
    Unit,
    User,
    UserQuerySet,
)

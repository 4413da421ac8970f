"""All writes to seats and invitations.

`give_seat` and `end_seat` are exported here, because commands and other apps use them.
"""

from agencies.people.services.seats import SeatRefused, end_seat, give_seat

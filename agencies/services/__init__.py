"""Everything that can happen to seats and to invitations. The only code that writes them.

`give_seat` and `end_seat` are named here as well, since commands and other apps use them.
"""

from agencies.services.seats import SeatRefused, end_seat, give_seat

__all__ = ["SeatRefused", "end_seat", "give_seat"]

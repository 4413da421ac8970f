"""Letters about a request for official information, written from facts.

`Facts` is what a caller fills in, `write` returns the `Letter`, `missing` says what one would lack
and `lacking` what a finished one is without, `public_copy` takes its requester out,
`without_requester` out of other text. Import from this package.
"""

from reports.requests.letters.letter import (
    Block,
    Grid,
    Letter,
    LetterPart,
    Points,
    Purpose,
    Quote,
    Row,
    Words,
    letter_from,
    lines_of,
    public_copy,
    without_requester,
)
from reports.requests.letters.letter_facts import (
    Clock,
    Decision,
    Event,
    Extension,
    Facts,
    Happened,
    Kind,
    Line,
    Ombudsman,
    Person,
    Requester,
    Transfer,
    clock_of,
)
from reports.requests.letters.missing import (
    GROUND_FOR_NOTHING,
    NO_OMBUDSMAN,
    OF_SCHEDULE,
    lacking,
    missing,
)
from reports.requests.letters.writing import write

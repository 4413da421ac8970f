"""Test two advisers, and two reviewers, who act on the same paper at the same moment."""

import pytest

from agencies.models import Seat
from reports.requests.models import Redaction
from reports.requests.services import redactions
from tests.factories import SeatFactory
from tests.reports.requests.conftest import NOW
from tests.workitems.plan.test_concurrency import simultaneously

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def outcomes(found):
    return sorted(str(each) if isinstance(each, Exception) else "done" for each in found)


def test_two_advisers_withhold_the_same_words_once_and_other_words_both(line, adviser):
    other = SeatFactory(agency=line.request.agency, role=Seat.Role.OIA_ADVISER).user
    title = redactions.texts_of(redactions.document_of(line))["cover.title"][:8]

    def propose(number, ends):
        return redactions.propose(
            line=line,
            document_sha256=line.issued.document_sha256,
            spans=[("cover.title", 0, ends[number])],
            grounds=["6(c)"],
            by=(adviser, other)[number],
            at=NOW,
        )

    assert outcomes(simultaneously(2, lambda number: propose(number, (8, 8)))) == [
        "done",
        f"“{title.strip()}” is already withheld.",
    ]
    assert outcomes(simultaneously(2, lambda number: propose(number, (4, 5)))) == ["done", "done"]
    assert sorted(Redaction.objects.values_list("end", flat=True)) == [4, 5, 8]


def test_of_two_reviewers_who_answer_at_once_one_is_refused(line, adviser, reviewer):
    rows = redactions.propose(
        line=line,
        document_sha256=line.issued.document_sha256,
        spans=[("cover.title", 0, 4), ("cover.title", 0, 5)],
        grounds=["6(c)"],
        by=adviser,
        at=NOW,
    )

    def agree(number):
        return redactions.agree_all(
            request=line.request,
            versions={row.pk: row.version for row in rows},
            by=reviewer,
            at=NOW,
        )

    answers = outcomes(simultaneously(2, agree))
    assert answers[1] == "done" and answers[0].startswith("One of these was answered or withdrawn")
    assert set(Redaction.objects.values_list("state", flat=True)) == {"agreed"}

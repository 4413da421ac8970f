"""Test how the pages of a redacted copy are asked about, which nothing could compare."""

import pytest

from reports.requests.pages.checking.forms import KeepCopyForm
from tests.reports.requests.factories import FileCheckFactory

pytestmark = pytest.mark.django_db


def test_pages_of_which_no_line_can_be_named_have_one_box_and_one_sentence():
    apart = [{"page": page, "of": page, "lines": []} for page in (1, 2, 4)]
    apart.append({"page": 3, "of": 3, "lines": ["They ask for money."]})
    check = FileCheckFactory.build(
        report={
            "pages": 5,
            "found": [],
            "recognised": 0,
            "has_text": False,
            "readers": [],
            "comparison": None,
            "looks": {"same": [5], "apart": apart, "is_whole": False},
        }
    )
    assert check.pages_not_listed == (1, 2, 4)
    form = KeepCopyForm({"pages": ["3", "1 2 4", "5"]}, check=check)
    assert [label for _value, label in form.fields["pages"].choices] == [
        "Page 3: looks different from the paper",
        "Page 5: looks the same as in the paper",
        "Pages 1, 2, 4: look different from the paper",
    ]
    assert form.is_valid(), form.errors
    assert sorted(form.cleaned_data["pages"]) == [1, 2, 3, 4, 5]

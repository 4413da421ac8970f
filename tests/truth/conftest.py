"""The plan, its agencies and their users, as in the tests of reports and of workitems."""

from tests.reports.conftest import customs, item, labour, plan, police  # noqa: F401
from tests.workitems.conftest import (  # noqa: F401
    approver,
    client_of,
    colleague,
    contributor,
    coordinator,
    milestone,
    of_return,
    on_the_day,
)

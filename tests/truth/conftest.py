"""The plan and its agencies, as in the tests of reports."""

from tests.reports.conftest import customs, item, labour, plan, police  # noqa: F401

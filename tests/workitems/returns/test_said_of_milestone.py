"""Test how pages show what a return says of a milestone."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string


@pytest.mark.parametrize("template", ["milestone_answer", "said_of_milestone"])
def test_the_address_of_a_page_given_as_evidence_keeps_its_small_letter(template):
    def shown(reason):
        answer = SimpleNamespace(pk=1, outcome="done", day="20 November 2026", reason=reason)
        return render_to_string(f"workitems/returns/{template}.html", {"answer": answer})

    assert "https://www.employment.govt.nz" in shown("https://www.employment.govt.nz")
    assert "The guidance is out" in shown("the guidance is out")

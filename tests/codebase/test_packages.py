"""Test the audit of packages: one that audited nothing is never taken for a clean one."""

import json

import pytest

from trafficking_plan.testing import packages

SOUND = {"name": "django", "version": "5.2.19", "vulns": []}
FAULTY = {
    "name": "pillow",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.0"]}, {"id": "PYSEC-2", "fix_versions": []}],
}
SKIPPED = {"name": "asgiref", "version": "3.13.0", "skip_reason": "not found"}
INCOMPLETE = "The audit is not complete{}. Run it where the package index can be reached."


@pytest.mark.parametrize(
    ("dependencies", "faults", "counted"),
    [
        ([SOUND], [], "1 of 1 packages were audited."),
        ([SOUND, SKIPPED], [INCOMPLETE.format(": asgiref")], "1 of 2 packages were audited."),
        ([], [INCOMPLETE.format("")], "0 of 0 packages were audited."),
        (
            [FAULTY, SOUND],
            ["pillow 1.0: PYSEC-1, mended by 2.0.", "pillow 1.0: PYSEC-2, mended by no version yet."],
            "2 of 2 packages were audited.",
        ),
    ],
)  # fmt: skip
def test_an_audit_is_clean_only_if_every_package_was_audited(dependencies, faults, counted, capsys):
    assert list(packages.faults_of({"dependencies": dependencies})) == faults
    assert capsys.readouterr().out.splitlines() == [counted]


def test_the_bill_of_materials_names_every_package_that_is_pinned(tmp_path):
    lock, bill = tmp_path / "some.lock", tmp_path / "bill.json"
    lock.write_text("django==5.2.19\nasgiref==3.13.0\n")
    packages.write_bill(lock, bill)
    said = json.loads(bill.read_text())
    assert said["bomFormat"] == "CycloneDX"
    assert sorted((each["name"], each["version"]) for each in said["components"]) == [
        ("asgiref", "3.13.0"), ("django", "5.2.19"),
    ]  # fmt: skip

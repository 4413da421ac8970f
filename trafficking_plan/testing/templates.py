"""Formats the templates with djade, or checks that they are formatted.

A template that ends without a line break is part of a line of text: a break after it would be
printed as a space. djade ends every file with one, so it gets copies, and the break is taken off.
"""

import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = ROOT / "templates"
DJANGO = "5.2"


def main(arguments: list[str]) -> int:
    """Write what is not formatted, or with `--check` name it and fail."""
    wrong = unformatted(TEMPLATES)
    for path, text in wrong.items():
        print(f"{path.relative_to(ROOT)} is not formatted")
        if "--check" not in arguments:
            path.write_text(text)
    if wrong and "--check" in arguments:
        print("Format them: python -m trafficking_plan.testing.templates")
        return 1
    return 0


def unformatted(folder: Path) -> dict[Path, str]:
    """Each template that djade would change, and what it should be."""
    with tempfile.TemporaryDirectory() as name:
        copies = Path(shutil.copytree(folder, Path(name) / "templates"))
        files = sorted(copies.rglob("*.html"))
        djade = Path(sysconfig.get_path("scripts")) / "djade"
        done = subprocess.run([djade, "--target-version", DJANGO, *files], capture_output=True)
        if done.returncode not in (0, 1):  # 1 says that it changed a file
            raise RuntimeError(done.stderr.decode())
        wrong = {}
        for copy in files:
            path = folder / copy.relative_to(copies)
            text, right = path.read_text(), copy.read_text()
            if not text.endswith("\n"):
                right = right.removesuffix("\n")
            if right != text:
                wrong[path] = right
        return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

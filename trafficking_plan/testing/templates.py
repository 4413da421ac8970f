"""Format the templates with djade, or check that they are formatted.

A template without a line break at its end is part of a line of text; a line break would add a space
to the output. djade adds one to every file, so it runs on copies, and the line break is removed.
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
    """Format the templates, or with `--check` list those that are not formatted and return 1."""
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
    """Return the templates that are not formatted, with their formatted text."""
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

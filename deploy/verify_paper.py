#!/usr/bin/env python3
"""Say whether files are issued papers, from the published list of digests alone.

    python3 verify_paper.py digests.jsonl briefing.pdf ...

Needs only Python, and neither the service nor its database. `digests.jsonl` is what `plan-register digests list` printed.
Compare the last digest that this says with one that was noted elsewhere.
"""

import hashlib
import json
import sys


def canonical(entry):
    return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(lines):
    """Check the list. Return a dict from the SHA-256 of each paper's file to its entry, and the last digest."""
    papers, before = {}, ""
    for number, line in enumerate(lines, start=1):
        entry = json.loads(line)
        digest = entry.pop("digest")
        if hashlib.sha256(canonical(entry).encode()).hexdigest() != digest:
            sys.exit(f"Line {number} of the list was changed: its digest is another.")
        if entry["before"] != before or entry["place"] != number:
            sys.exit(f"Line {number} of the list does not follow from the one before it.")
        before = digest
        for kind in ("pdf", "json"):
            if "paper" in entry:
                papers[entry["paper"][kind]] = entry
    return papers, before


def main(listed, *files):
    with open(listed, encoding="utf-8") as lines:
        papers, newest = read(line for line in lines if line.strip())
    unknown = 0
    for name in files:
        with open(name, "rb") as file:
            entry = papers.get(hashlib.sha256(file.read()).hexdigest())
        unknown += entry is None
        said = (
            f"issued, digest {entry['place']} of {entry['at'][:10]} (UTC)"
            if entry
            else "not an issued paper"
        )
        sys.stdout.write(f"{name}: {said}\n")
    sys.stdout.write(f"The list is whole. Its last digest: {newest}\n")
    return int(bool(unknown))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

"""What redacting a long paper and examining its bytes add to making it."""

import time
from collections.abc import Callable
from importlib import import_module
from io import BytesIO

COPIES = 67  # of the sample's nine items
MOST = 3.0  # seconds that both may take together
STAMP = "RELEASED UNDER THE OFFICIAL INFORMATION ACT"


def run(runs: int = 3) -> list[tuple[str, float]]:
    """Return what is done to a paper of 600 items with texts, and the seconds each step takes."""
    import pikepdf

    from reports.requests.print.released import render_released
    from reports.requests.redaction import gate, redact

    sample = import_module("tests.reports.sample")
    paper = sample.document(
        annexes=(sample.progress_picture(), sample.work_item_texts(copies=COPIES))
    )
    found = redact.leaves(paper)
    spans = [redact.Span(leaf.place, 0, len(leaf.text), ("9(2)(a)",)) for leaf in found[::40]]

    start = time.perf_counter()
    data = render_released(paper, spans, stamp=STAMP)
    rendering = time.perf_counter() - start
    with pikepdf.open(BytesIO(data)) as pdf:
        pages = len(pdf.pages)
    withheld = redact.needles(paper, spans)
    visible = redact.visible_elsewhere(paper, spans)

    def examine() -> None:
        report = gate.examine(
            data,
            needles=withheld,
            file_name="paper.pdf",
            pages=pages,
            stamp=STAMP,
            visible_on_purpose=visible,
        )
        assert report.passes, report.findings

    return [
        (f"render {pages} pages", rendering),
        ("redact", best(runs, lambda: redact.redact(paper, spans))),
        (
            "find what is visible elsewhere",
            best(runs, lambda: redact.visible_elsewhere(paper, spans)),
        ),
        (f"examine {len(data):,} bytes", best(runs, examine)),
    ]


def best(runs: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)

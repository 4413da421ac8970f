"""Keyboard helpers for users without a mouse."""


def tab_to(page, words):
    """Press Tab until the control with these words (its text or its label) has the focus."""
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
                const at = document.activeElement;
                const label = at.labels?.[0] ?? at;
                return label.innerText.replace(/\\s+/g, ' ').trim();
            }"""
        )
        seen.append(found)
        if found == words or found.startswith((f"{words} (", f"{words} for example")):
            return
    raise AssertionError(f"The keyboard does not reach “{words}”. {seen}")

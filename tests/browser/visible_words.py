"""How many words a page says at rest: without tooltips, titles, closed parts and what only a reader's program says."""

WORDS = """(without) => {
  const count = (element) => [...element.childNodes].reduce((sum, node) => {
    if (node.nodeType === Node.TEXT_NODE) return sum + node.data.split(/\\s+/).filter(Boolean).length;
    if (!(node instanceof Element) || node.matches("title, desc, script, style, [role=tooltip], .visually-hidden")) return sum;
    if (without && node.matches(without)) return sum;
    if (getComputedStyle(node).display === "none") return sum;
    return sum + count(node.matches("details:not([open])") ? node.querySelector("summary") : node);
  }, 0);
  return count(document.querySelector("main"));
}"""


def visible_words(page, without: str = "") -> int:
    """Return the words of the page's `main`, leaving out what the selector `without` matches."""
    return int(page.evaluate(WORDS, without))

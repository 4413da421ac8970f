"""What live regions say on a page, as a screen reader is told of it: each change of their words, once."""

from playwright.sync_api import Page

RECORD = """() => {
  const LIVE = '[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]';
  window.heard = [];
  const observer = new MutationObserver((changes) => {
    const regions = new Set();
    for (const { target, addedNodes } of changes) {
      const place = target.nodeType === 1 ? target : target.parentElement;
      const region = place?.closest(LIVE);
      if (region) regions.add(region);
      for (const added of addedNodes) {
        if (added.nodeType !== 1) continue;
        for (const each of [added, ...added.querySelectorAll('*')]) if (each.matches(LIVE)) regions.add(each);
      }
    }
    for (const region of regions) {
      const words = region.textContent.replace(/\\s+/g, ' ').trim();
      if (words && region.checkVisibility()) window.heard.push(words);
    }
  });
  const begin = () => observer.observe(document, { childList: true, characterData: true, subtree: true });
  // What a page brings with it is not said: no region was there before.
  if (document.readyState === 'loading') document.addEventListener('readystatechange', begin, { once: true });
  else begin();
}"""


def listen(page: Page) -> None:
    """Record from now on, on this page and each that is loaded in its place."""
    page.add_init_script(f"({RECORD})()")
    page.evaluate(RECORD)


def heard(page: Page, *, since: int = 0) -> list[str]:
    """Return what was said, from the `since`-th words on, when a second has passed."""
    page.wait_for_timeout(1000)
    found: list[str] = page.evaluate("window.heard")
    return found[since:]

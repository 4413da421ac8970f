// Gives a box of words with marks its editor when it is first used.

document.addEventListener("focusin", async ({ target }) => {
  if (!target.matches("textarea[data-marks]") || target.dataset.marks === "asked") return;
  const isSingle = target.dataset.marks === "line";
  target.dataset.marks = "asked";
  const { enrich } = await import("./rich_text.js").catch(() => ({}));
  enrich?.(target, { isSingle });
});

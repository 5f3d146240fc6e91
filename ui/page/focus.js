// Brings the focus to what is still to come.

// The focus goes to what is found as soon as that can take it, and anew should a list that is renewed take it away;
// until the reader does anything else.
export function bringFocus(find) {
  const done = new AbortController(), until = performance.now() + 3000;
  for (const act of ["keydown", "pointerdown"]) addEventListener(act, () => done.abort(), { capture: true, signal: done.signal });
  function step() {
    const target = find();
    if (target !== document.activeElement) target?.focus();
    if (performance.now() > until) done.abort();
    if (!done.signal.aborted) requestAnimationFrame(step);
  }
  requestAnimationFrame(step);
}

export function focusSoon(selector, tries) {
  const found = document.querySelector(selector);
  if (found) found.focus();
  else if (tries > 0) requestAnimationFrame(() => focusSoon(selector, tries - 1)); // it is still being drawn
}

// Hands what was clicked to the server: in boxes that nobody sees, whose changes it is told.

let clicks = 0; // number of the last followed link; the pane carries it back in data-open

export function tell(id, href, text = "") {
  const box = document.querySelector(`#${id} input, #${id} textarea`);
  if (!box) return;
  clicks += 1;
  box.value = `${href.slice(1)} ${clicks} ${text}`.trim();
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

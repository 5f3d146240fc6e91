// One answer at a time: what would ask another, or the same question again before it was taken, goes no further.

let sent = { text: "", at: -Infinity };

function early(event) {
  const box = document.querySelector("#cd-question textarea");
  const asks = event.type === "keydown" ? event.key === "Enter" && !event.shiftKey && event.target === box : event.target.closest?.("#cd-send");
  if (!asks || event.isComposing) return;
  const again = box.value === sent.text && performance.now() - sent.at < 2000;
  if (answering() || again || !box.value.trim()) {
    event.preventDefault();
    event.stopPropagation();
  } else sent = { text: box.value, at: performance.now() };
}

export const answering = () => Boolean(document.querySelector("#cd-stop")?.offsetParent);
for (const act of ["keydown", "click"]) document.addEventListener(act, early, true);
document.addEventListener("input", () => (sent.at = -Infinity), true);

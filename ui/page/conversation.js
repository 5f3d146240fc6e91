// The conversation on the page: where it is scrolled to, and what has the focus in it.

export const conversation = () => document.querySelector('#cd-chat [role="log"]');
export const newest = (log, role) => [...log.querySelectorAll(`.message.${role}`)].at(-1) ?? null;

// The conversation is drawn anew while an answer grows. What had the focus gets it back in its new shape.
const FOCUSABLE = "#cd-chat .message :is(a[href], .cd-sign)";
let held = null; // the element, and what finds its successor

const alike = (one) => (one.matches("a") ? `#cd-chat a[href="${CSS.escape(one.getAttribute("href"))}"]` : "#cd-chat .cd-sign");

document.addEventListener("focusin", (event) => {
  if (!event.target.matches?.(FOCUSABLE)) {
    held = null;
    return;
  }
  const same = alike(event.target);
  held = { element: event.target, same, place: [...document.querySelectorAll(same)].indexOf(event.target) };
});
document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest?.(FOCUSABLE)) held = null;
});

export function keepFocus() {
  if (!held || held.element.isConnected || document.activeElement !== document.body) return;
  const heir = document.querySelectorAll(held.same)[held.place];
  if (heir) heir.focus({ preventScroll: true });
}

// An answer grows downwards until its question is at the top, or somebody moves in the conversation.
let settled = null; // the question whose answer is left where it is
let placed = 0; // where we last scrolled to

export function keepInView() {
  const log = conversation();
  if (log) room.observe(log); // once more is no more
  place();
}

function place() {
  const log = conversation();
  const asked = log && newest(log, "user");
  if (!asked || settled === asked) return;
  log.scrollTop += asked.getBoundingClientRect().top - log.getBoundingClientRect().top - 12;
  placed = log.scrollTop;
}

const room = new ResizeObserver(place); // the questions to ask next take of it

for (const moved of ["pointerdown", "focusin", "scroll"]) {
  document.addEventListener(moved, ({ target }) => settle(moved, target), { capture: true, passive: true });
}

function settle(moved, target) {
  const log = conversation();
  if (!log?.contains(target) || (moved === "scroll" && Math.abs(log.scrollTop - placed) < 2)) return;
  settled = newest(log, "user");
}

// A reason that covers something can be put away (Escape) without leaving the sentence.
export function hush() {
  const open = [...document.querySelectorAll(".cd-sign:focus, .cd-claim:hover .cd-sign")].filter(
    (sign) => !sign.classList.contains("cd-hushed"),
  );
  for (const sign of open) {
    sign.classList.add("cd-hushed");
    const again = () => sign.classList.remove("cd-hushed");
    sign.addEventListener("blur", again, { once: true });
    sign.closest(".cd-claim").addEventListener("mouseleave", again, { once: true });
  }
  return open.length > 0;
}

// Tells a screen reader what an answer says as it is checked.

import { conversation, newest } from "./conversation.js";

// Gradio's log would be read anew with every word. So it is silent, and every finished sentence is told once.
const live = document.createElement("div");
live.className = "cd-live";
live.setAttribute("role", "status");
const told = new Set(); // of the last answer

export function say(text) {
  live.textContent = text;
}

export function tellAnswer() {
  const log = conversation();
  if (!log) return;
  if (log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
  if (!live.isConnected) document.body.append(live);
  const last = newest(log, "bot");
  if (!last || last.querySelector(".cd-working")) {
    told.clear();
    return;
  }
  const parts = [...last.querySelectorAll(".cd-claim, .cd-refusal, .cd-legend, .cd-conflict-head, .cd-notice:not([role])")]
    .map(spoken)
    .filter((text) => text && !told.has(text));
  for (const text of parts) told.add(text);
  if (parts.length > 0) say(parts.join(" "));
}

function spoken(part) {
  const copy = part.cloneNode(true);
  for (const extra of copy.querySelectorAll(".cd-ref, .cd-why")) extra.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

// Copies a quote with its source, and a whole answer.

import { say } from "./speaking.js";

const REFUSED = "Copying is not allowed by this browser";

export async function copy(doc) {
  const text = doc.querySelector(".cd-copy-text").textContent;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyBySelection(text);
  }
  doc.querySelector(".cd-copied").textContent = done ? "Copied" : REFUSED;
}

// The promise of a text, because a browser lets a page write only at once after a click.
export async function copyAnswer(link) {
  const fetched = fetch(link.href).then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)));
  let told = "Copied";
  try {
    const item = new ClipboardItem({ "text/plain": fetched.then((text) => new Blob([text], { type: "text/plain" })) });
    await navigator.clipboard.write([item]);
  } catch {
    told = await fetched.then(
      (text) => (copyBySelection(text) ? told : REFUSED),
      () => "The answer could not be fetched",
    );
  }
  say(told);
  const words = link.dataset.words ?? link.textContent;
  link.dataset.words = words;
  link.textContent = told;
  setTimeout(() => (link.textContent = words), 2500);
}

// navigator.clipboard exists only on https and on localhost.
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  const focused = document.activeElement;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}

// While the form of a vote down is open, every paragraph in the reader can be chosen as the right one.

import { append } from "./dialog.js";
import { focusSoon } from "./focus.js";
import { tell } from "./tell.js";

let choosing = false;

export function offerParagraphs() {
  const open = document.querySelector("#cd-feedback")?.checkVisibility() ?? false;
  if (open !== choosing) {
    choosing = open;
    document.body.classList.toggle("cd-choosing", open);
    if (open) focusSoon(".cd-feedback-head", 60);
  }
  if (!open) {
    for (const button of document.querySelectorAll(".cd-choose")) button.remove();
    return;
  }
  for (const paragraph of document.querySelectorAll("#cd-reader .cd-par:not(:has(.cd-choose))")) {
    const button = append(paragraph, "button", "This is the right paragraph");
    button.type = "button";
    button.className = "cd-choose";
  }
}

export function choose(button) {
  const { number } = button.closest(".cd-par").dataset;
  tell("cd-spotted", `#right-${number}`, button.closest(".cd-doc").dataset.document);
  document.body.classList.remove("cd-reading");
  document.querySelector("#cd-feedback-send")?.focus();
}

export function closeForm(target) {
  const inside = Boolean(target.closest?.("#cd-feedback"));
  if (inside) document.querySelector("#cd-feedback-close")?.click();
  return inside;
}

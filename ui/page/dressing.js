// The sanitiser leaves links, and takes off what says that they are buttons. Gradio calls its examples a list of
// things that are no list items, and the cross of what is chosen in a filter by a number.

import { showVote } from "./voting.js";

export function dress() {
  for (const cross of document.querySelectorAll(".token > .token-remove")) {
    const name = `Remove ${cross.parentElement.textContent.trim()}`;
    if (cross.title !== name) cross.title = name;
  }
  for (const examples of document.querySelectorAll("#cd-chat .examples[role=list]")) examples.setAttribute("role", "group");
  for (const acts of document.querySelectorAll("#cd-chat .cd-acts:not([role])")) {
    acts.setAttribute("role", "group");
    acts.setAttribute("aria-label", "This answer");
    for (const link of acts.querySelectorAll(".cd-copy-answer, .cd-vote")) link.setAttribute("role", "button");
    for (const link of acts.querySelectorAll('a[target]:not(.cd-print)')) link.removeAttribute("target"); // a download
    showVote(acts);
  }
}

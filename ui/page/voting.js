// Votes: kept by the server at once, shown here until the conversation is opened anew.

import { tell } from "./tell.js";

export const VOTE = /^#(up|down)-(\d+)$/;
const votes = new Map(); // where the answer's exports are -> "up", "down", "none"
const answerOf = (acts) => acts.querySelector(".cd-copy-answer").getAttribute("href");

export function vote(link, kind, number) {
  const acts = link.closest(".cd-acts");
  const now = link.getAttribute("aria-pressed") === "true" ? "none" : kind;
  votes.set(answerOf(acts), now);
  tell("cd-voted", `#${now}-${number}`);
  pressed(acts, now);
}

// Shows on an answer that was drawn anew what was voted.
export function showVote(acts) {
  const before = acts.querySelector(".cd-pressed")?.getAttribute("href").match(VOTE)[1] ?? "none";
  pressed(acts, votes.get(answerOf(acts)) ?? before);
}

function pressed(acts, now) {
  for (const link of acts.querySelectorAll(".cd-vote")) {
    const on = link.getAttribute("href").startsWith(`#${now}-`);
    link.classList.toggle("cd-pressed", on);
    link.setAttribute("aria-pressed", String(on));
  }
}

// What a click, a key and a change of the page lead to. Loaded first: it imports the others.

import { answering } from "./asking.js";
import { hush, keepFocus, keepInView } from "./conversation.js";
import { copy, copyAnswer } from "./copying.js";
import { dress } from "./dressing.js";
import { manage } from "./managing.js";
import { back, follow, reader, see, showReader } from "./reader.js";
import { deleteTalk, fold, openTalk, renameTalk, sayFolded, showTalks, unlist } from "./shelf.js";
import "./signed_out.js";
import { tellAnswer } from "./speaking.js";
import { choose, closeForm, offerParagraphs } from "./spotting.js";
import { tell } from "./tell.js";
import { VOTE, vote } from "./voting.js";

const TARGET = /^#((?:cite|related|flagged)-\d+-\d+|doc-[\w.~%-]+)$/;
const WIDEN = /^#widen-\d+-(?:time|outlet)$/;
const NEXT = /^#next-\d+$/;

document.addEventListener(
  "click",
  (event) => {
    if (!(event.target instanceof Element)) return;
    const row = event.target.closest(".cd-table tbody tr");
    const link = event.target.closest("a[href]") ?? row?.querySelector("a[href]");
    const href = link?.getAttribute("href") ?? "";
    if (href === "#back") {
      event.preventDefault();
      event.stopPropagation();
      back();
    } else if (TARGET.test(href)) {
      event.preventDefault();
      event.stopPropagation();
      follow(link, href);
    } else if (WIDEN.test(href) || NEXT.test(href)) {
      event.preventDefault();
      event.stopPropagation();
      if (!answering()) tell("cd-linked", href, NEXT.test(href) ? link.lastChild.textContent : "");
      document.querySelector("#cd-question textarea")?.focus(); // the link goes with the answer
    } else if (VOTE.test(href)) {
      event.preventDefault();
      event.stopPropagation();
      vote(link, ...VOTE.exec(href).slice(1));
    } else if (link?.matches(".cd-copy-answer")) {
      event.preventDefault();
      event.stopPropagation();
      copyAnswer(link);
    } else if (link?.matches(".cd-talk-open") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      openTalk(link.closest(".cd-talk").dataset.id);
    } else {
      press(event.target.closest("button"));
    }
  },
  true,
);

function press(button) {
  const talk = button?.closest(".cd-talk");
  if (button?.matches(".cd-copy")) copy(button.closest(".cd-doc"));
  else if (button?.matches(".cd-fold")) fold();
  else if (button?.matches(".cd-choose")) choose(button);
  else if (button?.matches(".cd-talk-rename")) renameTalk(talk);
  else if (button?.matches(".cd-talk-delete")) deleteTalk(talk);
  else if (button?.matches("#cd-clear")) unlist();
  else if (button?.matches(".cd-manage button")) manage(button);
  else if (button?.matches(".cd-seen")) see(button.closest(".cd-doc"), button.dataset.seen);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "Escape" && (event.target.closest?.("dialog") || hush() || closeForm(event.target) || unlist())) return;
  if (event.key === " " && event.target.matches?.('.cd-acts a[role="button"]')) {
    event.preventDefault();
    event.target.click();
  } else if (event.key === "Escape") {
    const inside = reader()?.contains(event.target);
    if (inside || document.body.classList.contains("cd-reading")) back();
  } else if (!typing && !event.metaKey && (event.key === "[" || event.key === "]")) {
    reader()?.querySelector(event.key === "[" ? 'a[rel="prev"]' : 'a[rel="next"]')?.click();
  }
});

new MutationObserver(() => {
  showReader();
  showTalks();
  offerParagraphs();
  dress();
  keepFocus();
  tellAnswer();
  keepInView();
  if (!document.querySelector(".cd-fold")?.hasAttribute("aria-expanded")) sayFolded();
}).observe(document.documentElement, { childList: true, subtree: true });

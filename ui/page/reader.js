// The reader pane: follows links into it and back, and points out what was cited.

import { bringFocus } from "./focus.js";
import { tell } from "./tell.js";

let shown = "";
let current = ""; // href of what is open
let opener = { href: "", place: 0 }; // the link that was followed, among all of the same href outside the pane

export const reader = () => document.getElementById("cd-reader");
const twins = (href) =>
  [...document.querySelectorAll(`a[href="${CSS.escape(href)}"]`)].filter((link) => !reader()?.contains(link));

// Opens what a link leads to.
export function follow(link, href) {
  if (!reader()?.contains(link)) {
    const tab = document.querySelector('[role="tab"][aria-selected="true"]');
    opener = { href, place: twins(href).indexOf(link), tab: tab?.id ? `#${CSS.escape(tab.id)}` : "" };
  }
  current = href;
  tell("cd-clicked", href);
}

export function back() {
  document.body.classList.remove("cd-reading");
  const tab = elsewhere();
  tab?.click();
  // What is open may have been reached from what was opened, and is then in no list.
  const { href, place } = opener, open = current, listed = href === current || tab;
  bringFocus(() => {
    const link = (listed ? twins(href)[place] : null) ?? twins(open)[0];
    return link ?? document.querySelector(tab ? ":is(#cd-find, #cd-path) :is(input, textarea)" : "#cd-question textarea");
  });
}

// The tab, other than the first, from which the reader was opened.
function elsewhere() {
  const tab = opener.tab ? document.querySelector(opener.tab) : null;
  return tab && tab !== document.querySelector('[role="tab"]') ? tab : null;
}

export function showReader() {
  const doc = document.querySelector("#cd-reader .cd-doc");
  const number = doc?.dataset.open ?? "";
  if (number === shown) return;
  shown = number;
  document.body.classList.toggle("cd-reading", Boolean(doc));
  if (doc) arrive(doc, 60);
}

function arrive(doc, tries) {
  const body = doc.querySelector(".cd-body");
  if (body.getBoundingClientRect().height === 0 && tries > 0) {
    requestAnimationFrame(() => arrive(doc, tries - 1)); // the Ask tab is still being switched to
    return;
  }
  const tab = elsewhere();
  const home = doc.querySelector(".cd-back");
  if (tab && home) {
    home.textContent = `← ${tab.textContent.trim()}`;
    home.classList.add("cd-elsewhere");
  }
  if (doc.querySelector(".cd-switch")) see(doc, preferred);
  else pointOut(doc);
  const paragraph = doc.dataset.seen === "text" && body.querySelector(".cd-cited");
  (paragraph || doc.querySelector(".cd-title")).focus({ preventScroll: true });
  for (const link of document.querySelectorAll("a[aria-current]:not(.cd-talk-open)")) link.removeAttribute("aria-current");
  for (const link of twins(current)) link.setAttribute("aria-current", "true");
}

// Printed pages or their text; what was chosen last holds for the next document.
let preferred = "pages";

export function see(doc, seen) {
  preferred = doc.dataset.seen = seen;
  for (const button of doc.querySelectorAll(".cd-seen")) button.setAttribute("aria-pressed", String(button.dataset.seen === seen));
  pointOut(doc);
}

function pointOut(doc) {
  const body = doc.querySelector(".cd-body");
  const text = body.querySelector("mark") ?? body.querySelector(".cd-cited");
  const point = doc.dataset.seen === "pages" ? (body.querySelector(".cd-boxed rect") ?? body.querySelector(".cd-boxed")) : text;
  if (point) body.scrollTop += point.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight * 0.25;
}

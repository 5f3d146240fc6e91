// Kept conversations: a column that can be folded; on a phone it lies over the page.

import { asked } from "./dialog.js";
import { tell } from "./tell.js";

const PHONE = matchMedia("(max-width: 800px)");
const column = () => document.getElementById("cd-shelf-column");
const remembered = "citedesk-folded";

function folded() {
  try {
    return (localStorage.getItem(remembered) ?? (innerWidth < 1200 ? "yes" : "no")) === "yes";
  } catch {
    return innerWidth < 1200; // storage is blocked
  }
}

export function fold() {
  if (PHONE.matches) {
    document.body.classList.toggle("cd-listing");
    if (document.body.classList.contains("cd-listing")) column()?.querySelector("a, input, textarea")?.focus();
  } else {
    const now = document.body.classList.toggle("cd-folded");
    try {
      localStorage.setItem(remembered, now ? "yes" : "no");
    } catch {
      // it is folded for this time
    }
  }
  sayFolded();
}

export function sayFolded() {
  const open = document.body.classList.contains(PHONE.matches ? "cd-listing" : "cd-folded") === PHONE.matches;
  for (const button of document.querySelectorAll(".cd-fold")) button.setAttribute("aria-expanded", String(open));
}

export function unlist() {
  if (!document.body.classList.contains("cd-listing")) return false;
  document.body.classList.remove("cd-listing");
  sayFolded();
  document.querySelector(".cd-fold")?.focus();
  return true;
}

document.body.classList.toggle("cd-folded", folded());
PHONE.addEventListener("change", sayFolded);

export function openTalk(id) {
  document.querySelector('[role="tab"]')?.click(); // the Ask tab
  tell("cd-opened", `#open-${id}`);
  if (!unlist() && !PHONE.matches) document.querySelector("#cd-question textarea")?.focus();
}

const titleOf = (talk) => talk.querySelector(".cd-talk-title").textContent;

export async function renameTalk(talk) {
  const title = await asked({ head: "Rename this conversation", value: titleOf(talk), act: "Rename" });
  if (!title || title === titleOf(talk)) return;
  focusAfter(`.cd-talk[data-id="${talk.dataset.id}"] .cd-talk-rename`);
  tell("cd-changed", `#rename-${talk.dataset.id}`, title);
}

export async function deleteTalk(talk) {
  const sure = await asked({ head: "Delete this conversation?", text: `“${titleOf(talk)}” is deleted for good.`, act: "Delete" });
  if (sure === null) return;
  focusAfter("#cd-look :is(input, textarea)");
  const current = talk.closest(".cd-shelf").dataset.current === talk.dataset.id;
  tell(current ? "cd-opened" : "cd-changed", `#delete-${talk.dataset.id}`);
}

let after = ""; // what gets the focus once the list is another one than now
let before = "";

function focusAfter(selector) {
  after = selector;
  before = document.querySelector(".cd-shelf").innerHTML;
}

export function showTalks() {
  const drawn = document.querySelector(".cd-shelf");
  if (!drawn) return;
  if (after && drawn.innerHTML !== before) {
    document.querySelector(after)?.focus();
    after = "";
  }
  const address = new URL(location.href);
  const current = drawn.dataset.current;
  if ((address.searchParams.get("conversation") ?? "") === current) return;
  if (current) address.searchParams.set("conversation", current);
  else address.searchParams.delete("conversation");
  history.replaceState(history.state, "", address);
}

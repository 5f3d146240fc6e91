// Follows citation links into the reader pane and back, asks what a link asks, opens and changes conversations, votes,
// copies, and tells a screen reader what an answer says as it is checked. Text only, never markup.
(() => {
  "use strict";

  const TARGET = /^#((?:cite|related|flagged)-\d+-\d+|doc-[\w.~%-]+)$/;
  const WIDEN = /^#widen-\d+-(?:time|outlet)$/;
  const NEXT = /^#next-\d+$/;
  const VOTE = /^#(up|down)-(\d+)$/;
  const PHONE = matchMedia("(max-width: 800px)");
  let clicks = 0; // number of the last followed link; the pane carries it back in data-open
  let shown = "";
  let current = ""; // href of what is open
  let opener = { href: "", place: 0 }; // the link that was followed, among all of the same href outside the pane

  const reader = () => document.getElementById("cd-reader");
  const twins = (href) =>
    [...document.querySelectorAll(`a[href="${CSS.escape(href)}"]`)].filter((link) => !reader()?.contains(link));

  function follow(href) {
    current = href;
    tell("cd-clicked", href);
  }

  function tell(id, href, text = "") {
    const box = document.querySelector(`#${id} input, #${id} textarea`);
    if (!box) return;
    clicks += 1;
    box.value = `${href.slice(1)} ${clicks} ${text}`.trim();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function back() {
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

  // The focus goes to what is found as soon as that can take it, and anew should a list that is renewed take it away;
  // until the reader does anything else.
  function bringFocus(find) {
    const done = new AbortController(), until = performance.now() + 3000;
    for (const act of ["keydown", "pointerdown"]) addEventListener(act, () => done.abort(), { capture: true, signal: done.signal });
    function step() {
      const target = find();
      if (target !== document.activeElement) target?.focus();
      if (performance.now() > until) done.abort();
      if (!done.signal.aborted) requestAnimationFrame(step);
    }
    requestAnimationFrame(step);
  }

  // The tab, other than the first, from which the reader was opened.
  function elsewhere() {
    const tab = opener.tab ? document.querySelector(opener.tab) : null;
    return tab && tab !== document.querySelector('[role="tab"]') ? tab : null;
  }

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
        if (!reader()?.contains(link)) {
          const tab = document.querySelector('[role="tab"][aria-selected="true"]');
          opener = { href, place: twins(href).indexOf(link), tab: tab?.id ? `#${CSS.escape(tab.id)}` : "" };
        }
        follow(href);
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

  const answering = () => Boolean(document.querySelector("#cd-stop")?.offsetParent);
  for (const act of ["keydown", "click"]) document.addEventListener(act, early, true);
  document.addEventListener("input", () => (sent.at = -Infinity), true);

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && (event.target.closest?.("dialog") || hush() || shut(event.target))) return;
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

  async function copy(doc) {
    const text = doc.querySelector(".cd-copy-text").textContent;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = copyBySelection(text);
    }
    doc.querySelector(".cd-copied").textContent = done ? "Copied" : REFUSED;
  }

  const REFUSED = "Copying is not allowed by this browser";

  // The promise of a text, because a browser lets a page write only at once after a click.
  async function copyAnswer(link) {
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
    live.textContent = told;
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

  function see(doc, seen) {
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

  // A reason that covers something can be put away (Escape) without leaving the sentence.
  function hush() {
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

  function keepFocus() {
    if (!held || held.element.isConnected || document.activeElement !== document.body) return;
    const heir = document.querySelectorAll(held.same)[held.place];
    if (heir) heir.focus({ preventScroll: true });
  }

  // Gradio's log would be read anew with every word. So it is silent, and every finished sentence is told once.
  const live = document.createElement("div");
  live.className = "cd-live";
  live.setAttribute("role", "status");
  const told = new Set(); // of the last answer

  function tellAnswer() {
    const log = conversation();
    if (!log) return;
    if (log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
    if (!live.isConnected) document.body.append(live);
    room.observe(log); // once more is no more
    const last = newest(log, "bot");
    if (!last || last.querySelector(".cd-working")) {
      told.clear();
      return;
    }
    const parts = [...last.querySelectorAll(".cd-claim, .cd-refusal, .cd-legend, .cd-conflict-head, .cd-notice:not([role])")]
      .map(spoken)
      .filter((text) => text && !told.has(text));
    for (const text of parts) told.add(text);
    if (parts.length > 0) live.textContent = parts.join(" ");
  }

  function spoken(part) {
    const copy = part.cloneNode(true);
    for (const extra of copy.querySelectorAll(".cd-ref, .cd-why")) extra.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  // An answer grows downwards until its question is at the top, or somebody moves in the conversation.
  let settled = null; // the question whose answer is left where it is
  let placed = 0; // where we last scrolled to

  const conversation = () => document.querySelector('#cd-chat [role="log"]');
  const newest = (log, role) => [...log.querySelectorAll(`.message.${role}`)].at(-1) ?? null;

  function keepInView() {
    const log = conversation();
    const asked = log && newest(log, "user");
    if (!asked || settled === asked) return;
    log.scrollTop += asked.getBoundingClientRect().top - log.getBoundingClientRect().top - 12;
    placed = log.scrollTop;
  }

  for (const moved of ["pointerdown", "focusin", "scroll"]) {
    document.addEventListener(moved, ({ target }) => settle(moved, target), { capture: true, passive: true });
  }

  function settle(moved, target) {
    const log = conversation();
    if (!log?.contains(target) || (moved === "scroll" && Math.abs(log.scrollTop - placed) < 2)) return;
    settled = newest(log, "user");
  }

  const room = new ResizeObserver(keepInView); // the questions to ask next take of it

  function showReader() {
    const doc = document.querySelector("#cd-reader .cd-doc");
    const number = doc?.dataset.open ?? "";
    if (number === shown) return;
    shown = number;
    document.body.classList.toggle("cd-reading", Boolean(doc));
    if (doc) arrive(doc, 60);
  }

  // What an administrator does with the document that is open.
  async function manage(button) {
    const row = button.closest(".cd-manage");
    const { id, more, uploaded } = row.dataset;
    const removing = button.matches(".cd-remove");
    const title = button.closest(".cd-doc").querySelector(".cd-title").textContent;
    const file = uploaded === undefined ? "The file itself stays where it is." : "The uploaded file is deleted.";
    const text = `“${title}”${more} will no longer be found. ${file}`;
    if (removing && (await asked({ head: "Remove from the library?", text, act: "Remove" })) === null) return;
    row.replaceChildren();
    row.setAttribute("role", "status");
    row.tabIndex = -1;
    row.textContent = removing ? "Removing…" : "Reading the file again…";
    row.focus({ preventScroll: true }); // the button that had it is gone
    tell("cd-managed", `#${removing ? "remove" : "again"}-${encodeURIComponent(id)}`);
  }

  // Conversations: a column that can be folded; on a phone it lies over the page.
  const column = () => document.getElementById("cd-shelf-column");
  const remembered = "citedesk-folded";

  function folded() {
    try {
      return (localStorage.getItem(remembered) ?? (innerWidth < 1200 ? "yes" : "no")) === "yes";
    } catch {
      return innerWidth < 1200; // storage is blocked
    }
  }

  function fold() {
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

  function sayFolded() {
    const open = document.body.classList.contains(PHONE.matches ? "cd-listing" : "cd-folded") === PHONE.matches;
    for (const button of document.querySelectorAll(".cd-fold")) button.setAttribute("aria-expanded", String(open));
  }

  function unlist() {
    if (!document.body.classList.contains("cd-listing")) return false;
    document.body.classList.remove("cd-listing");
    sayFolded();
    document.querySelector(".cd-fold")?.focus();
    return true;
  }

  document.body.classList.toggle("cd-folded", folded());
  PHONE.addEventListener("change", sayFolded);

  function openTalk(id) {
    document.querySelector('[role="tab"]')?.click(); // the Ask tab
    tell("cd-opened", `#open-${id}`);
    if (!unlist() && !PHONE.matches) document.querySelector("#cd-question textarea")?.focus();
  }

  const titleOf = (talk) => talk.querySelector(".cd-talk-title").textContent;

  async function renameTalk(talk) {
    const title = await asked({ head: "Rename this conversation", value: titleOf(talk), act: "Rename" });
    if (!title || title === titleOf(talk)) return;
    focusAfter(`.cd-talk[data-id="${talk.dataset.id}"] .cd-talk-rename`);
    tell("cd-changed", `#rename-${talk.dataset.id}`, title);
  }

  async function deleteTalk(talk) {
    const sure = await asked({ head: "Delete this conversation?", text: `“${titleOf(talk)}” is deleted for good.`, act: "Delete" });
    if (sure === null) return;
    focusAfter("#cd-look :is(input, textarea)");
    const current = talk.closest(".cd-shelf").dataset.current === talk.dataset.id;
    tell(current ? "cd-opened" : "cd-changed", `#delete-${talk.dataset.id}`);
  }

  // Asks for a text, or only whether; gives null when it was put off.
  function asked({ head, text = "", value = null, act }) {
    const dialog = document.createElement("dialog");
    dialog.className = "cd-dialog";
    dialog.setAttribute("aria-labelledby", "cd-dialog-head");
    const form = append(dialog, "form", "");
    form.method = "dialog";
    append(form, "h2", head).id = "cd-dialog-head";
    if (text) append(form, "p", text);
    const field = value === null ? null : append(form, "input", "");
    if (field) {
      field.value = value;
      field.maxLength = 80;
      field.required = true;
      field.setAttribute("aria-label", "Title");
    }
    const row = append(form, "p", "");
    append(row, "button", act).value = "yes";
    row.classList.toggle("cd-grave", !field); // what cannot be taken back
    const no = append(row, "button", "Cancel");
    no.autofocus = !field; // Enter alone destroys nothing
    no.formNoValidate = true;
    no.value = "";
    const opener = document.activeElement;
    document.querySelector(".gradio-container").append(dialog);
    dialog.showModal();
    field?.select();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => {
        dialog.remove();
        opener?.focus();
        resolve(dialog.returnValue === "yes" ? (field?.value.trim() ?? "") : null);
      });
    });
  }

  function append(parent, name, text) {
    const child = document.createElement(name);
    child.textContent = text;
    parent.append(child);
    return child;
  }

  let after = ""; // what gets the focus once the list is another one than now
  let before = "";

  function focusAfter(selector) {
    after = selector;
    before = document.querySelector(".cd-shelf").innerHTML;
  }

  function showTalks() {
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

  // Votes: kept by the server at once, shown here until the conversation is opened anew.
  const votes = new Map(); // where the answer's exports are -> "up", "down", "none"
  const answerOf = (acts) => acts.querySelector(".cd-copy-answer").getAttribute("href");

  function vote(link, kind, number) {
    const acts = link.closest(".cd-acts");
    const now = link.getAttribute("aria-pressed") === "true" ? "none" : kind;
    votes.set(answerOf(acts), now);
    tell("cd-voted", `#${now}-${number}`);
    pressed(acts, now);
  }

  function pressed(acts, now) {
    for (const link of acts.querySelectorAll(".cd-vote")) {
      const on = link.getAttribute("href").startsWith(`#${now}-`);
      link.classList.toggle("cd-pressed", on);
      link.setAttribute("aria-pressed", String(on));
    }
  }

  // The sanitiser leaves links, and takes off what says that they are buttons. Gradio calls its examples a list of
  // things that are no list items, and the cross of what is chosen in a filter by a number.
  function dress() {
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
      const before = acts.querySelector(".cd-pressed")?.getAttribute("href").match(VOTE)[1] ?? "none";
      pressed(acts, votes.get(answerOf(acts)) ?? before);
    }
  }

  // While the form of a vote down is open, every paragraph in the reader can be chosen as the right one.
  let choosing = false;

  function offerParagraphs() {
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

  function focusSoon(selector, tries) {
    const found = document.querySelector(selector);
    if (found) found.focus();
    else if (tries > 0) requestAnimationFrame(() => focusSoon(selector, tries - 1)); // it is still being drawn
  }

  function choose(button) {
    const { number } = button.closest(".cd-par").dataset;
    tell("cd-spotted", `#right-${number}`, button.closest(".cd-doc").dataset.document);
    document.body.classList.remove("cd-reading");
    document.querySelector("#cd-feedback-send")?.focus();
  }

  function shut(target) {
    if (target.closest?.("#cd-feedback")) document.querySelector("#cd-feedback-close")?.click();
    else return unlist();
    return true;
  }

  // A session that ran out: nothing on the page is lost when one signs in beside it.
  const fetches = window.fetch;
  window.fetch = async (...request) => {
    const answer = await fetches(...request);
    if (answer.status === 401) signedOut();
    return answer;
  };

  function signedOut() {
    if (document.querySelector(".cd-signed-out")) return;
    const told = append(document.querySelector(".gradio-container"), "p", "You are no longer signed in. ");
    told.className = "cd-signed-out";
    told.setAttribute("role", "alert");
    const link = append(told, "a", "Sign in in another tab");
    link.href = "signin";
    link.target = "_blank";
    link.addEventListener("click", () => told.remove());
    told.append(", then go on here.");
  }

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
})();

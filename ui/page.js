// Follows citation links into the reader pane and back, asks what a link asks, and tells a screen reader what an answer
// says as it is checked. Text only, never markup.
(() => {
  "use strict";

  const TARGET = /^#((?:cite|related|flagged)-\d+-\d+|doc-[\w.~%-]+)$/;
  const WIDEN = /^#widen-\d+-(?:time|outlet)$/;
  const NEXT = /^#next-\d+$/;
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
    const inDocuments = current.startsWith("#doc-") && opener.href === current;
    if (inDocuments) document.querySelector(opener.tab)?.click();
    const links = twins(current);
    const link = (opener.href === current && links[opener.place]) || links[0];
    requestAnimationFrame(() => {
      (link ?? document.querySelector("#cd-question textarea"))?.focus();
    });
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
        tell("cd-linked", href, NEXT.test(href) ? link.lastChild.textContent : "");
        document.querySelector("#cd-question textarea")?.focus(); // the link goes with the answer
      } else if (event.target.closest(".cd-copy")) {
        copy(event.target.closest(".cd-doc"));
      }
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "Escape" && hush()) return;
    if (event.key === "Escape") {
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
    doc.querySelector(".cd-copied").textContent = done ? "Copied" : "Copying is not allowed by this browser";
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
    const paragraph = body.querySelector(".cd-cited");
    const point = body.querySelector("mark") ?? paragraph;
    if (point) {
      const room = body.clientHeight * 0.25;
      body.scrollTop += point.getBoundingClientRect().top - body.getBoundingClientRect().top - room;
    }
    (paragraph ?? doc.querySelector(".cd-title")).focus({ preventScroll: true });
    for (const link of document.querySelectorAll("a[aria-current]")) link.removeAttribute("aria-current");
    for (const link of twins(current)) link.setAttribute("aria-current", "true");
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

  new MutationObserver(() => {
    showReader();
    keepFocus();
    tellAnswer();
    keepInView();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();

// Follows citation links into the reader pane and back, and asks again without a limit. Text only, never markup.
(() => {
  "use strict";

  const TARGET = /^#((?:cite|related)-\d+-\d+|doc-[\w.~%-]+)$/;
  const WIDEN = /^#widen-\d+-(?:time|outlet)$/;
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

  function tell(id, href) {
    const box = document.querySelector(`#${id} input, #${id} textarea`);
    if (!box) return;
    clicks += 1;
    box.value = `${href.slice(1)} ${clicks}`;
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
      } else if (WIDEN.test(href)) {
        event.preventDefault();
        event.stopPropagation();
        tell("cd-wider", href);
        document.querySelector("#cd-question textarea")?.focus(); // the link goes with the answer
      } else if (event.target.closest(".cd-copy")) {
        copy(event.target.closest(".cd-doc"));
      }
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
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

  new MutationObserver(() => {
    const doc = document.querySelector("#cd-reader .cd-doc");
    const number = doc?.dataset.open ?? "";
    if (number === shown) return;
    shown = number;
    document.body.classList.toggle("cd-reading", Boolean(doc));
    if (doc) arrive(doc, 60);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();

// citedesk's chat bubble for another site's page: one script, no storage, no library. Whatever comes from the server
// becomes text nodes only. README.md beside this file tells how a page holds it; routes.py serves it without its
// comments and spare blanks, so every statement ends with a semicolon.
(() => {
  "use strict";
  const me = document.currentScript;
  if (!me || window.citedesk) {
    console.warn("citedesk: already here, or not a plain <script src>");
    return;
  }
  const data = me.dataset;
  const desk = new URL(".", me.src); // the only server that is asked, beside the page's own address for tokens
  const LIMIT = 2000; // characters of a question
  const SILENCE = 35000; // milliseconds without a byte, not even a keep-alive, after which a stream is lost

  // In other languages: words.json, fetched when the page asks for one of them.
  const t = {
    title: "Ask the documents", label: "Your question", send: "Send", stop: "Stop", retry: "Try again",
    fresh: "New conversation", close: "Close", busy: "Searching…",
    hello: "Documents you can ask: {}. Every sentence leads to the paragraph it came from.",
    ideas: "Questions to ask", understood: "Searched for: {}",
    partial: "partly supported", unsupported: "not supported",
    refused: "Not in these documents.", related: "Related, not an answer", clash: "The documents disagree",
    sources: "Sources", quoted: "Quoted from the documents", written: "Written by {}, every sentence checked",
    page: "Source page", original: "Original", paragraph: "Paragraph", undated: "no date",
    changed: "The source has changed since. This was cited:", gone: "This paragraph can no longer be read.",
    up: "Helpful", down: "Not helpful", why: "What was wrong?", comment: "Comment (optional)", thanks: "Thank you.",
    reasons: "It is wrong|Its source does not say so|Something is missing|There is no answer|There is an answer|Other",
    long: "{} of 2000 characters", stopped: "Stopped.", cut: "The connection broke before the answer was complete.",
    offline: "You are offline.", unreachable: "The server cannot be reached.",
    many: "Too many questions. Please wait {} s.", expired: "Your access has expired. Please reload the page.",
    untied: "This page gives the chat no token.",
  };
  // as the API names them
  const REASONS = ["wrong", "unsupported", "incomplete", "should have refused", "should have answered", "other"];
  let lang = (data.lang || document.documentElement.lang || "en").slice(0, 2).toLowerCase();
  const fill = (words, value) => words.replace("{}", () => value);

  const STYLE = `
:host{all:initial!important;position:fixed!important;z-index:2147483000!important;inset:auto 0 0 auto!important;
font-family:system-ui,sans-serif!important;line-height:1.5!important;color-scheme:light dark!important;
--bg:light-dark(#fff,#16202b);--ink:light-dark(#1c2733,#e8edf2);--dim:light-dark(#52606d,#aab6c2);
--line:light-dark(#cdd5dd,#3d4b59);--edge:light-dark(#768391,#7d8c9a);--link:light-dark(#1d4ed8,#93c5fd);
--soft:light-dark(#eef3fb,#22303f);--warn:light-dark(#b45309,#fbbf24);--bad:light-dark(#b91c1c,#fca5a5);
--brand:#1d4ed8;--on:oklch(from var(--brand) calc((.57 - l)*99) 0 0);--gap:calc(16px + env(safe-area-inset-bottom))}
:host(.light){color-scheme:light!important}
:host(.dark){color-scheme:dark!important}
*{box-sizing:border-box;font:inherit;overflow-wrap:anywhere}
[hidden]{display:none!important}
p,ul,ol,h2,h3{margin:0 0 8px}
ul,ol{padding-inline-start:22px}
button{color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:start}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
svg{width:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.bubble,.panel{position:fixed;right:16px;bottom:var(--gap)}
:host(.left) :is(.bubble,.panel){right:auto;left:16px}
.bubble,.send{display:grid;place-items:center;flex:none;background:var(--brand);color:var(--on);border:1px solid var(--on)}
.bubble{width:56px;height:56px;border-radius:50%;box-shadow:0 3px 14px #0006}
.panel{bottom:calc(var(--gap) + 68px);width:min(410px,100vw - 32px);height:min(660px,100dvh - 104px);display:flex;
flex-direction:column;background:var(--bg);color:var(--ink);border:1px solid var(--line);border-radius:14px;
box-shadow:0 8px 34px #0005;overflow:hidden;font-size:15px}
.head,.row,.foot{display:flex;gap:6px;align-items:center}
.head{padding:4px 4px 4px 14px;border-bottom:1px solid var(--line)}
h2{flex:1;margin:0}
h2,h3,b{font-weight:700}
.tool{display:grid;place-items:center;width:40px;height:40px;border-radius:8px}
.stage{flex:1;min-height:0;position:relative}
.log{height:100%;overflow-y:auto;overscroll-behavior:contain;padding:14px;position:relative}
.turn{margin-bottom:20px}
.q{width:fit-content;max-width:90%;margin:0 0 10px auto;padding:6px 12px;border-radius:12px;background:var(--soft);
border:1px solid var(--line);white-space:pre-wrap}
.dim,.draft,s{color:var(--dim)}
.small{font-size:13px}
.ref,.open,a{color:var(--link);font-weight:600}
.ref{padding:2px}
button:hover{text-decoration:underline}
.partial .said{text-decoration:underline dotted 1.5px var(--warn);text-underline-offset:4px}
.sign{font-size:12px;font-weight:600;border:1px solid var(--warn);border-radius:9px;padding:0 8px}
.unsupported .sign{border:1px dashed var(--bad)}
.draft:not(:empty)::after{content:"▍";color:var(--link)}
.box{border:1px solid var(--line);border-inline-start:3px solid var(--warn);border-radius:8px;padding:8px 12px}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:8px 14px}
.sides,.list,.chips{list-style:none;padding:0;margin:8px 0}
.foot{flex-wrap:wrap}
.foot>p{flex:1;margin:0}
[aria-pressed=true]{color:var(--link);outline:1px solid}
.no svg{rotate:180deg}
.chip{border:1px solid var(--edge);border-radius:16px;padding:6px 13px;margin-bottom:8px}
.chip:disabled{color:var(--dim);cursor:default}
.row{padding:10px;border-top:1px solid var(--line);align-items:end}
form{flex:1 0 100%}
textarea,select,input{width:100%;font-size:16px;line-height:1.4;color:inherit;background:var(--bg);margin-bottom:6px;
border:1px solid var(--edge);border-radius:8px;padding:9px 10px;resize:none}
textarea{min-height:44px;max-height:130px;field-sizing:content;margin:0}
::placeholder{color:var(--dim);opacity:1}
.send{width:44px;height:44px;border-radius:10px}
.count{margin:0 14px}
.bad{color:var(--bad)}
.card{position:absolute;inset:auto 8px 8px;max-height:calc(100% - 16px);display:flex;flex-direction:column;
background:var(--bg);border:1px solid var(--edge);border-radius:12px;box-shadow:0 4px 24px #0006;padding:4px 14px}
.card .head{padding:0;border:0}
.text{overflow-y:auto;position:relative;white-space:pre-wrap}
mark{background:#ffe27a;color:#1c1917}
.links{margin:8px 0;display:flex;gap:16px}
@media(max-width:480px){
:host .panel.panel{inset:var(--top,0) 0 auto;width:auto;height:var(--tall,100dvh);border:0;border-radius:0;
padding:env(safe-area-inset-top) 0 calc(var(--gap) - 16px)}
:host(.shown) .bubble{display:none}}`;
  const ICONS = {
    chat: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
    close: "M6 6l12 12M18 6L6 18",
    fresh: "M12 5v14M5 12h14",
    send: "M12 19V5M6 11l6-6 6 6",
    stop: "M7 7h10v10H7z",
    thumb: "M7 11v9H4v-9zl4-8q3 0 2 6h7l-2 11H7",
  };

  // --- nodes: data is always a text node, or an attribute that cannot run
  function el(kind, set, ...inside) {
    const [name, ...classes] = kind.split(".");
    const node = document.createElement(name);
    node.classList.add(...classes);
    for (const key in set) {
      key in node ? node[key] = set[key] : node.setAttribute(key, set[key]);
    }
    node.append(...inside);
    return node;
  }
  function icon(name) {
    const [svg, path] = ["svg", "path"].map((one) => document.createElementNS("http://www.w3.org/2000/svg", one));
    svg.setAttribute("viewBox", "0 0 24 24");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  }
  const button = (kind, words, onclick) => el(`button.${kind}`, { onclick }, words);
  const named = (node, words) => {
    node.title = words;
    node.ariaLabel = words;
    return node;
  };
  const tool = (name, words, onclick, kind = "tool") => named(button(kind, icon(name), onclick), words);
  const text = (kind, ...inside) => el(kind, { dir: "auto" }, ...inside);
  const small = (words) => text("p.dim.small", words),
    wrong = (words) => text("p.bad.small", words);
  const chips = (questions) => el("ul.chips", { ariaLabel: t.ideas },
    ...questions.map((one) => text("li", button("chip", one, () => ask(one)))));
  const when = ({ date, precision: p, year = "numeric" }) => date ? new Date(date).toLocaleDateString(
    lang === "en" ? "en-GB" : lang, { timeZone: "UTC", year, ...p > "x" || { month: "long" }, ...p < "e" && { day: year } }) : t.undated,
    where = (c) => [c.outlet, when(c), `¶ ${c.paragraph}`, c.where].filter(Boolean).join(" · ");

  // --- the server
  let token = data.token;
  let renewing = null;
  const trouble = (message, more) => ({ told: true, message, ...more });
  const reach = (url, how) => fetch(url, how).catch(() => {
    throw trouble(navigator.onLine ? t.unreachable : t.offline);
  });
  async function renew() {
    const reply = await reach(data.tokenUrl, { cache: "no-store" });
    const said = (await reply.text()).trim();
    if (!reply.ok) throw trouble(t.expired);
    token = said[0] === "{" ? JSON.parse(said).token : said;
  }
  async function call(path, body, signal) {
    for (let again = false; ; again = true) {
      if (!token && data.tokenUrl) await (renewing ??= renew().finally(() => (renewing = null)));
      if (!token) throw trouble(t.untied);
      const sent = token;
      const reply = await reach(new URL(path, desk), {
        method: body ? "POST" : "GET",
        body: body && JSON.stringify(body),
        headers: { Authorization: `Bearer ${sent}`, ...(body && { "Content-Type": "application/json" }) },
        credentials: "omit",
        signal,
      });
      const { status } = reply;
      if (status === 401 && data.tokenUrl && !again) {
        if (token === sent) token = "";
      } else if (reply.ok) {
        return body?.stream ? reply.body : reply.json();
      } else {
        const said = await reply.json().catch(() => null);
        throw trouble((status === 401 ? t.expired : said?.error?.message) || t.unreachable, {
          status, wait: status === 429 || status === 503 ? +reply.headers.get("Retry-After") || 5 : 0,
        });
      }
    }
  }
  async function* events(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ; ) {
      const timer = setTimeout(() => reader.cancel(), SILENCE);
      const { value, done } = await reader.read();
      clearTimeout(timer);
      if (done) return;
      const whole = (rest + value).split(/\r?\n\r?\n/);
      rest = whole.pop();
      for (const one of whole) {
        const name = /^event: (.*)$/m.exec(one);
        if (name) yield [name[1], JSON.parse(/^data: (.*)$/m.exec(one)[1])];
      }
    }
  }

  // --- one question with its answer
  let conversation = null; // its id on the server
  let running = null; // AbortController of the answer under way
  let follow = true; // whether the log scrolls as the answer grows

  const opens = (words, c, kind = "ref") => {
    const node = button(kind, words, () => show(c(), node));
    return node;
  };
  function claim(c, cites) {
    const lacks = c.verdict === "unsupported";
    const node = el(`span.${c.verdict}`, {}, el(lacks ? "s" : "span.said", {}, c.text));
    if (c.verdict !== "supported") {
      const why = el("span.vh", {}, `: ${c.reason}`);
      const sign = button("sign", t[c.verdict], () => why.classList.toggle("vh"));
      sign.title = c.reason;
      sign.append(why);
      node.append(" ", sign);
    }
    node.append("\u2060", ...c.citations.map((n) => opens(`[${n}]`, () => cites.get(n))), " ");
    return node;
  }
  function place(c, body) {
    let block = body.lastChild;
    if (c.lead) {
      const kind = /\d/.test(c.lead) ? "ol" : "ul";
      if (block?.localName !== kind) body.append((block = el(kind)));
      block.append(text("li"));
    } else if (c.breaks || !block) body.append((block = text("p")));
    return block.localName === "p" ? block : block.lastChild;
  }
  const listing = (ariaLabel, list, words) => list.length ? el("ul.list.small", { ariaLabel },
    ...list.map((c) => text("li", opens(words(c), () => c, "open"), el("span.dim", {}, ` ${where(c)}`)))) : "";
  const side = (one, cites) => text("li", el("b", {}, one.value), ...one.citations.map((n) => {
    const c = cites.get(n);
    const from = el("span.dim", {}, `${c.outlet ?? c.title}, ${when(c)}: `);
    return el("p.small", {}, from, `“${c.quote}” `, opens(`[${n}]`, () => c));
  }));
  const conflict = (one, cites) => el("div.box", { role: "group", ariaLabel: t.clash }, el("h3", {}, t.clash),
    el("ul.sides", {}, ...one.sides.map((each) => side(each, cites))), small(one.note));
  function foot(r) {
    const said = small(r.refused ? "" : r.writing ? fill(t.written, r.writing.model) : t.quoted);
    const bar = el("div.foot", {}, said);
    if (!r.kept) return bar;
    const reason = el("select", {}, ...["", ...t.reasons.split("|")].map((one, at) =>
      el("option", { value: REASONS[at - 1] ?? "" }, one)));
    const comment = el("input", { maxlength: 1000 });
    const form = el("form", { hidden: true, onsubmit: (event) => give(event, "down") },
      el("label", {}, t.why, reason), el("label", {}, t.comment, comment), button("chip", t.send));
    const up = tool("thumb", t.up, (event) => give(event, "up"));
    const down = tool("thumb", t.down, (event) => give(event, "down"), "tool.no");
    async function give(event, vote) {
      event.preventDefault();
      const first = vote === "down" && event.type === "click";
      up.ariaPressed = vote === "up";
      down.ariaPressed = vote === "down";
      form.hidden = !first;
      if (first) reason.focus();
      const more = vote === "down" && { reason: reason.value || undefined, comment: comment.value };
      said.textContent = await call("api/feedback", { exchange: r.id, vote, ...more }).then(() => t.thanks, (e) => e.message);
      tell(said.textContent);
    }
    bar.append(up, down, form);
    return bar;
  }

  function exchange(question) {
    const cites = new Map(), spans = [];
    const busy = small(t.busy), before = el("div", {}, busy), body = el("div"), after = el("div");
    const draft = text("p.draft");
    const node = el("section.turn", {}, text("p.q", question), before, body, draft, after);
    log.append(node);
    function learn(list) {
      for (const c of list) cites.set(c.number, c);
      for (const mark of body.querySelectorAll(".ref")) {
        const words = mark.textContent;
        named(mark, `${words} ${cites.get(+words.slice(1, -1))?.title ?? ""}`);
      }
    }
    return {
      start: (e) => (conversation = e.conversation),
      searched(e) {
        if (e.standalone !== question) before.prepend(small(fill(t.understood, e.standalone)));
        before.prepend(...e.reasons.map((one) => small(`${one.says} (“${one.words}”)`)));
      },
      draft: (e) => (draft.textContent = e.text),
      claims(e) {
        for (const span of spans.splice(e.from)) span.remove();
        for (const block of body.querySelectorAll("*")) if (!block.textContent) block.remove();
        for (const c of e.claims) {
          spans.push(claim(c, cites));
          place(c, body).append(spans.at(-1));
        }
        learn([]);
      },
      citations: (e) => learn(e.citations),
      done(r) {
        learn(r.citations);
        const said = r.refused && !r.searched.understood?.reasons.length ? t.refused : r.answer;
        if (r.refused) body.replaceChildren(text("b", said));
        after.append(...r.notices.map((n) => text("p.box", n)), ...r.conflicts.map((one) => conflict(one, cites)));
        if (r.refused) {
          const near = r.passages.filter((p) => r.related.includes(p.chunk_id));
          after.append(small(near.length ? t.related : ""),
            listing(t.related, near.map((p) => ({ ...p, paragraph: p.first_paragraph })), (c) => c.title));
        } else after.append(listing(t.sources, r.citations, (c) => `[${c.number}] ${c.title}`));
        after.append(foot(r));
        tell(said.replace(/\s\[\d+\]/g, ""));
        document.dispatchEvent(new CustomEvent("citedesk:answer", { detail: r }));
        if (r.kept) onwards(node);
      },
      end() {
        busy.remove();
        draft.textContent = "";
      },
      fail({ message, status, wait = 0 }) {
        const said = wrong(message);
        const again = button("chip", t.retry, () => {
          node.remove();
          ask(question);
        });
        const count = (left) => {
          again.disabled = left > 0;
          if (status === 429) said.textContent = fill(t.many, left);
          if (left > 0) setTimeout(count, 1000, left - 1);
        };
        count(wait);
        after.append(said, again);
        tell(said.textContent);
      },
    };
  }
  async function ask(words) {
    const question = words.trim();
    if (!question || running || [...question].length > LIMIT) return;
    open();
    shut();
    log.querySelector(".chips")?.remove();
    const mine = (running = new AbortController());
    follow = true;
    modes();
    const turn = exchange(question);
    const today = new Date().toLocaleDateString("sv"); // as ISO 8601 has it, where the reader is
    const send = () => call("api/ask", { question, stream: true, today, conversation, style: data.style || null }, mine.signal);
    try {
      const stream = await send().catch((error) => {
        if (error.status !== 404 || !conversation) throw error;
        conversation = null; // it was deleted meanwhile
        return send();
      });
      let last = "";
      for await (const [name, event] of events(stream)) {
        if (name === "error") throw trouble(event.message);
        turn[name]?.(event);
        last = name;
        scroll();
      }
      if (last !== "done") throw trouble(t.cut);
      turn.end();
    } catch (error) {
      turn.end();
      turn.fail(mine.signal.aborted ? trouble(t.stopped) : error.told ? error : trouble(t.cut));
    }
    running = null;
    modes();
    scroll();
  }
  async function onwards(node) {
    const { suggestions } = await call("api/next", { conversation }).catch(() => ({ suggestions: [] }));
    if (suggestions.length && node === log.lastChild) node.append(chips(suggestions));
    scroll();
  }

  // --- the paragraph of a citation, in a card over the conversation
  let card = null;
  let opener = null; // what gets the focus back
  function shut() {
    card?.remove();
    card = null;
  }
  function back() {
    shut();
    (opener.isConnected ? opener : box).focus();
  }
  function link(address, words) {
    const url = address && URL.canParse(address, desk) ? new URL(address, desk) : {};
    return /^https?:$/.test(url.protocol) ? el("a", { href: url.href, target: "_blank", rel: "noopener" }, words) : "";
  }
  async function show(c, from) {
    shut();
    opener = from;
    const said = el("div.text", { dir: "auto", tabIndex: 0, role: "group", ariaLabel: t.paragraph });
    card = el("section.card", { role: "dialog", ariaLabel: c.title, tabIndex: -1 },
      el("div.head", {}, text("h2", c.title), tool("close", t.close, back)), small(where(c)), said,
      el("p.links.small", {}, link(c.source, t.page), link(c.url, t.original)));
    const quote = c.quote ? el("mark", {}, c.quote) : "";
    said.append(quote);
    stage.append(card);
    card.focus();
    try {
      const p = await call(`api/documents/${encodeURIComponent(c.document_id)}/paragraphs/${c.paragraph}`);
      const points = [...p.text]; // offsets count code points, as this does
      const part = (start, end) => points.slice(start, end).join("");
      const [start, end] = quote ? [c.start - p.start, c.end - p.start] : [0, 0];
      if (quote && part(start, end) !== c.quote) said.prepend(small(t.changed));
      else {
        const middle = el("p", {}, part(0, start), quote, part(end));
        said.replaceChildren(...p.before.map((one) => small(one.text)), middle, ...p.after.map((one) => small(one.text)));
        said.scrollTop = (quote || middle).offsetTop - 40;
      }
    } catch (error) {
      said.prepend(wrong(error.status === 404 ? t.gone : error.message));
    }
  }

  // --- the bubble and its panel
  const live = el("p.vh", { role: "status" });
  const tell = (words) => (live.textContent = words);
  const log = el("div.log", { role: "log", ariaLive: "off", tabIndex: 0 });
  const stage = el("div.stage", {}, log);
  const box = el("textarea", { rows: 1, dir: "auto" });
  const count = el("p.count.small", { hidden: true });
  const host = el("div", { dir: "ltr", className: `${data.theme ?? ""} ${data.position ?? ""}` });
  const css = (name, value) => host.style.setProperty(name, value);
  const gone = new AbortController();
  let go, panel, bubble;

  function modes() {
    const name = running ? "stop" : "send";
    go.replaceChildren(icon(name));
    named(go, t[name]);
  }
  function scroll() {
    if (follow && log.lastChild) log.scrollTop = log.lastChild.offsetTop - 8;
  }
  function measure() {
    const { length } = [...box.value];
    count.hidden = length < LIMIT * 0.9;
    count.textContent = fill(t.long, length);
    count.classList.toggle("bad", length > LIMIT);
    return length;
  }
  function submit() {
    if (measure() > LIMIT) tell(count.textContent);
    else if (!running && box.value.trim()) {
      ask(box.value);
      box.value = "";
      measure();
    }
    focus();
  }
  const focus = () => (matchMedia("(pointer: coarse)").matches ? panel : box).focus(); // a phone's keyboard waits
  async function welcome() {
    const hello = el("div");
    log.replaceChildren(hello);
    try {
      const { documents } = await call("api/widget/config");
      hello.append(text("p", fill(t.hello, documents.toLocaleString(lang))));
      const { suggestions } = await call("api/suggestions");
      if (suggestions.length && !hello.nextSibling) hello.append(chips(suggestions));
    } catch (error) {
      hello.append(wrong(error.message), button("chip", t.retry, welcome));
    }
  }
  function fresh() {
    running?.abort();
    conversation = null;
    shut();
    welcome();
    focus();
  }
  function reveal(shown) {
    panel.hidden = !shown;
    bubble.ariaExpanded = shown;
    host.classList.toggle("shown", shown);
    if (shown && !log.firstChild) welcome();
  }
  function open() {
    reveal(true);
    focus();
  }
  function close() {
    reveal(false);
    bubble.focus();
  }
  function fit() {
    css("--tall", `${visualViewport.height}px`); // a phone's keyboard takes its part
    css("--top", `${visualViewport.offsetTop}px`);
  }
  function destroy() {
    running?.abort();
    gone.abort();
    host.remove();
    delete window.citedesk;
  }
  function build() {
    host.lang = lang;
    const title = data.title || t.title;
    go = tool("send", t.send, () => (running ? running.abort() : submit()), "send");
    box.ariaLabel = box.placeholder = t.label;
    log.ariaLabel = title;
    panel = el("div.panel", { id: "panel", role: "dialog", ariaLabel: title, tabIndex: -1 },
      el("div.head", {}, text("h2", title), tool("fresh", t.fresh, fresh), tool("close", t.close, close)),
      stage, count, el("div.row", {}, box, go), live);
    bubble = tool("chat", title, () => (panel.hidden ? open() : close()), "bubble");
    bubble.setAttribute("aria-controls", "panel");
    box.oninput = measure;
    box.onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    };
    for (const name of ["wheel", "touchmove", "keydown"]) log.addEventListener(name, () => (follow = false), { passive: true });
    for (const name of ["keydown", "keyup", "keypress"]) {
      panel.addEventListener(name, (event) => {
        event.stopPropagation(); // what is typed here is no shortcut of the page's
        if (name !== "keydown" || event.key !== "Escape" || event.isComposing) return;
        if (card) back();
        else close();
      });
    }
    for (const name of ["resize", "scroll"]) visualViewport.addEventListener(name, fit, { signal: gone.signal });
  }
  async function start() {
    if (lang !== "en") {
      const found = await fetch(new URL(`widget.js?words=${lang}`, desk)).catch(() => ({}));
      if (found.ok) Object.assign(t, await found.json());
      else lang = "en";
    }
    build();
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // not a style element: the page's own policy may forbid those
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    if (CSS.supports("color", data.color)) css("--brand", data.color);
    root.append(panel, bubble);
    document.body.append(host);
    fit();
    reveal("open" in data && data.open !== "false");
    window.citedesk = { open, close, ask, destroy };
    document.dispatchEvent(new Event("citedesk:ready"));
  }
  window.citedesk = {};
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();

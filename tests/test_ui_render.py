"""Whatever a document, a title or a question holds, the page shows it as text and as nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.types import Chunk, Document, Entry, Filters, Paragraph
from rag import words
from rag.catalogue import Wanted
from rag.types import (
    Answer,
    Citation,
    Claim,
    Conflict,
    Dispute,
    Part,
    Passage,
    Reason,
    Searched,
    Side,
    Timings,
    Understood,
    Verdict,
    Writing,
)
from ui import render, render_answer, render_claims, render_pane, render_shelf, tables
from ui.keeping.history import Conversation
from ui.people import Person, Role, Via

HOSTILE = (
    "<script>x()</script>",
    "<img src=x onerror=x()>",
    "${x}",
    "{{x}}",
    "![i](http://outside.example/i.png)",
    "[l](javascript:x())",
    "http://outside.example www.outside.example a@outside.example",
    "&lt;b&gt; &#60;b&#62; &amp;",
    "`code` **bold** __bold__ ~~gone~~ $x^2$ \\(x\\)",
    '" onmouseover="x()',
    "</p></div></article>",
)
texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
OURS = {"article", "header", "nav", "div", "p", "span", "ul", "li", "a", "b", "small", "h2", "mark", "button", "br"}
OURS |= {"bdi", "table", "thead", "tbody", "tr", "th", "td", "s", "h3"}
ATTRIBUTES = {"class", "href", "title", "tabindex", "dir", "role", "rel", "target", "type", "hidden", "scope"}
ATTRIBUTES |= {"data-open", "data-number", "data-page", "data-name", "aria-label", "aria-hidden", "aria-keyshortcuts"}
ATTRIBUTES |= {"data-document", "data-id", "data-current", "aria-current", "data-seen"}


class Parsed(HTMLParser):
    """HTML read back: the text of each element of a class, and every element, attribute and href there is."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.hrefs: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self._inside: list[int] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.hrefs += [value or "" for name, value in attrs if name == "href"]
        if tag != "br":
            self._inside.append(len(self.texts))
            self.texts.append((dict(attrs).get("class") or "", ""))
        else:
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        for at in self._inside:
            name, text = self.texts[at]
            self.texts[at] = (name, text + data)

    def of(self, name: str) -> list[str]:
        """The texts of the elements whose class is, or starts with, ``name``."""
        return [text for classes, text in self.texts if name in classes.split()]

    def assert_ours(self) -> None:
        """Only elements and attributes that we write, and every element closed."""
        assert self.elements <= OURS
        assert self.attributes <= ATTRIBUTES
        assert self._inside == []


def folded(text: str) -> str:
    return " ".join(text.split())


def document(paragraphs: list[str], title: str = "Title", url: str | None = None) -> Document:
    text, placed = "", []
    for number, one in enumerate(paragraphs, 1):
        text += "\n\n" if text else ""
        placed.append(Paragraph(number, len(text), len(text) + len(one), page=(number + 1) // 2))
        text += one
    stamp = datetime(2024, 1, 1, tzinfo=UTC)
    return Document("id", "v1", "/a.txt", 0, title, title, title, None, url, stamp, text, tuple(placed))


def citation(number: int, title: str, quote: str) -> Citation:
    return Citation(number, "id", "v1", title, title, date(2024, 5, 3), None, 4, 2, 0, len(quote), quote, "p. 2")


def answer(question: str, claims: tuple[Claim, ...], related: tuple[Passage, ...] = ()) -> Answer:
    searched, timings = Searched(1204, Filters(outlets=("A <b>",))), Timings(1, 2, 3)
    return Answer(question, question, claims, not claims, 0.87, (), related, searched, timings)


def as_chat(markdown: str) -> Parsed:
    """A chat message as a Markdown renderer with HTML allowed makes it."""
    parsed = Parsed(MarkdownIt("commonmark", {"html": True}).render(markdown))
    parsed.assert_ours()
    return parsed


@given(texts)
def test_a_question_is_shown_as_it_was_typed(typed: str) -> None:
    (shown,) = as_chat(render.question(typed)).of("cd-question")
    assert folded(shown) == folded(typed)


@given(texts, texts)
def test_an_answer_is_its_claims_with_links_of_ours(claim: str, title: str) -> None:
    found = answer(title, (Claim(claim, (citation(1, title, claim), citation(2, title, claim))),))
    parsed = as_chat(render_answer.answer(3, found, done=True))
    assert folded(parsed.of("cd-claim")[0].replace("\xa0", " ")) == folded(f"{claim} [1][2]".replace("\xa0", " "))
    assert parsed.hrefs == ["#cite-3-1", "#cite-3-2"] * 2
    assert folded(parsed.of("cd-sources")[0]).startswith(folded(f"[1] {title}"))


@given(texts, texts)
def test_a_refusal_links_related_passages_and_cites_nothing(text: str, title: str) -> None:
    shown = document([text], title)
    passage = Passage(shown, Chunk("c", "id", 0, len(text), 1, 1, "", 9), 0.1, 0.2)
    parsed = as_chat(render_answer.answer(2, answer("q", (), (passage,)), done=True))
    assert parsed.of("cd-refusal") == ["Not in these documents."]
    assert parsed.hrefs == ["#related-2-1"]
    assert parsed.of("cd-ref") == []


@given(st.lists(texts, min_size=1, max_size=5), texts, st.data())
def test_the_pane_gives_the_document_back_to_the_letter(paragraphs: list[str], title: str, data: st.DataObject) -> None:
    shown = document(paragraphs, title, "https://example.org/a")
    place = data.draw(st.sampled_from(shown.paragraphs))
    start = data.draw(st.integers(place.start, place.end))
    end = data.draw(st.integers(start, place.end))
    view = render_pane.View(shown, 7, start, end, exact=True, label="Citation 1 of 1", warning=title)
    parsed = Parsed(render_pane.pane(view))
    parsed.assert_ours()
    assert parsed.of("cd-par") == paragraphs
    assert parsed.of("cd-title") == [title]
    if start < end:
        assert "".join(text for name, text in parsed.texts if name == "" and text == shown.text[start:end])
        assert len(parsed.of("cd-cited")) == 1
        assert parsed.of("cd-copy-text")[0].startswith(f"“{shown.text[start:end]}” — ")
    back, permanent, original = parsed.hrefs
    assert (back, original) == ("#back", "https://example.org/a")
    assert permanent.startswith("source/id")
    if start < end:
        assert permanent == f"source/id?quote={start}-{end}&version=v1#p{place.number}"


@given(texts, texts)
def test_the_table_of_documents_is_text(title: str, name: str) -> None:
    entry = Entry(name, "v", f"/folder/{name}", title, title, title, None, None, 3)
    parsed = Parsed(tables.documents(1, [entry], Wanted(), {}))
    parsed.assert_ours()
    (href,) = parsed.hrefs
    assert href.startswith("#doc-")
    assert not set(href) & set("\"'<>& ")


@given(texts, texts)
def test_the_list_of_conversations_is_text(title: str, looked_for: str) -> None:
    stamp = datetime(2024, 5, 3, 12, tzinfo=UTC)
    parsed = Parsed(render_shelf.shelf([Conversation("ab12", title, stamp, stamp, 2)], "ab12", looked_for, 30))
    parsed.assert_ours()
    assert parsed.of("cd-talk-title") == [title]
    exports = [f"api/exports/conversation/ab12?format={name}" for name in ("md", "docx")]
    assert parsed.hrefs == ["?conversation=ab12", *exports, "print/conversation/ab12"]
    none = Parsed(render_shelf.shelf([], "", looked_for, 30))
    none.assert_ours()
    assert folded(looked_for) in folded(none.of("cd-empty")[0])


@given(texts)
def test_a_name_and_a_chosen_paragraph_are_text(text: str) -> None:
    signed_in = Parsed(render_shelf.who(Person(text, Role.READER, frozenset(), Via.LOCAL)))
    signed_in.assert_ours()
    assert signed_in.hrefs == ["brief", "account", "signout"]
    shown = Parsed(render_shelf.chosen(document(["one", text], text), 2))
    shown.assert_ours()
    assert folded(text)[:100] in folded(shown.of("cd-right")[0])


def test_a_kept_answer_can_be_copied_exported_and_voted_on_and_says_what_became_of_its_sources() -> None:
    claims = (Claim("Yes.", (citation(1, "T", "Yes."), citation(2, "U", "Yes."), citation(3, "V", "Yes."))),)
    marks = render_answer.Marks(frozenset({2}), frozenset({3}), "up")
    parsed = as_chat(render_answer.answer(4, answer("q", claims), done=True, kept="ab12", marks=marks))
    sources = parsed.of("cd-sources")[0]
    assert ["since" in one for one in sources.split("[")[1:]] == [False, True, True]
    assert "source changed since" in sources and "source removed since" in sources
    assert parsed.of("cd-pressed") == ["Helpful"]
    exports = [f"api/exports/exchange/ab12?format={name}" for name in ("text", "md", "docx")]
    assert parsed.hrefs[-6:] == [*exports, "print/exchange/ab12", "#up-4", "#down-4"]
    assert as_chat(render_answer.answer(4, answer("q", claims), done=True)).of("cd-acts") == [], "it is not kept"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//outside.example/x",
        "http:",
        "https://",
        "http://[",
        "ftp://outside.example",
        "",
        None,
    ],
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert render.web_address(url) is None
    assert Parsed(render_pane.pane(render_pane.View(document(["a"], url=url), 1))).hrefs == ["#back", "source/id"]


def test_a_web_address_is_kept_and_escaped() -> None:
    url = 'https://example.org/a?b=1&c="d"'
    assert render.web_address(url) == url
    assert Parsed(render_pane.pane(render_pane.View(document(["a"], url=url), 1))).hrefs == ["#back", "source/id", url]


def test_an_answer_says_what_was_searched_and_how_sure_it_is() -> None:
    found = replace(answer("it?", (Claim("Yes.", (citation(1, "T", "Yes."),)),)), standalone="the ferry?")
    parsed = as_chat(render_answer.answer(1, found, done=True, note="Stopped."))
    said = "Quoted from the documents · High confidence (0.87) · Searched 1,204 documents · A <b> · 6 ms"
    assert parsed.of("cd-meta") == [said]
    assert parsed.of("cd-standalone") == ["Searched for: the ferry?"]
    assert parsed.of("cd-notice") == ["Stopped."]
    assert "T · 3 May 2024 · ¶ 4 · p. 2" in parsed.of("cd-sources")[0]


def test_the_pane_says_where_the_quote_stands() -> None:
    shown = document(["one", "two", "three"])
    view = render_pane.View(shown, 9, 5, 8, exact=True, label="Citation 2 of 3", previous="#cite-1-1")
    parsed = Parsed(render_pane.pane(view))
    assert parsed.of("cd-byline") == ["Title · Title · no date stated · page 1 · paragraph 2 of 3"]
    assert parsed.of("cd-cited") == ["two"]
    permanent = "source/id?quote=5-8&version=v1#p2"
    assert parsed.hrefs == ["#back", "#cite-1-1", permanent], "there is no next one"


@given(texts, texts)
def test_the_other_outlets_of_a_passage_are_text_with_links_of_ours(outlet: str, id_: str) -> None:
    shown = document(["The ferry sank."])
    copy = replace(shown, id=id_ or "x", outlet=outlet or None, title=outlet, published=date(2024, 5, 3))
    passage = Passage(shown, Chunk("c", "id", 0, 15, 1, 1, "", 9), 0.1, 0.2, also=(copy,))
    said = f"{outlet} (3 May 2024)"
    cited = replace(answer("q", (Claim("It sank.", (citation(1, "T", "The ferry sank."),)),)), passages=(passage,))
    view = render_pane.View(shown, 1, 0, 15, exact=True, also=(copy,))
    pane = Parsed(render_pane.pane(view))
    pane.assert_ours()
    related = as_chat(render_answer.answer(2, answer("q", (), (passage,)), done=True))
    sources = as_chat(render_answer.answer(2, cited, done=True))
    assert folded(pane.of("cd-also")[0]) == folded(f"Also in: {said}")
    for parsed in (related, sources) if id_ != "id" else (related,):
        assert folded(parsed.of("cd-sources")[0]).endswith(folded(f"· also in: {said}"))
    for parsed in (pane, related):
        (href,) = [each for each in parsed.hrefs if each.startswith("#doc-")]
        assert not set(href) & set("\"'<>& ")


def test_without_other_outlets_nothing_is_said_of_them() -> None:
    assert "lso in" not in render_pane.pane(render_pane.View(document(["a"]), 1))


def test_lone_surrogates_and_nul_become_replacement_characters() -> None:
    assert render.plain("a\ud800\0b") == render.inert("a\ud800\0b") == "a\ufffd\ufffdb"


@pytest.mark.parametrize(
    ("confidence", "said"), [(0.97, "High"), (0.75, "High"), (0.7, "Moderate"), (0.5, "Moderate"), (0.4, "Low")]
)
def test_confidence_in_words(confidence: float, said: str) -> None:
    assert words.sureness(confidence) == f"{said} confidence ({confidence:.2f})"


@given(texts, texts)
def test_limits_are_shown_as_text_with_a_link_that_takes_each_off(words: str, outlet: str) -> None:
    reasons = (Reason(Part.TIME, words, "published since 1 May 2024"), Reason(Part.OUTLET, words, f"from {outlet}"))
    dropped = (Reason(Part.OUTLET, words, f"from {outlet}"),)
    understood = Understood(date(2024, 6, 22), reasons, dropped)
    found = replace(answer("q", ()), searched=Searched(3, Filters(), understood))
    parsed = as_chat(render_answer.answer(4, found, done=True))
    assert parsed.hrefs == ["#widen-4-time", "#widen-4-outlet"]
    first, second = parsed.of("cd-chip")
    assert folded(first) == folded(f"Published since 1 May 2024, because of “{words}” ✕ Search all dates")
    assert folded(second) == folded(f"From {outlet}, because of “{words}” ✕ Search all outlets")
    (shown,) = parsed.of("cd-limits")
    assert folded(shown).endswith("searched without.Dates counted from 22 June 2024.")
    (said,) = parsed.of("cd-refusal")
    assert folded(said) == folded(f"Not in the documents published since 1 May 2024 from {outlet}.")
    assert as_chat(render_answer.answer(4, found, done=False)).hrefs == [], "nothing is taken off while it is answered"


def written(claims: tuple[Claim, ...], *, draft: str = "") -> Answer:
    return replace(answer("q", claims), refused=False, draft=draft, writing=Writing("a model"))


@given(texts, texts, texts)
def test_a_verdict_is_a_sign_that_can_be_focused_with_its_reason_in_it(one: str, two: str, reason: str) -> None:
    cited = (citation(1, "T", "Yes."),)
    partial, gone = Claim(one, cited, Verdict.PARTIAL, reason), Claim(two, (), Verdict.UNSUPPORTED, reason)
    for done in (True, False):
        parsed = as_chat(render_answer.answer(1, written((partial, gone)), done=done))
        first, second = parsed.of("cd-sign")
        assert folded(first) == f"partly supported{folded(reason)}"
        assert folded(second) == f"not supported{folded(reason)}"
        assert [folded(each) for each in parsed.of("cd-said")] == [folded(one), folded(two)]
        assert parsed.of("cd-ref") == ["[1]"], "what is not supported cites nothing"
        assert "s" in parsed.elements and "tabindex" in parsed.attributes
        assert parsed.of("cd-legend") == (
            ["1 of 2 sentences is only partly supported; 1 is not supported; hover or focus for the reason."]
            if done
            else []
        )


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ("SSS", ""),
        ("SPSSP", "2 of 5 sentences are only partly supported; hover or focus for the reason."),
        ("US", "1 of 2 sentences is not supported; hover or focus for the reason."),
        ("P", "1 of 1 sentence is only partly supported; hover or focus for the reason."),
    ],
)
def test_the_legend_counts_what_lacks_support(verdicts: str, said: str) -> None:
    names = {"S": Verdict.SUPPORTED, "P": Verdict.PARTIAL, "U": Verdict.UNSUPPORTED}
    assert words.legend([Claim("a", (), names[one]) for one in verdicts]) == said


def test_bullets_are_lists_and_breaks_are_paragraphs() -> None:
    claims = (
        Claim("One.", ()),
        Claim("Two.", ()),
        Claim("A.", (), lead="- ", breaks=True),
        Claim("More of A.", ()),
        Claim("B.", (), lead="- ", breaks=True),
        Claim("Three.", (), breaks=True),
        Claim("Four.", (), breaks=True),
    )
    shapes = [(block.bullets, [len(item) for item in block.items]) for block in render_claims.blocks(claims)]
    assert shapes == [(False, [2]), (True, [2, 1]), (False, [1]), (False, [1])]
    markup = render_answer.answer(1, written(claims), done=True)
    assert markup.count('<ul class="cd-list">') == 1 and markup.count("<li>") == 2
    assert as_chat(markup).of("cd-claims") == ["One. Two.A. More of A.B.Three.Four."]


@given(texts, texts)
def test_a_draft_follows_the_checked_sentences_which_are_blocks_that_stay(text: str, draft: str) -> None:
    one = Claim(text, (citation(1, "T", "Yes."),))
    parts = [render_answer.answer(1, written((one,), draft=each), done=False).split("\n\n") for each in ("", draft)]
    assert [len(each) for each in parts] == [2, 3 if draft.startswith(("- ", "\n")) else 2]
    assert parts[0][0] == parts[1][0], "the checked sentence is not drawn anew"
    assert "cd-caret" in parts[0][-1] and "cd-caret" in parts[1][-1]
    parsed = as_chat("\n\n".join(parts[1]))
    assert folded(parsed.of("cd-draft")[0]) == folded(draft.lstrip("\n").removeprefix("- "))
    assert not parsed.of("cd-sources") and not parsed.of("cd-meta")


def test_a_draft_is_written_where_it_will_stand() -> None:
    bullet = Claim("A.", (), lead="- ")
    growing = render_answer.answer(1, written((bullet,), draft="- And B"), done=False)
    assert growing.count("<ul") == growing.count("<li>") == 2
    more = render_answer.answer(1, written((bullet,), draft="And more"), done=False)
    assert more.count("<li>") == 1 and as_chat(more).of("cd-list") == ["A. And more"]
    one = Claim("A.", ())
    breaks = [render_answer.answer(1, written((one,), draft=each), done=False).count("cd-gap") for each in ("B", "\nB")]
    assert breaks == [0, 1], "a line break begins a paragraph"
    assert "a model is writing…" in as_chat(render_answer.answer(1, written(()), done=False)).of("cd-working")[0]
    assert as_chat(render_answer.answer(1, written((bullet,), draft="x"), done=True)).of("cd-draft") == []


@given(texts, texts, texts, texts)
def test_what_disagrees_is_text_with_links_of_ours(value: str, outlet: str, quote: str, note: str) -> None:
    first = replace(citation(7, "T", quote), outlet=outlet)
    second = replace(citation(2, "Title", "No."), outlet=None, published=None)
    conflict = Conflict(Dispute.FIGURE, (Side(value, (first,)), Side("none", (second,))), note)
    found = replace(written((Claim("Yes.", (second,)),)), conflicts=(conflict,))
    parsed = as_chat(render_answer.answer(3, found, done=True))
    assert parsed.of("cd-conflict-head") == ["The documents disagree on a figure"]
    assert folded(parsed.of("cd-side-value")[0]) == folded(value)
    assert folded(parsed.of("cd-side-source")[0]) == folded(f"{outlet or 'T'} · 3 May 2024")
    assert folded(parsed.of("cd-side-quote")[0]) == f"“{folded(quote)}” [7]"
    assert parsed.of("cd-side-source")[1] == "Title · no date stated"
    assert folded(note) in [folded(each) for each in parsed.of("cd-conflict-note") or [note]]
    assert parsed.hrefs == ["#cite-3-2", "#cite-3-7", "#cite-3-2", "#cite-3-2", "#cite-3-7"]


@given(texts, texts)
def test_notices_and_flagged_passages_are_told(notice: str, title: str) -> None:
    passage = Passage(document(["Ignore that."], title), Chunk("c", "id", 0, 12, 1, 1, "", 9), 0.1, 0.2)
    found = replace(written((Claim("Yes.", ()),)), notices=(notice,), flagged=(passage,))
    parsed = as_chat(render_answer.answer(4, found, done=True))
    assert [folded(each) for each in parsed.of("cd-calm")] == [folded(notice[:1].upper() + notice[1:])]
    (said,) = parsed.of("cd-flagged")
    opening = "1 passage found holds text addressed to an AI assistant; it was not followed. See "
    assert folded(said) == f"{opening}{folded(title)}."
    assert parsed.hrefs == ["#flagged-4-1"]


def test_an_answer_says_how_it_came_about() -> None:
    claims = (Claim("Yes.", ()),)
    plain = Writing("qwen3:8b")
    checked = "Written by qwen3:8b, every sentence checked against its paragraph"
    assert words.origin(replace(written(claims), writing=plain)) == checked
    corrected = replace(plain, unknown=1, moved=1, removed=1, dropped=1)
    said = f"{checked} · 1 sentence without support left out · 3 citations corrected"
    assert words.origin(replace(written(claims), writing=corrected)) == said
    assert words.origin(replace(written(claims), writing=None)) == "Quoted from the documents"
    assert words.origin(answer("q", ())) == words.origin(replace(answer("q", ()), writing=plain)) == ""


@given(st.lists(texts, max_size=3))
def test_next_questions_are_links_whose_last_text_is_the_question(found: list[str]) -> None:
    parsed = Parsed(render.next_links(found))
    parsed.assert_ours()
    assert parsed.hrefs == [f"#next-{number}" for number in range(1, len(found) + 1)]
    assert parsed.of("cd-next") == [f"Next: {one}" for one in found]

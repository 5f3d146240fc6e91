"""One file's Draft -> the Drafts of its articles, each with the head it states itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.parse.boilerplate import is_share_line
from index.parse.canonical import first_words, fold, visible
from index.parse.credits import Credit, merge, read_credit, split_author
from index.parse.dates import find_stated
from index.parse.draft import Block, Draft, Kind
from index.parse.exports import is_after, is_break, is_copyright, is_exported
from index.parse.heads import Head, is_separator, read_head
from index.parse.lines import find_dateline, find_link, find_origin, is_bare_link, is_prose, is_rule
from index.parse.outlets import is_name

_SENTENCE = re.compile(r".{20,}?[.!?…。！？][\"”’»)]*(?=\s|$)")
_SOURCE = re.compile(r"(?:source|quelle|fonte|fuente)s?\s*:\s*(?P<name>[^.]{3,90})", re.IGNORECASE)
_FEWEST_ITEMS = 3  # of a newsletter
_LOOKED_AT = 26  # blocks in which a head in mid-text ends, and its body begins
_TAIL = 3  # a link to the source stands in the last lines of an article


def split(draft: Draft) -> tuple[Draft, ...]:
    """Return the articles of ``draft`` in order, at least one, their texts folded and page furniture dropped.

    A new article begins

    - behind what a press database or a mailing list puts between two ("End of Document", "Message: 3");
    - where a share button, a rule, a copyright line or a link to the full text is followed by a head that names a day,
      an outlet or an author;
    - in mid-text where a title stands together with two of a date, an outlet and an author, or with a dateline that
      names its day or agency, or with a byline or a masthead where the first article has one too;
    - at every heading of a newsletter, all of whose parts end with a link or their source.

    What the file says of itself describes its first article only, but for its groups, language and encoding, which are
    those of all; nothing else is inherited from one article by another. An article without a title gets its first
    sentence, shortened.
    """
    folded = ((block, fold(block.text)) for block in draft.blocks)
    blocks = [block if block.text == text else replace(block, text=text) for block, text in folded if visible(text)]
    bundle = _look_at(blocks)
    heads = _find_heads(blocks, draft.title, bundle)
    ends = [start for start, _ in heads[1:]] + [len(blocks)]
    articles: list[Draft] = []
    for (start, head), end in zip(heads, ends, strict=True):
        common = Draft((), groups=draft.groups, language=draft.language, encoding=draft.encoding)
        article = _article(head, blocks[start + head.length : end], common if articles else draft, bundle)
        if article.blocks:
            articles.append(article)
    # A file of furniture only still holds those lines: better shown than lost.
    return tuple(articles) or (replace(draft, blocks=tuple(blocks)),)


@dataclass(frozen=True, slots=True)
class _Bundle:
    """What a file shows of the way it was put together: whether a database or a mailing list wrote it, and where the
    items of a newsletter begin."""

    exported: bool
    items: frozenset[int]


def _look_at(blocks: Sequence[Block]) -> _Bundle:
    exported = is_exported([block.text for block in blocks if block.kind in (Kind.PARAGRAPH, Kind.HEADING)])
    return _Bundle(exported, frozenset() if exported else _items(blocks))


def _items(blocks: Sequence[Block]) -> frozenset[int]:
    """Where the items of a newsletter begin: at its headings, if it has three or more with prose below them, each of
    which ends with a link of its own or the name of its source; the last one may have a footer instead."""
    starts = [place for place, block in enumerate(blocks) if block.kind is Kind.HEADING]
    found = set[int]()
    for start, end in pairwise((*starts, len(blocks))):
        part = [block for block in blocks[start + 1 : end] if not is_rule(block.text)]
        linked = sum(1 for block in part if _is_source(block.text))
        if linked == 1 and _is_source(part[-1].text) and any(is_prose(block.text) for block in part):
            found.add(start)
        elif found and end < len(blocks):
            return frozenset()  # a part of an article that has links in some places
    return frozenset(found) if len(found) >= _FEWEST_ITEMS else frozenset()


def _is_source(text: str) -> bool:
    return find_link(text) is not None or _SOURCE.fullmatch(text) is not None


def _find_heads(blocks: Sequence[Block], title: str | None, bundle: _Bundle) -> list[tuple[int, Head]]:
    """Return where each article starts, with its head; the first starts at 0."""
    first = read_head(blocks, title, bundle.exported)
    heads = [(0, first)]
    place = first.length
    wired = place < len(blocks) and find_dateline(blocks[place].text) is not None
    has_body = False
    while place < len(blocks):
        # A list of contents may stand before the first break, and nothing that reads like an article.
        may_begin = has_body or (bundle.exported and place > first.length and is_break(blocks[place].text))
        start, head = _head_at(blocks, place, bundle, first, wired) if may_begin else (place, None)
        if head is not None:
            heads.append((start, head))
            place = max(start + head.length, start)
            has_body = not head.length and is_prose(blocks[place].text)
            place += not head.length
            continue
        has_body = has_body or blocks[start].kind is Kind.ITEM or is_prose(blocks[start].text)
        place = start + 1  # what stands before it was looked at with it
    return heads


@dataclass(slots=True)
class _Between:
    """What stands before the head of an article: a share button, something that parts two texts, or a break."""

    shared: bool = False
    parted: bool = False
    broken: bool = False

    def passes(self, block: Block, exported: bool) -> bool:
        """Whether ``block`` belongs there; what it is is remembered."""
        text = block.text
        if exported and (is_break(text) or is_after(text)):
            self.broken = self.broken or is_break(text)
            self.parted = True
            return True
        # A link to the full report closes an article as a rule does.
        linked = find_origin(text) is not None
        if not (linked or is_separator(block)):
            return False
        self.shared = self.shared or is_share_line(text)
        self.parted = self.parted or linked or is_rule(text) or is_copyright(text)
        return True


def _head_at(blocks: Sequence[Block], place: int, bundle: _Bundle, first: Head, wired: bool) -> tuple[int, Head | None]:
    """Return the head of an article that begins at ``place``, or behind separators there; None if none does. It is
    empty where only what stands before it, or a dateline, tells that an article begins."""
    between, start = _Between(), place
    while start < len(blocks) - 1 and between.passes(blocks[start], bundle.exported):
        start += 1
    # A link between two articles is the one's above, unless links stand in the heads of this file.
    while not first.url and start < len(blocks) - 1 and is_bare_link(blocks[start].text):
        start += 1
    head = read_head(blocks[start : start + _LOOKED_AT], exported=bundle.exported)
    below = range(start + head.length, min(len(blocks), start + head.length + _LOOKED_AT))
    body = next((blocks[each] for each in below if not is_separator(blocks[each])), None)
    if body is None:
        return start, None
    if between.broken:
        return start, head
    dateline = find_dateline(body.text)
    filed = dateline is not None and bool(dateline.agency or dateline.date)
    if not head.length:
        # Reports of an agency follow each other without titles.
        return start, head if filed and wired and dateline and dateline.agency and dateline.date else None
    if not (is_prose(body.text) or head.rest):
        return start, None
    if head.named and (between.shared or between.parted):
        return start, head
    if between.shared and head.length == 1 and not head.rest and is_name(blocks[start].text, limit=4):
        # Below a share button, a lone line of capitalised words over prose says whose the next article is.
        return start, Head(length=1, outlet=blocks[start].text)
    return start, head if start in bundle.items or (head.title and _stands_for_itself(head, first, filed)) else None


def _stands_for_itself(head: Head, first: Head, filed: bool) -> bool:
    """Whether a head with a title begins an article in mid-text; ``filed`` says that a dateline is below it."""
    known = sum(map(bool, (head.published, head.outlet, head.author)))
    masthead = head.outlet is not None and head.outlet.isupper() and " " in head.outlet
    return filed or known > 1 or bool(head.author and first.author) or (masthead and first.outlet is not None)


def _article(head: Head, body: Sequence[Block], stated: Draft, bundle: _Bundle) -> Draft:
    blocks = [block for block in body if find_origin(block.text) or not is_separator(block)]
    if bundle.exported:
        blocks = _without_fields(blocks)
    tail = _tail(blocks)
    kept: list[Block] = []
    links: list[str] = []
    credits: list[Credit] = []
    for place, block in enumerate(blocks):
        source = _SOURCE.fullmatch(block.text) if bundle.items and place in tail else None
        link = find_origin(block.text) or (find_link(block.text) if place in tail else None)
        if len(blocks) == 1 or not (source or link):
            kept.append(block)
        links += [link] if link else []
        credits += [read_credit(source["name"]) or Credit(outlet=source["name"])] if source and not link else []
    texts = (*head.rest, *kept)
    dateline = next((find_dateline(block.text) for block in kept[:1]), None)
    agency = dateline.agency if dateline else ""
    day = find_stated(dateline.date) if dateline else None
    author = stated.author or head.author
    credit = merge([split_author(author) if author else Credit(), *credits])
    published, precision = stated.published or head.published, (stated if stated.published else head).precision
    if published is None and (credit.published or day):
        published = credit.published or (day.day if day else None)
        precision = credit.precision if credit.published or day is None else day.precision
    return Draft(
        blocks=texts,
        title=stated.title or head.title or _first_sentence(texts),
        outlet=stated.outlet or head.outlet or credit.outlet or agency or None,
        author=credit.author,
        published=published,
        url=stated.url or head.url or next(iter(links), None),
        groups=stated.groups,
        precision=precision,
        language=stated.language,
        encoding=stated.encoding,
    )


def _without_fields(blocks: Sequence[Block]) -> list[Block]:
    """The text of an article from a database without the fields above and below it."""
    end = len(blocks)
    while end and is_after(blocks[end - 1].text):
        end -= 1
    return [block for block in blocks[:end] if not is_break(block.text)]


def _tail(blocks: Sequence[Block]) -> list[int]:
    """Return the places of the last blocks, where a link is the article's own; bare links only if it is just one."""
    places = range(max(0, len(blocks) - _TAIL), len(blocks))
    bare = [place for place in places if is_bare_link(blocks[place].text)]
    # Several are references, even where all but the last stand above the tail.
    if len(bare) == 1 and (bare[0] == 0 or not is_bare_link(blocks[bare[0] - 1].text)):
        return list(places)
    return [place for place in places if place not in bare]


def _first_sentence(blocks: Sequence[Block]) -> str | None:
    prose = next((block for block in blocks if block.kind is not Kind.HEADING), None)
    if prose is None:
        return blocks[0].text if blocks else None
    found = _SENTENCE.match(prose.text)
    return first_words(found[0] if found else prose.text)

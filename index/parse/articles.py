"""One file's Draft -> the Drafts of its articles, each with the head it states itself."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parse.boilerplate import is_share_line
from index.parse.canonical import first_words, fold, visible
from index.parse.credits import Credit, split_author
from index.parse.draft import Block, Draft, Kind
from index.parse.heads import Head, is_separator, read_head
from index.parse.lines import find_link, find_origin, is_bare_link, is_prose, is_rule
from index.parse.outlets import is_name

_SENTENCE = re.compile(r".{20,}?[.!?…。！？][\"”’»)]*(?=\s|$)")
_TAIL = 3  # a link to the source stands in the last lines of an article


def split(draft: Draft) -> tuple[Draft, ...]:
    """Return the articles of ``draft`` in order, at least one, their texts folded and page furniture dropped.

    A new article begins where a share button or a horizontal rule is followed by a head that names a date, an outlet
    or an author, or where a date, a title and an outlet or author stand together in mid-text. What the file says of
    itself describes its first article only, but for its groups, which are those of all; nothing else is inherited from
    one article by another. An article without a
    title gets its first sentence, shortened.
    """
    blocks = [replace(block, text=text) for block in draft.blocks if visible(text := fold(block.text))]
    heads = _find_heads(blocks, draft.title)
    ends = [start for start, _ in heads[1:]] + [len(blocks)]
    articles: list[Draft] = []
    for (start, head), end in zip(heads, ends, strict=True):
        stated = draft if not articles else Draft((), groups=draft.groups)
        article = _article(head, blocks[start + head.length : end], stated)
        if article.blocks:
            articles.append(article)
    # A file of furniture only still holds those lines: better shown than lost.
    return tuple(articles) or (replace(draft, blocks=tuple(blocks)),)


def _find_heads(blocks: Sequence[Block], title: str | None) -> list[tuple[int, Head]]:
    """Return where each article starts, with its head; the first starts at 0."""
    first = read_head(blocks, title)
    heads = [(0, first)]
    place = first.length
    has_body = False
    while place < len(blocks):
        start, head = _head_at(blocks, place) if has_body else (place, Head())
        if head.length:
            heads.append((start, head))
            place = start + head.length
            has_body = False
            continue
        has_body = has_body or blocks[place].kind is Kind.ITEM or is_prose(blocks[place].text)
        place += 1
    return heads


def _head_at(blocks: Sequence[Block], place: int) -> tuple[int, Head]:
    """Return the head of an article that begins at ``place``, or behind separators there; an empty one if none."""
    start = place
    shared = parted = False
    while start < len(blocks) and (is_separator(blocks[start]) or find_origin(blocks[start].text)):
        shared = shared or is_share_line(blocks[start].text)
        # A link to the full report closes an article as a rule does.
        parted = parted or is_rule(blocks[start].text) or find_origin(blocks[start].text) is not None
        start += 1
    head = read_head(blocks[start : start + 12])
    body = next((block for block in blocks[start + head.length :] if not is_separator(block)), None)
    if not head.length or body is None or not (is_prose(body.text) or head.rest):
        return start, Head()
    if head.named and (shared or parted):
        return start, head
    if shared and head.length == 1 and not head.rest and is_name(blocks[start].text, limit=4):
        # Below a share button, a lone line of capitalised words over prose says whose the next article is.
        return start, Head(length=1, outlet=blocks[start].text)
    together = head.published and head.title and (head.outlet or head.author)
    return start, head if together else Head()


def _article(head: Head, body: Sequence[Block], stated: Draft) -> Draft:
    blocks = [block for block in body if not is_separator(block)]
    url = stated.url or head.url
    kept: list[Block] = []
    tail = _tail(blocks)
    for place, block in enumerate(blocks):
        link = find_origin(block.text) or (find_link(block.text) if place in tail else None)
        if link is None or len(blocks) == 1:
            kept.append(block)
        url = url or link
    texts = (*head.rest, *kept)
    author = stated.author or head.author
    credit = split_author(author) if author else Credit()
    return Draft(
        blocks=texts,
        title=stated.title or head.title or _first_sentence(texts),
        outlet=stated.outlet or head.outlet or credit.outlet,
        author=credit.author,
        published=stated.published or head.published,
        url=url,
        groups=stated.groups,
    )


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

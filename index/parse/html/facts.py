"""What a web page says of itself in its metadata: JSON-LD, <meta>, microdata, <link>; nothing is guessed from prose."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from lxml import etree

from index.parse.canonical import fold
from index.parse.dates import StatedDate, find_stated
from index.parse.lines import find_byline
from index.types import Precision

_LD = 1_000_000  # characters of JSON-LD that are read
_DEPTH = 12
_ARTICLE = re.compile(r"(?:https?://schema\.org/)?\w*(?:Article|Posting|Report|Review)")
_PAGE = re.compile(r"(?:https?://schema\.org/)?WebPage")
_MICRODATA = etree.XPath(
    "//*[@itemprop='datePublished' or @itemprop='author' or @itemprop='headline'][not(self::meta)]"
)
_BYLINES = etree.XPath(
    "//a[@rel='author'] | //*[contains(concat(' ', @class, ' '), ' author ')"
    " or contains(concat(' ', @class, ' '), ' byline ') or contains(@class, 'author-name')]"
)
_FEW = 9  # elements within one whose text is a value
_SHORT = 300  # characters
_NAME = 100
_MANY = 20  # values of one property
_NO_AUTHOR = re.compile(r"(?:web)?(?:admin\w*|master|editor)|user\d*|staff|unknown|.*@.*|https?:.*", re.IGNORECASE)
_TITLES = ("citation_title", "og:title", "dc.title", "dcterms.title", "twitter:title", "headline")
_OUTLETS = ("og:site_name", "citation_journal_title", "dc.publisher", "dcterms.publisher", "application-name")
_AUTHORS = (
    *("citation_author", "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author"),
    *("sailthru.author", "byl", "twitter:creator"),
)
# When it was first published; when it was changed is no date of publication, and is not asked for.
_DATES = (
    *("article:published_time", "og:article:published_time", "citation_publication_date", "citation_date"),
    *("citation_online_date", "datepublished", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date"),
    *("parsely-pub-date", "sailthru.date", "article.published", "pubdate", "publishdate", "publish-date"),
    *("publication_date", "publication-date", "rnews:datepublished", "dcterms.created", "dc.date.created"),
    *("datecreated", "date", "cxenseparse:recs:publishtime"),
)
_STAMP = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.,]+ ?(?P<zone>Z|UTC|GMT|[+-][0-9:]{2,6})?(?:\[.*\])?"
)
_AWAY = re.compile(r"[+-][0-9:]*[1-9]")  # from Greenwich
_IN_ADDRESS = re.compile(r"/(?P<year>[12][0-9]{3})[/-](?P<month>[01][0-9])[/-](?P<day>[0-3][0-9])(?=[/-]|$)")
_FIRST_TIME = re.compile(r"publish|entry-date|pub-?date", re.IGNORECASE)
# ISO 639-1
_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en"
    " eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv"
    " ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne"
    " ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st"
    " su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_LANGUAGES = frozenset(_CODES.split())


@dataclass(frozen=True, slots=True)
class Facts:
    """What the page says, None where it says nothing; ``language`` is an ISO 639-1 code, ``body`` the text of the
    article where the metadata hold that too, and ``single`` whether the page says that it is one article."""

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    precision: Precision = Precision.DAY
    url: str | None = None
    language: str | None = None
    body: str | None = None
    single: bool = False


@dataclass(slots=True)
class _Said:
    """Values by the name of the property, small, in the order of the page, first those of <meta>."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    data: dict[str, list[str]] = field(default_factory=dict)
    articles: int = 0  # that JSON-LD tells of
    body: str | None = None

    def first(self, names: tuple[str, ...], data: str) -> str | None:
        """What the first of ``names`` among <meta> says, or else ``data`` in JSON-LD and microdata."""
        stated = (value for name in names for value in self.meta.get(name, ()))
        return next(stated, None) or next(iter(self.data.get(data, ())), None)


def read_facts(tree: etree._Element) -> Facts:
    """What the page of ``tree`` says of itself; the date of a change is never taken for that of publication."""
    said = _Said()
    _read_meta(tree, said)
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            _read_data(script.text or "", said)
    _read_microdata(tree, said)
    url = _url(tree, said)
    outlet = said.first(_OUTLETS, "publisher")
    if outlet is None and url:
        outlet = re.sub(r"^https?://(?:www\.)?|[/?#:].*$", "", url)
    outlet = re.sub(r"^https?://(?:www\.)?|/$", "", outlet).lstrip("@") if outlet else None
    published = _published(tree, said, url)
    return Facts(
        title=_title(tree, said, outlet or ""),
        outlet=outlet or None,
        author=_author(tree, said, outlet or ""),
        published=published.day if published else None,
        precision=published.precision if published else Precision.DAY,
        url=url,
        language=_language(tree, said),
        body=said.body,
        single="article" in said.meta.get("og:type", ()) or said.articles == 1,
    )


def _read_meta(tree: etree._Element, said: _Said) -> None:
    for element in tree.iter("meta"):
        value = fold(element.get("content") or "")
        names = {(element.get(key) or "").strip().lower() for key in ("name", "property", "itemprop", "http-equiv")}
        for name in sorted(names - {""}) if value else ():
            said.meta.setdefault(name, []).append(value)
    for element in tree.iter("time"):
        first = element.get("pubdate") is not None or _FIRST_TIME.search(element.get("class") or "")
        if first and (stamp := fold(element.get("datetime") or "")):
            said.meta.setdefault("pubdate", []).append(stamp)


def _read_data(text: str, said: _Said) -> None:
    """JSON-LD: of the first article in it, or of the page where it tells of none; what is said already stays."""
    try:
        found = json.loads(text[:_LD], strict=False)
    except (ValueError, RecursionError):  # what is broken says nothing
        return
    every = list(_objects(found, 0))
    articles = [each for each in every if any(map(_ARTICLE.fullmatch, _names(each.get("@type"))))]
    said.articles += len(articles)
    pages = [each for each in every if any(map(_PAGE.fullmatch, _names(each.get("@type"))))]
    for each in (articles or pages)[:1]:
        body = each.get("articleBody")
        if isinstance(body, str) and said.body is None:
            said.body = body
        for name in ("headline", "datePublished", "author", "publisher", "inLanguage", "url", "mainEntityOfPage"):
            values = list(islice(_names(each.get(name)), _MANY))
            if values:
                said.data.setdefault(name.lower(), values)


def _read_microdata(tree: etree._Element, said: _Said) -> None:
    """Of each property the first value: the others may be those of comments."""
    for element in _MICRODATA(tree):
        name = (element.get("itemprop") or "").lower()
        text = " ".join(element.itertext()) if name not in said.data and len(element) < _FEW else ""
        value = fold(element.get("datetime") or element.get("content") or text)
        if value and len(value) < _SHORT:
            said.data.setdefault(name, [value])


def _objects(value: object, depth: int) -> Iterator[dict[str, object]]:
    if depth < _DEPTH and isinstance(value, list):
        for each in value:
            yield from _objects(each, depth + 1)
    elif depth < _DEPTH and isinstance(value, dict):
        yield value
        yield from _objects(value.get("@graph"), depth + 1)
        yield from _objects(value.get("mainEntity"), depth + 1)


def _names(value: object) -> Iterator[str]:
    """A text, the names of what is told as objects, or the texts of a list of them."""
    if isinstance(value, str) and fold(value):
        yield fold(value)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each) if not isinstance(each, list) else ()
    elif isinstance(value, dict):
        yield from _names(next((value[key] for key in ("name", "@id") if isinstance(value.get(key), str)), None))


def _title(tree: etree._Element, said: _Said, outlet: str) -> str | None:
    """The page's title without the name of the site that many append to it."""
    heads = [fold(" ".join(head.itertext())) for head in tree.iter("h1")]
    titles = [fold(title.text or "") for title in tree.iterfind(".//head/title")]
    stated = said.first(_TITLES, "headline") or next((title for title in titles if title), "")
    if not stated:
        stated = heads[0] if len(heads) == 1 else ""
    bare = re.sub(rf"\s+[|–—»·:-]\s+{re.escape(outlet)}\s*$", "", stated, flags=re.IGNORECASE) if outlet else stated
    # The only heading of the first order, where the title is it and something else: the site, the section.
    if len(heads) == 1 and len(heads[0]) > 15 and re.match(rf"{re.escape(heads[0])}\s+[|–—»·:-]\s", bare):
        bare = heads[0]
    return bare or stated or None


def _author(tree: etree._Element, said: _Said, outlet: str) -> str | None:
    """Who is stated in metadata; or else the first byline of the page, where that is marked as one."""
    stated = [name for key in _AUTHORS for name in said.meta.get(key, ())]
    for names in (said.data.get("author", []), stated):
        people = (find_byline(re.split(r"\s\|\s", name)[0]) or name for name in names)
        kept = list(dict.fromkeys(name for name in people if _is_author(name, outlet)))
        if kept:
            return ", ".join(kept[:8])
    for element in islice(_BYLINES(tree), _MANY):
        line = fold(" ".join(element.itertext())) if len(element) < _FEW else ""
        if len(line) < _NAME and (byline := find_byline(line) or find_byline(f"By {line}")):
            return byline
    return None


def _is_author(name: str, outlet: str) -> bool:
    """Not a login name, nor the outlet itself."""
    bare = len(name) < _NAME and not _NO_AUTHOR.fullmatch(name) and name.casefold() != outlet.casefold()
    return bare and not (name.islower() and " " not in name)


def _published(tree: etree._Element, said: _Said, url: str | None) -> StatedDate | None:
    """The first date stated; in the outlet's own time zone where one of the stamps is in that."""
    stated = [*said.data.get("datepublished", ()), *(value for name in _DATES for value in said.meta.get(name, ()))]
    times = {fold(element.get("datetime") or "")[:10] for element in tree.iter("time")} - {""}
    stated += times if len(times) == 1 else ()  # several may be those of other articles
    local = [value for value in stated if (stamp := _STAMP.fullmatch(value)) and _AWAY.search(stamp["zone"] or "")]
    found = [date for value in stated if (date := _date(value))]
    near = [day for value in local if (day := _date(value)) and found and abs(day.day - found[0].day).days <= 1]
    named = _IN_ADDRESS.search(url or "")
    spelt = find_stated("-".join(named.group("year", "month", "day"))) if named else None
    return next(iter([*near, *found]), spelt)


def _date(value: str) -> StatedDate | None:
    stamp = _STAMP.fullmatch(value)
    return find_stated(stamp["day"] if stamp else value)


def _url(tree: etree._Element, said: _Said) -> str | None:
    links = [link.get("href") or "" for link in tree.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    said_too = [*said.meta.get("og:url", ()), *said.data.get("url", ()), *said.data.get("mainentityofpage", ())]
    return next((url.strip() for url in (*links, *said_too) if re.match(r"\s*https?://[^/\s]+", url)), None)


def _language(tree: etree._Element, said: _Said) -> str | None:
    stated = [tree.get("lang"), tree.get("xml:lang"), *said.data.get("inlanguage", ())]
    stated += [*said.meta.get("content-language", ()), *said.meta.get("og:locale", ())]
    code = re.split(r"[-_,;\s]", next((each for each in stated if each), "").strip().lower())[0]
    code = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}.get(code, code)
    return code if code in _LANGUAGES else None

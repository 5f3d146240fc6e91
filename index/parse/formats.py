"""Which suffix is read how. The libraries of the formats take 0.05 to 0.4 s to import, so each is imported when it is
needed first: only a folder that holds such a file pays for it."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from index.parse.draft import Draft, Item
from index.parse.limits import Allowance
from index.parse.member import Member
from index.parse.text import parse_text


def _markdown(data: bytes) -> Draft:
    from index.parse.markdown import parse_markdown

    return parse_markdown(data)


def _html(data: bytes) -> Draft:
    from index.parse.html import parse_html

    return parse_html(data)


def _pdf(data: bytes) -> Draft:
    from index.parse.pdf import parse_pdf

    return parse_pdf(data)


def _word(data: bytes) -> Draft:
    from index.parse.office.word import parse_word

    return parse_word(data)


def _slides(data: bytes) -> Draft:
    from index.parse.office.slides import parse_slides

    return parse_slides(data)


def _sheets(data: bytes) -> Draft:
    from index.parse.office.sheets import parse_sheets

    return parse_sheets(data)


def _separated(data: bytes) -> Draft:
    from index.parse.office.separated import parse_separated

    return parse_separated(data)


def _listed(data: bytes) -> tuple[Item, ...]:
    from index.parse.office.separated import parse_listed

    return parse_listed(data)


def _saved(data: bytes) -> Draft:
    from index.parse.html.saved import parse_saved

    return parse_saved(data)


def _feed(data: bytes) -> tuple[Item, ...]:
    from index.parse.feeds import parse_feed

    return parse_feed(data)


def _json_lines(data: bytes) -> tuple[Item, ...]:
    from index.parse.feeds.json_lines import parse_json_lines

    return parse_json_lines(data)


def _mail(data: bytes) -> Draft:
    from index.parse.mail import parse_mail

    return parse_mail(data)


def _attachments(data: bytes, allowance: Allowance) -> Iterator[Member]:
    from index.parse.mail.attachments import attachments

    return attachments(data, allowance)


def _messages(data: bytes, allowance: Allowance) -> Iterator[Member]:
    from index.parse.mail.mbox import messages

    return messages(data)


def _archive(data: bytes, allowance: Allowance) -> Iterator[Member]:
    from index.parse.archive import members

    return members(data, allowance)


# A file that is an article, or several with nothing but their text to tell them apart (see index.parse.articles).
ARTICLES: Mapping[str, Callable[[bytes], Draft]] = MappingProxyType(
    {
        ".txt": parse_text,
        ".text": parse_text,
        ".md": _markdown,
        ".markdown": _markdown,
        ".html": _html,
        ".htm": _html,
        ".xhtml": _html,
        ".pdf": _pdf,
        ".docx": _word,
        ".pptx": _slides,
        ".xlsx": _sheets,
        ".xlsm": _sheets,
        ".csv": _separated,
        ".tsv": _separated,
        ".mhtml": _saved,
        ".mht": _saved,
        ".eml": _mail,
    }
)

# A file that lists articles: each item is one.
LISTS: Mapping[str, Callable[[bytes], tuple[Item, ...]]] = MappingProxyType(
    {
        ".rss": _feed,
        ".atom": _feed,
        ".xml": _feed,
        ".jsonl": _json_lines,
        ".ndjson": _json_lines,
        # A table that has articles for rows; any other is in ARTICLES.
        ".csv": _listed,
        ".tsv": _listed,
    }
)

# A file that holds files. A message is in ARTICLES for its own text.
CONTAINERS: Mapping[str, Callable[[bytes, Allowance], Iterator[Member]]] = MappingProxyType(
    {".eml": _attachments, ".mbox": _messages, ".zip": _archive}
)

# All that are read.
SUFFIXES: tuple[str, ...] = tuple(dict.fromkeys((*ARTICLES, *LISTS, *CONTAINERS)))

# What mail programs call these formats; the first suffix of a format is its usual one.
CONTENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "text/plain": ".txt",
        "text/markdown": ".md",
        "text/html": ".html",
        "application/xhtml+xml": ".xhtml",
        "text/csv": ".csv",
        "text/tab-separated-values": ".tsv",
        "application/x-mimearchive": ".mhtml",
        "application/pdf": ".pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
        "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
        "application/rss+xml": ".rss",
        "application/atom+xml": ".atom",
        "application/jsonl": ".jsonl",
        "application/x-ndjson": ".ndjson",
        "message/rfc822": ".eml",
        "application/mbox": ".mbox",
        "application/zip": ".zip",
        "application/x-zip-compressed": ".zip",
    }
)

# What to do with kinds of file that hold text and are not read.
ADVICE: Mapping[str, str] = MappingProxyType(
    dict.fromkeys([".doc", ".dot", ".docm", ".odt", ".rtf", ".pages", ".wpd"], "save it as .docx")
    | dict.fromkeys([".xls", ".xlsb", ".ods", ".numbers"], "save it as .xlsx")
    | dict.fromkeys([".ppt", ".pps", ".ppsx", ".pptm", ".odp", ".key"], "save it as .pptx")
    | dict.fromkeys([".epub", ".mobi", ".ps", ".djvu", ".xps"], "save it as .pdf")
    | dict.fromkeys([".msg", ".oft"], "save it as .eml")
    | dict.fromkeys([".pst", ".ost"], "export its messages as .mbox or .eml")
    | dict.fromkeys([".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"], "pack its files as .zip")
)

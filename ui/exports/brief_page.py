"""The pages of a brief, without a script: the form, and the progress as it comes."""

from collections.abc import Sequence
from dataclasses import dataclass

from ui.exports.brief import MOST_QUESTIONS, Step
from ui.exports.page import LOOK, conversation_links
from ui.render import plain

_STYLE = """
form { margin-top: 1.25rem; }
label, legend { display: block; font-weight: 600; margin: 1rem 0 .3rem; padding: 0; }
.help { color: var(--soft); font-size: .9rem; margin: 0 0 .3rem; }
input:not([type=checkbox]), textarea, select { width: 100%; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--edge); border-radius: .4rem; padding: .5rem .6rem; }
select option { color: #1a1c20; background: #fff; }
textarea { min-height: 12rem; resize: vertical; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
.dates { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 0 1rem; }
.dates p { margin: 0; }
.while:has(~ [role]) { display: none; }
.outlets { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; max-height: 14rem; overflow-y: auto; padding: .2rem; }
.outlets label { font-weight: 400; margin: 0; }
button { font: inherit; font-weight: 600; margin-top: 1.5rem; padding: .65rem 1.2rem; border: 0; border-radius: .4rem;
  background: var(--act); color: var(--act-ink); cursor: pointer; }
.wrong { border: 1px solid var(--bad); border-left-width: 4px; color: var(--bad); padding: .6rem .9rem; }
.steps { padding-left: 1.6rem; }
.steps li { margin: .5rem 0; }
.outcome { display: block; color: var(--soft); font-size: .9rem; }
.back { margin: 0 0 1rem; }
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in; ``style`` is "" for the server's own setting."""

    title: str = ""
    questions: str = ""
    since: str = ""
    until: str = ""
    outlets: tuple[str, ...] = ()
    style: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen: the outlets there are, how many documents, and whether a model can write."""

    outlets: Sequence[str]
    documents: int
    writes: bool


def form(given: Filled, offered: Offered, base: str, wrong: str = "") -> str:
    """The page with the form. ``base`` is the path that the server's addresses begin with; ``wrong`` says what was the
    matter with what was sent."""
    error = f'<p class="wrong" role="alert" id="wrong">{plain(wrong)}</p>' if wrong else ""
    described = ' aria-describedby="wrong"' if wrong else ""
    nothing = "There are no documents that you may see yet, so a brief would say nothing."
    empty = "" if offered.documents else f'<p class="wrong" role="status">{nothing}</p>'
    body = (
        f'<p class="back"><a href="{plain(base)}/">← Ask a single question</a></p><h1>Write a brief</h1>'
        '<p class="help">Several questions become one document: a heading and an answer for each, every sentence with '
        "its source, and what the documents do not say is said as well.</p>"
        f'{empty}{error}<form method="post" action="{plain(base)}/brief"{described}>'
        '<label for="title">Title</label>'
        f'<input id="title" name="title" required maxlength="200" autocomplete="off" value="{plain(given.title)}">'
        '<label for="questions">Questions</label>'
        f'<p class="help" id="each">One on each line, at most {MOST_QUESTIONS}. Each is asked by itself.</p>'
        '<textarea id="questions" name="questions" required aria-describedby="each" spellcheck="true">\n'
        f"{plain(given.questions)}</textarea>"
        '<div class="dates"><p><label for="since">Published from</label>'
        f'<input id="since" name="since" type="date" value="{plain(given.since)}"></p>'
        '<p><label for="until">Published until</label>'
        f'<input id="until" name="until" type="date" value="{plain(given.until)}"></p></div>'
        f"{_outlets(given, offered)}{_style(given, offered)}<button>Write the brief</button></form>"
    )
    return _top("Write a brief") + body + _BOTTOM


def begun(title: str, base: str) -> str:
    """The beginning of the page of a brief that is being written."""
    return (
        _top(title) + f'<p class="back"><a href="{plain(base)}/brief">← Another brief</a></p>'
        f'<h1 dir="auto">{plain(title)}</h1><p class="help while">Keep this page open until the brief is done.</p>'
        '<ol class="steps" aria-live="polite">\n'
    )


def line(step: Step) -> str:
    """What a step adds: the outcome of the question before it, and the question that is asked now."""
    outcome = f'<span class="outcome">{plain(step.outcome)}</span></li>\n' if step.outcome else ""
    if step.done == step.of:
        return f"{outcome}</ol>\n"
    return f'{outcome}<li><span dir="auto">{plain(step.question)}</span>\n'


def ended(conversation: str, base: str) -> str:
    """The end of the page once all is done."""
    return f'<p role="status"><b>The brief is done.</b></p>{conversation_links(conversation, base)}{_BOTTOM}'


def broken(reason: str, conversation: str, base: str) -> str:
    """The end of the page when not all could be answered; ``conversation`` holds what was, "" where nothing was."""
    kept = f"<p>What was answered is kept.</p>{conversation_links(conversation, base)}" if conversation else ""
    return f'</li></ol><p class="wrong" role="alert">{plain(reason)}</p>{kept}{_BOTTOM}'


def _outlets(given: Filled, offered: Offered) -> str:
    if not offered.outlets:
        return ""
    boxes = "".join(
        f'<label><input type="checkbox" name="outlet" value="{plain(each)}"'
        f"{' checked' if each in given.outlets else ''}> <bdi>{plain(each)}</bdi></label>"
        for each in offered.outlets
    )
    legend = "Only these outlets (none chosen: all)"
    return f'<fieldset><legend>{legend}</legend><div class="outlets">{boxes}</div></fieldset>'


def _style(given: Filled, offered: Offered) -> str:
    if not offered.writes:
        return ""
    choices = (
        ("", "As this server is set"),
        ("brief", "A few sentences"),
        ("detailed", "A few paragraphs"),
        ("bullets", "Bullets"),
        ("quote", "Quotations only, written by no model"),
    )
    options = "".join(
        f'<option value="{value}"{" selected" if value == given.style else ""}>{words}</option>'
        for value, words in choices
    )
    return f'<label for="style">Answers</label><select id="style" name="style">{options}</select>'


def _top(title: str) -> str:
    # Told to name no referrer, a browser would send the form with "Origin: null".
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="same-origin"><link rel="icon" href="data:,">'
        f"<title>{plain(title)} · citedesk</title><style>{LOOK}{_STYLE}</style></head><body><main>\n"
    )


_BOTTOM = "</main></body></html>\n"

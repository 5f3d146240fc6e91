"""The widget's script and words as they are served."""

import json
import re
from importlib.resources import files

LANGUAGES = ("en", "de", "fr", "es")
"""Languages of the widget's own words (data-lang); English is in the script itself."""

_WHOLE = r'"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|/(?![*/ ])(?:\\.|[^/\\\n])+/'  # strings and regular expressions
_COMMENT = re.compile(rf"({_WHOLE})|//[^\n]*")
_BLANK = re.compile(rf"({_WHOLE})|\s*([{{}}()\[\]=<>;,:?+*&|!-])\s*|\s+")
_NEEDLESS = re.compile(rf"({_WHOLE})|[;,](?=\}})|\((\w+)\)(?==>)")


def script() -> bytes:
    """The script without comments and blanks that mean nothing, UTF-8: a page that holds it should stay quick."""
    return squeezed(files("ui.widget").joinpath("widget.js").read_text(encoding="utf-8")).encode()


def words(language: str) -> bytes | None:
    """The widget's words in a language other than English, as JSON in UTF-8; None where there are none."""
    found = json.loads(files("ui.widget").joinpath("words.json").read_text(encoding="utf-8")).get(language)
    return None if found is None else json.dumps(found, ensure_ascii=False).encode()


def squeezed(source: str) -> str:
    """JavaScript without comments and blanks that mean nothing.

    Not for any script: statements must end with a semicolon, a division must have blanks around it and a regular
    expression must not begin with one, a template must hold no other one, and line breaks in it must not matter.
    """
    source = _COMMENT.sub(lambda found: (found[1] or "").replace("\n", ""), source)
    source = _BLANK.sub(lambda found: found[1] or found[2] or " ", source)
    return _NEEDLESS.sub(lambda found: found[1] or found[2] or "", source).strip()

"""The description of the API as a page for people: made on the server, readable without a script."""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ui.render import plain
from ui.sources.frame import page

_CODE = re.compile(r"`([^`]+)`")
_METHODS = ("get", "post", "put", "patch", "delete")

Schema = Mapping[str, Any]


def reference(description: Schema, base: str) -> str:
    """The whole page. ``description`` is an OpenAPI 3.1 document, ``base`` the path that the server stands below."""
    groups = _groups(description)
    contents = "".join(f'<li><a href="#tag-{plain(tag)}">{plain(tag)}</a></li>' for tag in groups)
    parts = [
        f'<header><p class="home"><a href="{plain(base)}/">citedesk</a></p><h1>The API of this server</h1>'
        f'<p class="byline">Version {plain(description["info"]["version"])} · '
        f'<a href="{plain(base)}/api/openapi.json">OpenAPI description</a></p></header>',
        f'<main class="reference">{prose(description["info"]["description"])}'
        f'<nav aria-label="Contents"><ul>{contents}<li><a href="#schemas">Shapes</a></li></ul></nav>',
    ]
    said = {tag["name"]: tag.get("description", "") for tag in description.get("tags", ())}
    for tag, operations in groups.items():
        parts.append(f'<section><h2 id="tag-{plain(tag)}">{plain(tag)}</h2>{prose(said.get(tag, ""))}')
        parts += [_operation(base, *each) for each in operations]
        parts.append("</section>")
    shapes = description.get("components", {}).get("schemas", {})
    parts.append('<section><h2 id="schemas">Shapes</h2>')
    parts += [_shape(name, shape) for name, shape in sorted(shapes.items())]
    parts.append("</section></main>")
    return page("The API of this server", "".join(parts))


def prose(text: str) -> str:
    """The little Markdown of our own descriptions as HTML: paragraphs, lists of "- " lines, code in backticks."""
    out = []
    for block in text.strip().split("\n\n") if text.strip() else ():
        lines = block.split("\n")
        if all(line.startswith("- ") for line in lines):
            out.append(f"<ul>{''.join(f'<li>{_inline(line[2:])}</li>' for line in lines)}</ul>")
        else:
            out.append(f"<p>{_inline(' '.join(lines))}</p>")
    return "".join(out)


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", html.escape(text))


_Operation = tuple[str, str, Schema]


def _groups(description: Schema) -> dict[str, list[_Operation]]:
    """The operations by their first tag, in the order of the tags that are described, then of the paths."""
    groups: dict[str, list[_Operation]] = {tag["name"]: [] for tag in description.get("tags", ())}
    for path, methods in description["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                groups.setdefault((operation.get("tags") or ["other"])[0], []).append((method, path, operation))
    return {tag: operations for tag, operations in groups.items() if operations}


def _operation(base: str, method: str, path: str, operation: Schema) -> str:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    parameters = operation.get("parameters", ())
    sent = f"<h3>Body</h3><p>{_type(body)}</p>" if body else ""
    return (
        f'<details id="{method}-{plain(operation.get("operationId", path))}"><summary><span class="verb">'
        f'{method.upper()}</span> <code>{plain(path)}</code> <span class="soft">{plain(operation.get("summary", ""))}'
        f"</span></summary>{prose(operation.get('description', ''))}{_parameters(parameters)}{sent}"
        f"<h3>Answers</h3>{_responses(operation['responses'])}"
        f"<h3>Example</h3><pre><code>{plain(_curl(base, method, path, body))}</code></pre></details>"
    )


def _parameters(parameters: Sequence[Schema]) -> str:
    rows = [
        (
            f"<code>{plain(each['name'])}</code>",
            f"{plain(each['in'])}{', required' if each.get('required') else ''}",
            _type(each.get("schema", {})),
            _inline(each.get("description", "")),
        )
        for each in parameters
    ]
    return f"<h3>Parameters</h3>{_table(('Name', 'In', 'Type', 'Meaning'), rows)}" if rows else ""


def _responses(responses: Schema) -> str:
    rows = []
    for status, response in sorted(responses.items()):
        kinds = response.get("content", {})
        shapes = [
            _type(kind["schema"]) if name == "application/json" else f"<code>{plain(name)}</code>"
            for name, kind in kinds.items()
            if kind.get("schema")
        ]
        rows.append((plain(status), prose(response.get("description", "")), ", ".join(shapes)))
    return _table(("Status", "Meaning", "Shape"), rows)


def _shape(name: str, shape: Schema) -> str:
    required = shape.get("required", ())
    rows = [
        (
            f"<code>{plain(field)}</code>",
            "yes" if field in required else "",
            _type(what),
            _inline(" ".join(_told(what))),
        )
        for field, what in shape.get("properties", {}).items()
    ]
    table = _table(("Field", "Required", "Type", "Meaning"), rows) if rows else f"<p>{_type(shape)}</p>"
    examples = "".join(f"<pre><code>{plain(json.dumps(each))}</code></pre>" for each in shape.get("examples", ()))
    return (
        f'<details id="shape-{plain(name)}"><summary><code>{plain(name)}</code></summary>'
        f"{prose(shape.get('description', '').replace(chr(10), ' '))}{table}{examples}</details>"
    )


def _told(what: Schema) -> Iterator[str]:
    """What is to be said of a field: its description, its limits, its default."""
    if what.get("description"):
        yield what["description"]
    for each in (what, *what.get("anyOf", ())):
        for key, words in (("maxLength", "characters"), ("maxItems", "items"), ("maximum", "")):
            if key in each:
                yield f"At most {each[key]:,}{f' {words}' if words else ''}."
    if "default" in what and what["default"] not in (None, [], ""):
        yield f"Default: `{json.dumps(what['default'])}`."


def _type(schema: Schema) -> str:
    """A schema in a few words, with links to the shapes that it names."""
    if "$ref" in schema:
        name = plain(schema["$ref"].rpartition("/")[2])
        return f'<a href="#shape-{name}">{name}</a>'
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type(each) for each in options)
    if "enum" in schema:
        return " | ".join(f"<code>{plain(str(each))}</code>" for each in schema["enum"])
    if "const" in schema:
        return f"<code>{plain(str(schema['const']))}</code>"
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return plain(f"{kind} ({schema['format']})" if "format" in schema else str(kind))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{name}</th>' for name in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>'


def _curl(base: str, method: str, path: str, body: Schema | None) -> str:
    words = ["curl"] if method == "get" else ["curl", "-X", method.upper()]
    filled = path.replace("{document_id}", "DOCUMENT").replace("{number}", "7")
    words += [f'"$DESK{base}{filled}"', '-H "Authorization: Bearer $KEY"']
    if body is not None:
        words += ["-H 'Content-Type: application/json'", f"-d '{_example(path)}'"]
    return " ".join(words)


def _example(path: str) -> str:
    examples = {
        "/api/ask": {"question": "Who signed the treaty?"},
        "/api/next": {"conversation": "CONVERSATION"},
        "/v1/chat/completions": {
            "model": "citedesk",
            "messages": [{"role": "user", "content": "Who signed the treaty?"}],
        },
    }
    return json.dumps(examples.get(path, {}))

"""A client of the API in one file: asks a question, prints the answer as it grows, then where each sentence comes from.

    python -m ui.api.example http://127.0.0.1:7860 "Who signed the treaty?"

Where people sign in, the API key is read from a file (--key-file), or typed when asked for (--key).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from getpass import getpass
from pathlib import Path
from typing import Any

import httpx


def events(client: httpx.Client, question: str) -> Iterator[tuple[str, Any]]:
    """The name and the data of each event; a comment, which only says that the server is still there, is left out."""
    with client.stream("POST", "api/ask", json={"question": question, "stream": True}) as response:
        if response.is_error:
            response.read()
            raise SystemExit(f"{response.status_code}: {response.json()['error']['message']}")
        name = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


def main(arguments: Sequence[str] | None = None) -> int:
    """0 for an answer or a refusal; SystemExit (1) with the message when the server tells of an error."""
    parser = argparse.ArgumentParser(description="Ask a citedesk server a question.")
    parser.add_argument("url", help="the server's address, such as http://127.0.0.1:7860")
    parser.add_argument("question")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="a file that holds an API key")
    parser.add_argument("--key", action="store_true", help="ask for an API key")
    asked = parser.parse_args(arguments)
    key = asked.key_file.read_text().strip() if asked.key_file else asked.key and getpass("API key: ")
    headers = {"Authorization": f"Bearer {key}"} if key else None
    with httpx.Client(base_url=asked.url, headers=headers, timeout=120) as client:
        for name, data in events(client, asked.question):
            if name == "error":
                raise SystemExit(data["message"])
            if name == "claims":
                for claim in data["claims"]:
                    marks = "".join(f" [{number}]" for number in claim["citations"])
                    sys.stdout.write(f"{claim['verdict']:>11}  {claim['text']}{marks}\n")
            elif name == "done":
                sys.stdout.write(f"{'' if data['claims'] else data['answer']}\n")
                for one in data["citations"]:
                    place = f"{one['title']}, {one['outlet']}, {one['date']}: {client.base_url.join(one['source'])}"
                    sys.stdout.write(f"[{one['number']}] “{one['quote']}”\n    {place}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""E-mail: what the writer wrote, without signature, quotes and attachments."""

from datetime import date
from email.message import EmailMessage

import pytest

from index.errors import ParseError
from index.parse.mail import parse_mail

HEADERS = (
    b"From: =?utf-8?q?Zo=C3=AB_Kowalczyk?= <zoe@example.org>\r\nTo: Desk <desk@example.org>\r\n"
    b"Subject: Re: Bridge\r\n over the river\r\nDate: Tue, 18 Jun 2024 23:30:00 +0900\r\n"
)


def texts(body: str) -> list[str]:
    data = HEADERS + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body.replace("\n", "\r\n").encode()
    return [" ".join(block.text.split()) for block in parse_mail(data).blocks]


def message(plain: str | None, page: str | None) -> bytes:
    built = EmailMessage()
    built["From"], built["Subject"] = "Jane Doe <jane@example.org>", "Bridge"
    if plain is not None:
        built.set_content(plain)
    if page is not None:
        if plain is None:
            built.set_content(page, subtype="html")
        else:
            built.add_alternative(page, subtype="html")
    built.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="report.pdf")
    built.add_attachment("Attached text.", filename="notes.txt")
    return built.as_bytes()


def test_headers() -> None:
    draft = parse_mail(HEADERS + b"\r\nThe bridge is open.\r\n")
    assert (draft.title, draft.author, draft.published) == ("Bridge over the river", "Zoë Kowalczyk", date(2024, 6, 18))


def test_plain_text_is_preferred_and_attachments_are_ignored() -> None:
    draft = parse_mail(message("The bridge is open.", "<p>The bridge is closed.</p>"))
    assert [block.text for block in draft.blocks] == ["The bridge is open."]


def test_html_alone_is_read_as_html() -> None:
    page = "<p>The bridge is <b>open</b>.</p><script>alert(1)</script><img src=x onerror=alert(1)>"
    assert [block.text for block in parse_mail(message(None, page)).blocks] == ["The bridge is open."]


def test_signature_and_quoted_trail_are_dropped() -> None:
    own = "The bridge is open.\n\nIt was built in a year and a half by both sides.\n\n"
    for trail in (
        "-- \nJane Doe\nHarbour Desk\n",
        "On Tue, 18 Jun 2024 at 10:00, John Roe <john@example.org> wrote:\n> Is the bridge open?\n> Tell me.\n",
        "On Tue, 18 Jun 2024 at 10:00, John Roe\n<john@example.org> wrote:\n\nIs the bridge open?\n",
        "-----Original Message-----\nFrom: John Roe\n\nIs the bridge open?\n",
        "From: John Roe <john@example.org>\nSent: Tuesday\nTo: Jane\nSubject: Bridge\n\nIs the bridge open?\n",
        "> Is the bridge open?\n\n-- \nJane\n",
    ):
        assert texts(own + trail) == ["The bridge is open.", "It was built in a year and a half by both sides."]


def test_answers_between_quoted_lines_stay() -> None:
    body = "On Tuesday John wrote:\n> Is it open?\n\nYes, since noon.\n\n> Who built it?\n\nBoth sides did.\n"
    assert texts(body) == ["Yes, since noon.", "Both sides did."]


def test_a_message_that_only_quotes_is_kept() -> None:
    assert texts("> Is the bridge open?") == ["> Is the bridge open?"]


@pytest.mark.parametrize("charset", ["no-such-charset", "us-ascii", "utf-8"])
def test_a_wrong_charset_is_survived(charset: str) -> None:
    data = HEADERS + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + "Café – open.".encode()
    assert parse_mail(data).blocks[0].text == "Café – open."


@pytest.mark.parametrize(
    "headers",
    [
        b"From: <\r\nSubject: =?utf-8?b?A?=\r\nDate: yesterday\r\n",
        b'From: "a <b@c\r\nTo: [\r\n',
        b"From: @\r\nDate: 99 Foo\r\n",
    ],
)
def test_malformed_headers_say_nothing(headers: bytes) -> None:
    draft = parse_mail(headers + b"\r\nThe bridge is open.\r\n")
    assert [block.text for block in draft.blocks] == ["The bridge is open."]
    assert draft.published is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"Hello there.", "not an e-mail"),
        (bytes(range(256)) * 9, "not an e-mail"),
        (HEADERS + b"\r\n", "no text"),
    ],
)
def test_errors(data: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        parse_mail(data)


def test_parts_nested_too_deeply_are_refused() -> None:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(1500))
    with pytest.raises(ParseError, match="nested too deeply"):
        parse_mail(HEADERS + opened.encode() + b"\r\nThe bridge is open.\r\n")


def test_headers_nested_too_deeply_say_nothing() -> None:
    nested = "(" * 5000
    draft = parse_mail(f"From: {nested}\r\nSubject: Bridge\r\n\r\nThe bridge is open.\r\n".encode())
    assert (draft.title, draft.author) == ("Bridge", None)


def test_a_seven_bit_charset_is_read_as_declared() -> None:
    body = "橋は開通した。".encode("iso-2022-jp")
    data = HEADERS + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + body
    assert [block.text for block in parse_mail(data).blocks] == ["橋は開通した。"]


def test_hostile_text_stays_text() -> None:
    line = "<script>alert(1)</script> <img src=x onerror=alert(1)> ${x} {{x}}"
    assert texts(line) == [line]

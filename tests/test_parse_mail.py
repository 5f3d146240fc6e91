"""E-mail: what the writer wrote, without signature, quotes and attachments."""

import re
import time
from base64 import b64encode
from datetime import UTC, date, datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from index.errors import ParseError
from index.parse import parse, read
from index.parse.limits import Allowance
from index.parse.mail import parse_mail
from index.parse.mail.attachments import attachments
from index.parse.mail.mbox import messages

NOW = datetime(2024, 6, 18, 12, tzinfo=UTC)

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


def attached(data: bytes) -> list[tuple[str, str, bytes]]:
    return [(each.name, each.suffix, each.load()) for each in attachments(data, Allowance())]


def mixed(*parts: bytes, mark: bytes = b"--b") -> bytes:
    """A message of several parts, each with its headers."""
    body = b"".join(mark + b"\r\n" + part.replace(b"\n", b"\r\n") + b"\r\n" for part in parts)
    return HEADERS + b"Content-Type: multipart/mixed; boundary=" + mark[2:] + b"\r\n\r\n" + body + mark + b"--\r\n"


def test_attachments_of_kinds_that_are_read() -> None:
    found = attached(
        mixed(
            b"\nThe bridge is open.",
            b"Content-Type: text/plain; name=notes.txt\n\nNotes.",
            b'Content-Disposition: attachment; filename="notes.txt"\n\nMore.',
            b'Content-Disposition: attachment; filename="notes (2).txt"\n\nYet more.',
            b"Content-Type: application/octet-stream; name*=UTF-8''caf%C3%A9%2F..%5Cx.MD\n\n# Menu",
            b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERg==",
            b"Content-Type: application/pdf; name=report\n\n%PDF",
            b"Content-Type: image/png; name=logo.png\nContent-ID: <1>\n\nxx",
            b"Content-Type: text/html\nContent-Disposition: attachment\n\n<p>Page.",
            b"Content-Type: application/pkcs7-signature; name=smime.p7s\n\nxx",
        )
    )
    assert found == [
        ("notes.txt", ".txt", b"Notes."),
        ("notes (2).txt", ".txt", b"More."),
        ("notes (2) (2).txt", ".txt", b"Yet more."),
        ("café_.._x.MD", ".md", b"# Menu"),
        ("attachment.pdf", ".pdf", b"%PDF"),
        ("report.pdf", ".pdf", b"%PDF"),
        ("attachment.html", ".html", b"<p>Page."),
    ]


def test_nested_messages_are_attachments_with_attachments() -> None:
    inner = mixed(b"\nIt will rain.", b"Content-Type: text/plain; name=sky.txt\n\nClouds.", mark=b"--in")
    headed = b"Message-ID: <1@x.org>\r\n" + inner
    found = attached(
        mixed(
            b"\nSee below.",
            b"Content-Type: message/rfc822\n\n" + headed.replace(b"\r\n", b"\n"),
            b"Content-Type: message/rfc822; name=Forecast\nContent-Transfer-Encoding: base64\n\n" + b64encode(inner),
            b"Content-Type: message/rfc822; name=weather.pdf\n\nSubject: Rain\n\nMuch.",
        )
    )
    named = f"message {sha256(b'<1@x.org>').hexdigest()[:10]}"
    assert [(name, suffix) for name, suffix, _ in found] == [
        (named, ".eml"),
        ("Forecast.eml", ".eml"),
        ("weather.pdf.eml", ".eml"),
    ]
    for _, _, data in found[:2]:
        assert [block.text for block in parse_mail(data).blocks] == ["It will rain."]
        assert [(name, content.strip()) for name, _, content in attached(data)] == [("sky.txt", b"Clouds.")]


def test_a_message_may_be_a_file_itself() -> None:
    sent = b"Content-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg=="
    assert attached(HEADERS + sent) == [("scan.pdf", ".pdf", b"%PDF")]
    assert attached(HEADERS + b"Content-Type: text/plain; name=note.txt\r\n\r\nHello.") == []


def test_attachments_that_are_not_read_are_told() -> None:
    for kind, reason in (
        (b"octet-stream; name=old.doc", "save it as .docx"),
        (b"octet-stream; name=metadata.csv", "files beside it"),
        (b"json; name=june.pdf.meta.json", "files beside it"),
        (b"ms-tnef; name=winmail.dat", "only Outlook reads"),
    ):
        part = b"Content-Type: application/" + kind + b"\n\nxx"
        (found,) = attachments(mixed(b"\nHello.", part), Allowance())
        with pytest.raises(ParseError, match=reason):
            found.load()


def test_text_below_an_attachment_belongs_to_the_message() -> None:
    data = mixed(
        b"\nThe bridge is open.",
        b"Content-Type: image/png; name=logo.png\n\nxx",
        b"Content-Type: text/plain\n\nIt was built in a year.",
        b"Content-Type: text/plain\n\n_______________________________\nThe harbour mailing list",
    )
    assert [block.text for block in parse_mail(data).blocks] == ["The bridge is open.", "It was built in a year."]
    page = b"Content-Type: text/html\n\n<html><body><p>"
    data = mixed(page + b"One.</p></body></html>", b"Content-Type: image/png; name=a.png\n\nxx", page + b"Two.</p>")
    assert [block.text for block in parse_mail(data).blocks] == ["One.", "Two."]


def test_messages_of_a_digest_each_end_at_their_signature() -> None:
    def sent(number: int, *lines: str) -> str:
        return (
            f"Message: {number}\nFrom: Jane <j@x.org>\nDate: Tue, 18 Jun 2024\nSubject: No. {number}\n\n"
            + "\n".join(lines)
        )

    one, two = (
        sent(1, "It rained.", "", "-- ", "Jane Doe"),
        sent(2, "John wrote:", "> Did it?", "", "It did.", "-- ", "Jo"),
    )
    rule = f"\n\n{'-' * 30}\n\n"
    body = f"Today's Topics:\n\n1. Rain\n\n{'-' * 70}\n\n{rule.join((one, two, sent(3, 'It was dry.')))}\n"
    found = " ".join(texts(body))
    assert all(kept in found for kept in ("It rained.", "It did.", "It was dry.", "Subject: No. 3"))
    assert not any(dropped in found for dropped in ("Jane Doe", "Did it?", "Jo "))


@pytest.mark.parametrize("counted", [True, False])
def test_messages_of_a_digest_are_articles_with_their_own_head(counted: bool) -> None:
    def sent(number: int, name: str, subject: str, *said: str) -> str:
        fields = (
            f"Date: Mon, {number + 10} Jun 2024 09:00:00 +0000\nFrom: {name} <{name[:2]}@x.org>\nSubject: {subject}"
        )
        return "\n\n".join([(f"Message: {number}\n" if counted else "") + fields, *said])

    long = "The port of Narvik opened its new quay on Monday after four years of work, the harbour master said."
    told = [
        sent(1, "Ann Lee", "Port opens", long, "More ships are due."),
        sent(2, "Bo Karlsen", "Strike ends", long, "Will it last?"),
        sent(3, "Cy Dee", "Ferry late", long, "Photos: Ann"),
    ]
    rules = [f"\n\n{'-' * length}\n\n" for length in (70, 30)]
    listed = "Today's Topics:\n\n  Port opens\n  Strike ends"
    text = f"{listed}{rules[0]}{rules[1].join(told)}{rules[1]}End of Harbour Digest\n"
    found = parse(Path("/d.eml"), b"Subject: Harbour Digest\n\n" + text.encode(), NOW)
    assert [(each.title, each.author, each.published and each.published.day) for each in found] == [
        ("Harbour Digest", None, None),
        ("Port opens", "Ann Lee", 11),
        ("Strike ends", "Bo Karlsen", 12),
        ("Ferry late", "Cy Dee", 13),
    ]
    assert [each.text for each in found[1:]] == [
        f"{long}\n\n{last}" for last in ("More ships are due.", "Will it last?", "Photos: Ann")
    ]


def test_encrypted_messages_say_so() -> None:
    with pytest.raises(ParseError, match="is encrypted: save it decrypted"):
        parse_mail(HEADERS + b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA")


def test_a_message_of_files_only_and_one_without_anything() -> None:
    (found,) = parse(Path("/m.eml"), mixed(b"Content-Type: text/plain; name=a.txt\n\nNotes.", b"\n "), NOW)
    assert (found.part, found.text) == (None, "Notes.")  # the first text is what the message says, named or not
    data = mixed(b"\n ", b"Content-Disposition: attachment; filename=a.txt\n\nNotes.")
    assert [each.part for each in read(Path("/m.eml"), data, NOW).documents] == ["a.txt"]
    with pytest.raises(ParseError, match=r"a.txt is empty.*; its own text holds no text"):
        read(Path("/m.eml"), mixed(b"\n ", b"Content-Disposition: attachment; filename=a.txt\n\n"), NOW)


def test_mailboxes() -> None:
    line, ended = b"From jane@example.org Tue Jun 18 10:00:00 2024\n", b"\n\n"
    first = (
        b"Message-ID: <1@x.org>\nSubject: One\n\n>From here on it rained.\n\nFrom the start it was clear.\n>>From it"
    )
    second = b"X-Mozilla-Status: 0009\nSubject: Deleted\n\nGone."
    third = b"Subject: Three\n\nNo identifier."
    box = line + first + ended + line + second + ended + line + third + ended + line + first + b"\n"
    found = list(messages(box))
    named = f"message {sha256(b'<1@x.org>').hexdigest()[:10]}"
    assert [each.name for each in found] == [named, f"message {sha256(third).hexdigest()[:10]}", f"{named} (2)"]
    assert b"\n\nFrom here on it rained.\n\nFrom the start it was clear.\n>From it" in found[0].load()
    documents = read(Path("/library/a.mbox"), box, NOW).documents
    assert [each.title for each in documents] == ["One", "Three", "One"]
    close = line + b"Subject: One\n\nFirst.\n" + line + b"Subject: Two\n\nFrom: this is no header\nFrom here\nNote: no."
    assert [each.text for each in read(Path("/library/a.mbox"), close, NOW).documents] == [
        "First.",
        "From: this is no header From here Note: no.",
    ]
    dos = read(Path("/library/a.mbox"), box.replace(b"\n", b"\r\n"), NOW).documents
    assert [(each.part, each.text) for each in dos if each.title == "One"] == [
        (each.part, each.text) for each in documents if each.title == "One"
    ]
    for data, reason in ((b"", "empty"), (first, "not a mailbox"), (b"From here on it rained.", "not a mailbox")):
        with pytest.raises(ParseError, match=reason):
            list(messages(data))
    with pytest.raises(ParseError, match="no message"):
        list(messages(line + second))


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: " + b"a b " * 250_000 + b"\r\n\r\nHello.",
        b"From: " + b"a@b.c, " * 150_000 + b"\r\n\r\nHello.",
        HEADERS + b"Content-Type: text/plain; " + b"a=b; " * 200_000 + b"\r\n\r\nHello.",
        HEADERS + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nHello.\r\n" * 100_000,
        HEADERS + b"\r\nHello.\r\n" + b"On Monday John wrote:\r\n" * 50_000 + b"> no",
        HEADERS + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"=!A" * 300_000,
    ],
    ids=["subject", "from", "type", "parts", "quotes", "base64"],
)
def test_messages_made_to_take_long_do_not(data: bytes) -> None:
    started = time.process_time()
    try:
        assert read(Path("/m.eml"), data, NOW).documents[0].text == "Hello."
    except ParseError as error:
        assert re.search("more than 20,000 parts|binary data|no text", str(error))
    assert time.process_time() - started < 5


def test_hostile_text_stays_text() -> None:
    line = "<script>alert(1)</script> <img src=x onerror=alert(1)> ${x} {{x}}"
    assert texts(line) == [line]

"""Plain text: encodings, paragraphs, hard wraps, bullets and headings."""

import os
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ParseError
from index.parse.draft import Kind
from index.parse.encoding import decode
from index.parse.text import parse_text, text_blocks

PROSE = "The two governments exchanged the instruments of ratification in Moscow in December."


def folded(text: str) -> list[tuple[str, Kind]]:
    return [(" ".join(block.text.split()), block.kind) for block in text_blocks(text)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings(encoding: str) -> None:
    text = "Putin’s “article” – in Pyongyang, 평양, Пхеньян. " * 3
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "The “axis of tyrannies” – Putin’s phrase – isn’t new, the café owner said in Zürich."),
        ("cp1252", "Le président a déclaré que l’élection était « très importante » pour la région."),
        ("cp1252", "El año pasado la señora Núñez dijo que la situación no había cambiado en España."),
        ("cp1252", "A reunião não começou às três, e a situação é difícil para a população."),
        ("cp1250", "Prezydent powiedział, że żołnierze są gotowi do wyjazdu na Węgry."),
        ("cp1250", "Prezident řekl, že vojáci jsou připraveni odjet příští týden, což je důležité."),
        ("cp1251", "Президент России опубликовал статью в газете накануне своего визита."),
    ],
)
def test_other_encodings_are_detected(encoding: str, text: str) -> None:
    assert decode((text * 3).encode(encoding)) == text * 3


def test_a_declared_encoding_is_used_when_the_bytes_are_not_utf8() -> None:
    assert decode("Malmö".encode("latin-1"), "iso-8859-1") == "Malmö"
    assert decode("Пхеньян".encode("koi8-r"), "koi8-r") == "Пхеньян"
    assert decode("Malmö".encode(), "iso-8859-1") == "Malmö"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("iso-2022-jp", "橋は開通した。"), ("iso-2022-kr", "평양"), ("hz", "平壤"), ("utf-7", "Malmö")],
)
def test_a_declared_seven_bit_encoding_comes_before_utf8(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), encoding) == text
    assert decode(text.encode(), encoding) == text  # the declaration is wrong: these bytes are not 7-bit


TYPED = "Putin’s “article” – in Pyongyang, 평양."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff" + TYPED.encode(), "\ufffd" + TYPED),
        (TYPED.encode() + b"caf\xe9 " + TYPED.encode(), f"{TYPED}caf\ufffd {TYPED}"),
        (TYPED.encode() + "é".encode()[:1], TYPED + "\ufffd"),
        ("Zürich, café".encode()[:-1], "Zürich, caf\ufffd"),
        ("Zürich \ufffd\ufffd, café".encode()[:-1], "Zürich \ufffd\ufffd, caf\ufffd"),
    ],
)
def test_utf8_with_a_wrong_byte_stays_utf8(data: bytes, text: str) -> None:
    assert decode(data) == text
    assert decode(data, "iso-8859-1") == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        # É” and é » with its no-break space are valid UTF-8 by accident.
        ("cp1252", "The sign read “CAFÉ” above the door – the “THÉ” was cold, the owner’s café closed."),
        (
            "latin-1",
            "Le président a déclaré : «\u00a0c’est très aimé\u00a0» et s’est retiré à l’étranger.".replace("’", "'"),
        ),
        ("cp1251", "Её визит, ЕЁ СЛОВА: «Вё», сказал президент России в своей статье о поездке."),
    ],
)
def test_accidental_utf8_does_not_hide_another_encoding(encoding: str, text: str) -> None:
    assert decode((text * 3).encode(encoding)) == text * 3


NAMES = {
    "gb18030": "朱镕基 吴邦国 曾庆红 孟晚舟 阿里巴巴 郑州 哈尔滨 张艺谋 章子怡 人民日报 南方周末 艾未未 刘慈欣",
    "big5": "陳水扁 宋楚瑜 吳敦義 朱立倫 曾蔭權 董建華 周潤發 自由時報 民進黨 桃園 新竹 銅鑼灣 郭台銘",
    "shift_jis": "鳩山由紀夫 橋下徹 小池百合子 志位和夫 産経新聞 三菱重工 トヨタ ホンダ 札幌 福島 大谷翔平 みずほ",
    "euc_kr": "김여정 노무현 이명박 한덕수 안철수 정의용 동아일보 연합뉴스 인천 현대자동차 방탄소년단 김연아",
    "koi8_r": "Горбачёв Ельцин Лужков Собянин Кадыров Рогозин Патрушев Герасимов Пригожин Самара Якутск Чечня",
    "cp1251": "Горбачёв Ельцин Лужков Собянин Кадыров Рогозин Патрушев Герасимов Пригожин Самара Якутск Чечня",
}
WESTERN = "Núñez;Ségolène Royal;Schröder;Søren;São Paulo;Ærø;ÉLYSÉE;cœur;naïve;À bientôt;Þórr;Fußball;ÑANDÚ"
SAID = ["The minister, {}, spoke on Monday.", "It is “{}” in English.", "{} won – by 5 %.", "She met {} (twice)."]


def english(random: Random, names: list[str]) -> str:
    """A few lines of English, some of them with a name."""
    lines = [random.choice(SAID).replace("{}", name) for name in names]
    return "\n".join(line for each in lines for line in (each, "Nobody was surprised, and the talks went on."))


@pytest.mark.parametrize("encoding", NAMES)
def test_a_few_names_in_an_english_text_tell_its_encoding(encoding: str) -> None:
    right = 0
    for seed in range(100):
        random = Random(seed)
        names = random.sample(NAMES[encoding].split(), random.randint(2, 5))
        text = english(random, names).translate({ord("“"): '"', ord("”"): '"', ord("–"): "-"})
        right += decode(text.encode(encoding)) == text
    assert right >= 95


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_western_names_and_quotes_are_never_taken_for_another_script(encoding: str) -> None:
    for seed in range(200):
        random = Random(seed)
        data = english(random, random.sample(WESTERN.split(";"), random.randint(1, 5))).encode(encoding)
        assert decode(data) == data.decode(encoding)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x00" * 100, "binary"),
        (b"%PDF-1.7 ...", "binary"),
        (b"PK\x03\x04 ...", "binary"),
        (os.urandom(5000), "binary"),
        (b"  \n\n \t\n", "no text"),
    ],
)
def test_what_is_not_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        parse_text(data)


def test_blank_lines_part_paragraphs_and_line_breaks_do_not() -> None:
    text = f"{PROSE}\n\nCompliance remains\ninconsistent. This is\nwrapped by hand.\n \t\n{PROSE}"
    assert folded(text) == [
        (PROSE, Kind.PARAGRAPH),
        ("Compliance remains inconsistent. This is wrapped by hand.", Kind.PARAGRAPH),
        (PROSE, Kind.PARAGRAPH),
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028"])
def test_every_line_break_counts_alike(newline: str) -> None:
    assert len(folded(newline.join([PROSE, "", PROSE, "", PROSE]))) == 3


def test_without_blank_lines_long_lines_are_paragraphs() -> None:
    long = f"{PROSE} {PROSE}"
    text = f"A title of the piece\n{long}\n{long}\nA heading\n{long} It remains\ninconsistent."
    assert [kind for _, kind in folded(text)] == [
        Kind.HEADING,
        Kind.PARAGRAPH,
        Kind.PARAGRAPH,
        Kind.HEADING,
        Kind.PARAGRAPH,
    ]


def test_without_blank_lines_short_lines_are_one_wrapped_paragraph() -> None:
    assert len(folded("The two governments exchanged\nthe instruments of ratification\nin Moscow in December.")) == 1


def test_bullets_begin_items_and_are_not_part_of_them() -> None:
    text = (
        "Key points:\n  • The first\n    goes on here.\n  - The second.\n * The third.\n\n1. One.\n2) Two.\n(3) Three."
    )
    assert folded(text) == [
        ("Key points:", Kind.HEADING),
        ("The first goes on here.", Kind.ITEM),
        ("The second.", Kind.ITEM),
        ("The third.", Kind.ITEM),
        ("One.", Kind.ITEM),
        ("Two.", Kind.ITEM),
        ("Three.", Kind.ITEM),
    ]


def test_a_number_in_a_wrapped_sentence_is_no_bullet() -> None:
    assert folded("The treaty was signed on June\n19. It took effect in December.") == [
        ("The treaty was signed on June 19. It took effect in December.", Kind.PARAGRAPH)
    ]


def test_head_lines_in_one_group_stay_apart() -> None:
    text = f"Putin visits Pyongyang\nBy Jane Doe\nJune 18, 2024\n\n{PROSE}"
    assert [text for text, _ in folded(text)] == ["Putin visits Pyongyang", "By Jane Doe", "June 18, 2024", PROSE]


def test_headings_are_short_lines_over_prose() -> None:
    text = f"{PROSE}\n\nWhat comes next\n\n{PROSE}\n\nColleagues,\n\n{PROSE}\n\nHe said:\n\n{PROSE}\n\nThe end"
    assert [kind is Kind.HEADING for _, kind in folded(text)] == [False, True, False, False, False, False, False, False]


def test_an_underlined_line_is_a_heading() -> None:
    assert folded(f"Background\n==========\n{PROSE}") == [("Background", Kind.HEADING), (PROSE, Kind.PARAGRAPH)]


def test_a_long_run_of_short_lines_is_a_list_and_not_headings() -> None:
    names = "\n\n".join(f"Delegate number {name}" for name in "ABCDEFGH")
    kinds = [kind for _, kind in folded(f"{names}\n\n{PROSE}")]
    assert kinds.count(Kind.HEADING) <= 4
    assert kinds[0] is Kind.PARAGRAPH


@given(st.lists(st.text(alphabet="ab é中\u0301א\n\r\t•-*1.😀 ", max_size=40)))
def test_no_letter_is_lost_or_moved(parts: list[str]) -> None:
    text = "\n\n".join(parts)
    letters = [mark for mark in text if mark.isalpha()]
    assert [mark for block in text_blocks(text) for mark in block.text if mark.isalpha()] == letters

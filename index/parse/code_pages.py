"""Which of several ways to read the same bytes has sense: for code pages of East Asia and Cyrillic in a text that may
be English but for a few names.

Each way is told by how likely its characters are, as natural logarithms: those that names are made of, the other ones
of everyday use, the rare ones, and what no text holds. Letters of two scripts in one word are unlikely as well. The
sizes of the sets are those of the standards (GB 2312, Big5, JIS X 0208, KS X 1001), the shares are estimates.
"""

import codecs
import re
from collections.abc import Mapping
from functools import lru_cache
from math import log

_SAMPLE = 8_192  # bytes, of lines that hold more than ASCII
_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*[\r\n]?")
_ASCII = log(1 / 25)  # for each character; all ways but those of East Asia hold the same of them
_ODD = log(1e-8)  # what no text in the script holds
_MIXED = -3.0  # for each place where a letter of ASCII meets another one
_TURNED = -3.0  # and where a capital follows a small letter
_SURE = 3.0  # by which the likeliest way is likelier than Western letters
_POOR = -9.6  # for each character: what has no sense in any way is less likely
_POOR_LETTERS = -4.1  # the same of Cyrillic
_POOR_ACCENTS = -5.1  # and of Western letters
_MIX = re.compile(r"(?<=[A-Za-z])(?=[^\W\d_A-Za-z])|(?<=[^\W\d_A-Za-z])(?=[A-Za-z])")
_TURN = re.compile("[\u03ac-\u03ce\u0430-\u045f\u0491](?=[\u0386-\u03ab\u0400-\u042f\u0490])")

# Of family names, given names, places and offices: Chinese in both ways of writing, then Japanese.
_HAN = (
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧"
    "蒋蔣蔡贾賈丁魏薛叶葉阎余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段钱錢汤湯尹"
    "易常武乔喬贺賀赖賴龚龔文习習近平锦錦涛濤泽澤东東恩来來温溫家宝寶克强強毅栖歧洪章俊辉輝英登九登辉菊彬宁寧丽麗国國中华華民人"
    "大小明德建军軍志伟偉芳娜秀敏静靜艳艷勇杰娟霞超刚剛玉红紅海波新春光永成长長安天生世立正义義信仁礼智云雲飞飛鹏鵬雪梅兰蘭竹月"
    "日本北京上南京津重庆慶广廣州深圳香港澳门門台臺湾灣西藏疆湖河山四川陕陝甘肃肅青岛島省市县縣区區镇村路街城口水沙州内蒙古"
    "共产產党黨政府主席总總理部长委会會员員书書记記外交军事防院法报報网網电電视視新闻聞社公司银銀行学學经經济濟改革开開放一二三四五"
    "六七八九十百千年月日时時分的是不在有我他这這为為之来以个個到说說们們就和地也子道出而要作对對生发發起能可自动動同后後多力"
    "佐藤鈴木高橋伊渡辺邊小林村吉山口松井斎斉清本崎池阿部森岡前原藤野石橋上和安倍晋三岸田雄菅義偉太郎次一茂破進泉純菅直人鳩由紀夫"
    "野田佳彦河野克行上川陽子浩幸隆博健誠修正弘昭正裕哲也真美恵香奈愛優花子千夏京都阪府県道沖縄北海広島長崎横浜神戸名古屋福岡仙"
    "札幌防衛省庁首相大臣官房自民党朝毎読売経"
)
_HANGUL = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구나민진지엄채원천방공현함변염여추도소석선설마길연위표명기반"
    "왕금옥육인맹제모탁국은준재영수호석민동철희경숙미자순혜정상훈용일태형규진성승우윤아연주환대통령북조선평양서울부산인천시도국회의사관부총리"
    "외교방위군사당신문일보뉴스가나다라는을를에의로고과와서한해있하다"
)
_CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ"
_FULL = "　、。，．・：；？！ー「」『』（）《》〈〉【】“”‘’…—～·"
_KANA = "".join(map(chr, (*range(0x3041, 0x3094), *range(0x30A1, 0x30F7))))

# What code page 1252 has for quotes, dashes and the no-break space, and signs that stand beside no letter.
_QUOTES = frozenset(b"\x85\x91\x92\x93\x94\x96\x97\xa0\xab\xbb")
_SIGNS = frozenset(b"\x80\x95\xa3\xa7\xa9\xad\xae\xb0\xb7")
_HIGH = bytes(range(0x80, 0x100))
_RUN = re.compile(rb"([A-Za-z]?)([\x80-\xff]+)(?=([A-Za-z]?))")
_NON_ASCII = re.compile("[^\x00-\x7f]")


def likeliest(data: bytes) -> str | None:
    """Python's name of the code page, of East Asia or Cyrillic, that makes sense of ``data``; None where none does, or
    the letters of Europe's other code pages make more.

    ``data`` is not UTF-8. Only its first lines with more than ASCII are looked at.
    """
    sample = b"".join(_lines(data))
    best, most = None, _western(sample) + _SURE
    for name in _TABLES:
        text = _read(sample, name)
        if text is None:
            continue
        told = _likelihood(text, name) - _SELDOM.get(name, 0.0)
        poor = _POOR_LETTERS if _TABLES[name] is _cyrillic else _POOR
        if told > most and told - _ASCII * _plain(text) > poor * len(_NON_ASCII.findall(text)):
            best, most = name, told
    return None if best in _RIVALS else best


def is_western(data: bytes) -> bool:
    """Whether what is no ASCII in ``data`` stands where letters with accents, quotes and signs of code page 1252 do."""
    sample = b"".join(_lines(data))
    plain = len(sample.translate(None, _HIGH))
    return _western(sample) - _ASCII * plain > _POOR_ACCENTS * (len(sample) - plain)


def _lines(data: bytes) -> list[bytes]:
    found, size = list[bytes](), 0
    for line in _LINE.finditer(data):
        found.append(line[0][: _SAMPLE - size])
        size += len(found[-1])
        if size >= _SAMPLE:
            break
    return found


def _read(sample: bytes, name: str) -> str | None:
    """The text of ``sample``, whose last character may be cut; None where it cannot be that."""
    try:
        return codecs.getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return None


def _plain(text: str) -> int:
    return len(text) - len(_NON_ASCII.findall(text))


def _likelihood(text: str, name: str) -> float:
    table = _TABLES[name]()
    rare = sum(table.get(mark, _ODD) for mark in _NON_ASCII.findall(text))
    broken = _MIXED * len(_MIX.findall(text)) + _TURNED * len(_TURN.findall(text))
    return rare + _ASCII * _plain(text) + broken


def _western(sample: bytes) -> float:
    """The same of letters with accents, whichever of Europe's code pages it is: these stand between plain letters."""
    total = _ASCII * len(sample.translate(None, _HIGH))
    for run in _RUN.finditer(sample):
        before, marks, after = run.groups()
        for place, mark in enumerate(marks):
            beside = (place == 0 and before) or (place == len(marks) - 1 and after)
            if mark in _QUOTES or (mark in _SIGNS and not beside):
                total += -3.5
            elif beside:
                total += (-4.0 if mark >= 0xC0 else -5.5) - (len(marks) > 1)
            else:
                total += -5.5 if len(marks) == 1 else -7.5
    return total


def _table(*parts: tuple[str, float]) -> Mapping[str, float]:
    """How likely each character is of sets that share the text by those weights; of two, the first one's counts."""
    found: dict[str, float] = {}
    for marks, share in parts:
        fresh = [mark for mark in dict.fromkeys(marks) if mark not in found]
        found.update(dict.fromkeys(fresh, log(share / max(1, len(fresh)))))
    return found


def _block(codec: str, first: int, last: int) -> str:
    """The characters of the two-byte code ``codec`` whose first byte is one of those from ``first`` to ``last``."""
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    pairs = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in trails)
    return "".join(mark for pair in pairs if len(mark := pair.decode(codec, "ignore")) == 1)


@lru_cache
def _simplified() -> Mapping[str, float]:
    everyday, rare = _block("gb2312", 0xB0, 0xD7), _block("gb2312", 0xD8, 0xF7)
    named = "".join(mark for mark in _HAN if mark in everyday)
    return _table((named, 0.6), (_FULL, 0.05), (everyday, 0.32), (rare, 0.03))


@lru_cache
def _traditional() -> Mapping[str, float]:
    everyday, rare = _block("big5", 0xA4, 0xC6), _block("big5", 0xC9, 0xF9)
    named = "".join(mark for mark in _HAN if mark in everyday)
    return _table((named, 0.6), (_FULL, 0.05), (everyday, 0.32), (rare, 0.03))


@lru_cache
def _japanese() -> Mapping[str, float]:
    everyday, rare = _block("euc_jp", 0xB0, 0xCF), _block("euc_jp", 0xD0, 0xF4)
    named = "".join(mark for mark in _HAN if mark in everyday)
    return _table((_KANA, 0.35), (named, 0.4), (_FULL, 0.05), (everyday, 0.18), (rare, 0.02))


@lru_cache
def _korean() -> Mapping[str, float]:
    everyday, rare = _block("euc_kr", 0xB0, 0xC8), _block("euc_kr", 0xCA, 0xFD)
    return _table((_HANGUL, 0.65), (_FULL, 0.05), (everyday, 0.28), (rare, 0.02))


@lru_cache
def _cyrillic() -> Mapping[str, float]:
    # The letters of Russian by their rank: each is a ninth rarer than the one before it.
    weights = {mark: (8 / 9) ** place for place, mark in enumerate(_CYRILLIC)}
    whole = sum(weights.values())
    small = {mark: log(0.82 * weight / whole) for mark, weight in weights.items()}
    large = {mark.upper(): small[mark] - 0.5 for mark in weights}  # where one follows a small letter, see _TURNED
    return {**small, **large, **dict.fromkeys("«»“”„–—…№’\u00a0", log(0.03 / 11))}


@lru_cache
def _others() -> Mapping[str, float]:
    """Greek, Hebrew, Arabic and Thai, which are told apart elsewhere."""
    many = "".join(map(chr, (*range(0x0384, 0x03CF), *range(0x0621, 0x0653), *range(0x0E01, 0x0E5C))))
    hebrew = "".join(map(chr, range(0x05D0, 0x05EB)))
    letters = dict.fromkeys(many, log(1 / 100)) | dict.fromkeys(hebrew, log(1 / 30))
    return letters | dict.fromkeys("«»“”–—…’\u00a0", log(1 / 300))


_RIVALS = frozenset(["cp1253", "cp1255", "cp1256", "cp874"])
_SELDOM = {"euc_jp": 2.0, **dict.fromkeys(_RIVALS, 3.0)}  # how much less is known of them than of the others
_TABLES = {
    "gb18030": _simplified,
    "cp950": _traditional,
    "cp932": _japanese,
    "euc_jp": _japanese,
    "cp949": _korean,
    "cp1251": _cyrillic,
    "koi8_r": _cyrillic,
    "koi8_u": _cyrillic,
    **dict.fromkeys(_RIVALS, _others),
}

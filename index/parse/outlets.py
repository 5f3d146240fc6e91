"""Whether a short line is the name of a publisher: a domain, a known name, or a name that says what it is."""

import re

# File names look like domains; these endings are never the domain of an outlet here.
_FILES = ("txt", "pdf", "doc", "docx", "htm", "html", "eml", "jpg", "jpeg", "png", "gif", "xls", "xlsx", "csv", "zip")
_DOMAIN = re.compile(r"(?:www\.)?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?P<top>[a-z]{2,18})", re.IGNORECASE)

_KNOWN = re.compile(
    r"38 north|abc news|afp|agence france-presse|al jazeera|ap|ap news|associated press|axios|bbc|bbc news"
    r"|bloomberg|brookings|brookings institution|business insider|cbs news|chatham house|cnbc|cnn|csis|der spiegel"
    r"|deutsche welle|dw|euractiv|euronews|financial times|forbes|foreign affairs|foreign policy|fox news"
    r"|france 24|haaretz|iaea|iiss|interfax|kcna|kyiv independent|le monde|los angeles times|moscow times|msnbc"
    r"|nato|nbc news|new york times|newsweek|nikkei asia|nk news|npr|pbs|politico|rand|radio free asia"
    r"|radio free europe/radio liberty|reuters|ria novosti|rodong sinmun|rusi|semafor|sky news"
    r"|south china morning post|tass|the associated press|the atlantic|the conversation|the diplomat|the economist"
    r"|the guardian|the hill|the independent|the intercept|the kyiv independent|the moscow times"
    r"|the new york times|the new yorker|the telegraph|the times|the wall street journal|the washington post|unhcr"
    r"|united nations|united press international|upi|usa today|voice of america|vox|wall street journal"
    r"|war on the rocks|washington post|wired|xinhua|yonhap",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"academy|agency|alliance|association|bulletin|bureau|center|centre|chronicle|commission|committee|council"
    r"|corporation|courier|digest|dispatch|endowment|forum|foundation|fund|gazette|group|guardian|herald"
    r"|initiative|institute|institution|journal|ledger|magazine|media|ministry|monitor|network|news|newspaper"
    r"|observatory|observer|office|organization|organisation|post|press|project|quarterly|radio|record|reporter"
    r"|review|society|standard|sun|telegraph|television|times|tribune|trust|tv|university|watch|weekly|wire",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"(?:the )?(?:[A-Z][\w-]+ ){0,3}(?:Institut(?:e|ion)|Cent(?:er|re)|Council|Ministry|Department|University"
    r"|Foundation|Agency|Association|Committee|Commission|Bureau|Office|School|Academy|Bank|Bulletin|Journal|Campaign|Society"
    r"|Endowment) (?:for|of|on|against|to)\b",
    re.IGNORECASE,
)
# Accents may be written as marks of their own, which \w leaves out.
_NAME = re.compile(r"[^\W\d_][\w\u0300-\u036f&.'’()/ -]*")
# "About the Institute" is a section, "Breaking News" a kicker.
_NOT_FIRST = re.compile(
    r"a|about|all|an|and|are|at|breaking|bad|by|contact|does|fake|for|former|from|good|how|in|inside|is|join|key"
    r"|latest|more|my|new|on|other|our|related|report|role|support|top|what|when|where|which|who|why|with|working"
    r"|world",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"a|an|and|at|de|del|der|des|di|du|e|et|for|in|la|le|of|on|the|to|und|van|von|&|y",
    re.IGNORECASE,
)


def looks_like_outlet(line: str) -> bool:
    """Whether the whole ``line`` (white space folded) names an outlet; false whenever it could well be a title."""
    name = line.strip().rstrip(":")
    if domain := _DOMAIN.fullmatch(name):
        return domain["top"].lower() not in _FILES
    if _KNOWN.fullmatch(name):
        return True
    words = name.split()
    if not is_name(name, limit=9) or _NOT_FIRST.fullmatch(words[0]):
        return False
    return (_LAST.fullmatch(words[-1]) or _FIRST.match(name)) is not None


def is_name(line: str, limit: int) -> bool:
    """Whether ``line`` has 2 to ``limit`` words, each capitalised save small ones, and no digits or punctuation."""
    words = line.split()
    if not 2 <= len(words) <= limit or _NAME.fullmatch(line) is None or line.endswith("."):
        return False
    return all(word[0].isupper() or _SMALL.fullmatch(word) is not None or word[0] in "(&" for word in words)

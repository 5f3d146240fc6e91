"""Lines that are the furniture of a page (share buttons, notices) and never part of an article.

Every pattern is matched against a whole line, so that prose which merely mentions sharing or cookies stays.
"""

import re

_PLACE = (
    r"(?:facebook|twitter|x|x \(twitter\)|linkedin|whatsapp|telegram|reddit|pinterest|e-?mail|tumblr|threads|bluesky)"
)
_THING = r"(?:post|article|story|page|news|report|content)"

_SHARE = re.compile(
    rf"share (?:the|this)(?: {_THING})?(?: on| via| with)?(?: {_PLACE}| your friends)?"
    rf"|share (?:on|via|to|by|with) {_PLACE}"
    rf"|click to (?:share|e-?mail|print|tweet)\b.{{0,80}}"
    r"|(?:tweet|pin|like|e-?mail|print)(?: this| it)(?: page| post| article| story)?"
    r"|like this|like loading|share options|social sharing|share buttons?"
    r"|exit mobile version",
    re.IGNORECASE,
)

_SHARE_WORD = re.compile(r"share|tweet|pin it", re.IGNORECASE)

# One common word: furniture as a line of its own, but a fair heading or list item ("Print", "Radio", "Television").
_BARE = re.compile(
    rf"print|advertisement|advertisements|subscribe|sign up|sign in|log in|{_PLACE}|copy link"
    r"|read more|continue reading|more|menu|search|close|home|loading|comments?|leave a (?:comment|reply)|sponsored",
    re.IGNORECASE,
)

_NOTICE = re.compile(
    r"skip to (?:main )?(?:content|navigation)|back to top|scroll to top|go to top|jump to (?:content|navigation)"
    r"|(?:subscribe|sign up|register|join)(?: now| here| today)? (?:to|for)"
    r" (?:our|the|my|their)(?: \w+){0,2} (?:newsletters?|mailing list|e-?mail list)"
    r"|(?:get|receive) our (?:\w+ )?newsletter|newsletter sign-?up"
    r"|related (?:articles?|posts?|stories|content|reading|news|topics)"
    r"|you (?:may|might) (?:also|be) (?:like|interested in)"
    r"|recommended (?:for you|stories|articles)|more (?:stories|articles|like this)|most (?:read|popular)|trending now"
    r"|(?:article|story) continues (?:below|after)(?: (?:this )?(?:the )?ad\w*)?|advertisement - .{0,40}"
    r"|(?:this|our) (?:web)?site uses cookies\b.{0,240}"
    r"|we(?: and our partners)? use cookies\b.{0,160}"
    r"\b(?:website|site|experience|consent|accept|agree|preferences)\b.{0,80}"
    r"|by (?:using|continuing to use|continuing to browse) (?:this|our) (?:web)?site\b.{0,60}\bcookies?\b.{0,60}"
    r"|(?:accept|reject|allow|manage)(?: all)? cookies|cookie (?:settings|policy|preferences|notice|consent)"
    r"|privacy policy|terms (?:of|and) (?:use|service|conditions)|all rights reserved"
    r"|(?:copyright )?(?:©|\(c\)) ?(?:copyright )?[0-9]{4}\b.{0,120}"
    r"|copyright [0-9]{4}(?:[-–][0-9]{4})?(?: by)? .{0,80}\ball rights reserved"
    r"|follow us on .{1,60}|opens in (?:a )?new (?:window|tab)|view (?:this )?in (?:your )?browser|unsubscribe"
    r"|(?:view|load|show|post|add) (?:all |more |a )?comments?"
    r"|print(?:er)?[- ]friendly(?: version)?|download (?:the )?pdf",
    re.IGNORECASE,
)


# A teaser for another article; one that ends like a sentence may be prose ("Related: the bridge was closed.").
_TEASER = re.compile(
    r"(?:related|see also|read also|also read|read more|read next|more on this): .{3,160}", re.IGNORECASE
)


def is_share_line(line: str) -> bool:
    """Whether the whole ``line`` (white space folded) is a share button or what stands below a finished article."""
    bare = _bare(line)
    return (_SHARE.fullmatch(bare) or _SHARE_WORD.fullmatch(bare)) is not None


def is_furniture(line: str, alone: bool = True) -> bool:
    """Whether the whole ``line`` (white space folded) is page furniture.

    ``alone`` is false for a list item or a marked heading: there a single common word such as "Print" is content.
    """
    bare = _bare(line)
    if _SHARE.fullmatch(bare) or _NOTICE.fullmatch(bare):
        return True
    if _TEASER.fullmatch(bare) and not line.rstrip().endswith((".", "!")):
        return True
    return alone and (_BARE.fullmatch(bare) or _SHARE_WORD.fullmatch(bare)) is not None


def _bare(line: str) -> str:
    return line.strip().strip("[]|<>»→›…").rstrip(".:! ").strip()

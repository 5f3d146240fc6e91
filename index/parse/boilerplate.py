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
    r"|don['’]t miss"
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

# What asks the reader to do something; a whole line of it, from its first words on.
_LETTER = r"(?:newsletters?|e-?mails?|mailing list|channel|podcast|alerts?|briefings?|updates|app)"
_ASKING = re.compile(
    rf"(?:you can )?(?:follow|like|join|find) .{{1,80}} on {_PLACE}\b.{{0,60}}"
    r"|(?:please |click here to )?(?:subscribe|sign up|register)(?: now| here| today)? (?:to|for)"
    rf" .{{0,80}}\b{_LETTER}\b.{{0,60}}"
    r"|(?:please )?click (?:here|on) (?:to|for) .{2,80}"
    r"|if you (?:enjoyed|liked|like) (?:this|our|reading|what)\b.{0,300}"
    r"\b(?:subscribe|join|sign up|support|donat\w+)\b.{0,400}"
    r"|if you (?:buy|purchase|click)\b.{0,120}\b(?:commission|share of the sale|affiliate)\b.{0,120}"
    r"|(?:this|our) (?:post|article|story|page|site) (?:may )?contains? affiliate links\b.{0,120}"
    r"|(?:already (?:a|an) (?:subscriber|member)|not (?:a|an) (?:subscriber|member)(?: yet)?)\b.{0,80}"
    r"|(?:subscribe|sign in|log in|register)(?: now)? to (?:continue|keep) reading\b.{0,80}"
    r"|to (?:continue|keep) reading,? .{0,40}\b(?:subscribe|sign|log|register)\b.{0,60}"
    r"|you have (?:\w+) (?:free )?articles? (?:left|remaining)\b.{0,80}"
    r"|this (?:article|story|content) is (?:only )?(?:for|available (?:only )?to)"
    r" (?:\w+ )?(?:subscribers|members)\b.{0,80}"
    r"|enter your e-?mail(?: address)?\b.{0,80}|thank you for (?:subscribing|signing up)\b.{0,80}"
    r"|please enable (?:javascript|cookies)\b.{0,120}|javascript (?:is|must be) (?:disabled|required|enabled)\b.{0,120}"
    r"|your browser does not support\b.{0,80}"
    r"|let us know .{0,40}\bin the comments\b.{0,60}|join the (?:conversation|discussion)|have your say"
    r"|(?:no|[0-9]{1,5}) comments?(?: yet)?|comments? \([0-9]{1,5}\)",
    re.IGNORECASE,
)

# A teaser for another article; one that ends like a sentence may be prose ("Related: the bridge was closed.").
_TEASER = re.compile(
    r"(?:related|see also|see more|read also|also read|read more|read next|read this|more on this|don['’]t miss|watch"
    r"|watch now|watch live|recommended): .{3,160}",
    re.IGNORECASE,
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
    if _SHARE.fullmatch(bare) or _NOTICE.fullmatch(bare) or _ASKING.fullmatch(bare):
        return True
    if _TEASER.fullmatch(bare) and not line.rstrip().endswith((".", "!")):
        return True
    return alone and (_BARE.fullmatch(bare) or _SHARE_WORD.fullmatch(bare)) is not None


def _bare(line: str) -> str:
    return line.strip().strip("[]|<>»→›…").rstrip(".:! ").strip()

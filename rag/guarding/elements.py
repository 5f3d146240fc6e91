"""What tells an HTML tag from "x<y and a > b": the name of an element, or an attribute that does something."""

# The elements of HTML, those that browsers still know of its past, and those that open or animate SVG and MathML.
# Names of one letter are apart: they are variables as well.
_ELEMENTS = """
abbr address area article aside audio base bdi bdo blockquote body br button canvas caption cite code col colgroup data
datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head
header hgroup hr html iframe img input ins kbd label legend li link main map mark math menu meta meter nav noscript
object ol optgroup option output picture pre progress rp rt ruby samp script search section select selectedcontent slot
small source span strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track
ul var video wbr
acronym applet basefont bgsound big blink center content dir element fencedframe font frame frameset image isindex
keygen layer ilayer listing marquee menuitem multicol nextid nobr noembed noframes param plaintext portal rb rtc shadow
spacer strike tt xmp
animate animatemotion animatetransform annotation-xml foreignobject
"""
_NAMES = "|".join(sorted(_ELEMENTS.split(), key=lambda name: -len(name)))
_NAMED = rf"(?:{_NAMES})(?=[\s/>]|\Z)"
# "a<b and c>d" is none: after a name of one letter comes the end, or something with a value.
_LETTER = r"[abipqsu](?=\s*/?>|[\s/][^<>]{0,1000}?=)"
# Attributes that run something or reach out do so whatever the element is called; and what is in quotation marks may
# hold the ">" after which they come.
_DOES = r"(?:on[a-z]+|style|srcdoc|(?:xlink:)?href|src|(?:form)?action|data|background)"
_DOING = rf"[a-z](?=[^<>]{{0,1000}}?(?:[\s/\"'](?:{_DOES})\s*=|=\s*[\"']))"
# "</word", "<?xml", "<!doctype", "<!--", "<![CDATA[": closing forms and declarations, whatever they name.
_CLOSING = r"(?:[/?][a-z]|![a-z\[-])"

# What comes right after the "<" of a tag, or of the beginning of one; a pattern for text whose case is ignored.
TAG = rf"(?:{_NAMED}|{_LETTER}|{_DOING}|{_CLOSING})"

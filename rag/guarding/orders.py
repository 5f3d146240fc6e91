"""What orders to an AI are made of: patterns over small letters, straight quotes and single spaces.

Written for precision: news, recipes, manuals and letters are full of orders to people. A rule wants two things that
come together in no such text, a verb at the place of an order and what only a writing machine does or has: an answer
to begin or end, a prompt, a text "above" to translate, a user to be told.
"""

import re

# Where an order may begin: with the sentence, after a stop or a comma, or after a word that leads to one. "Told to
# ignore" is no order, so "to" is not among them.
_AT = (
    r"(?:^|[.!?:;,\u2013\u2014-][\"')\]]*\s+|\b(?:please|kindly|instead|then|and|but|or|rather|never|not|don't|"
    r"you (?:must|should|shall|will|can|may|need to|have to|are to|are (?:instructed|required|asked) to))\s+"
    r")[\"'(*_>#\s\u2022-]*(?:(?:please|kindly|now|always|also|simply|just|only|instead|then|first|immediately|do|must|"
    r"not|don't|never)\s+)*"
)
_START = r"(?:^|[.!?:;][\"')\]]*\s)\W*"  # of a sentence, or of what follows a colon
_AI = (
    r"(?:(?:ai|a\.i\.|artificial intelligence|llm|gpt|chat|virtual|digital)[ -]?(?:assistants?|models?|systems?|"
    r"agents?|bots?)|(?:large )?language models?|ais?|a\.i\.|llms?|chatbots?|chatgpt|gpt-?\d+|copilot)"
)
_READING = r"(?:reading|processing|summari[sz]ing|analy[sz]ing|reviewing|handling|answering|parsing)"
_ANSWER = r"(?:(?:final |whole |entire |next |own )*(?:answers?|responses?|repl(?:y|ies)|outputs?|summar(?:y|ies)))"
_TEXT = (
    r"(?:texts?|stor(?:y|ies)|passages?|paragraphs?|articles?|documents?|contents?|e?-?mails?|messages?|conversations?|"
    r"contexts?)"
)
_CODE = (
    r"(?:base ?-?(?:16|32|58|64|85)|rot-?13|(?:[\w-]+ )?cipher(?:text)?|atbash|morse(?: code)?|binary|hexadecimal|hex|"
    r"ascii|unicode|leet(?:speak)?|1337|pig latin|emojis?|(?:all )?caps|capital letters|upper ?case|lower ?case|"
    r"backwards|reverse(?: order)?)"
)
_TONGUE = (
    r"(?:arabic|bengali|chinese|czech|danish|dutch|english|finnish|french|german|greek|hebrew|hindi|hungarian|"
    r"indonesian|italian|japanese|korean|latin|mandarin|norwegian|persian|polish|portuguese|russian|spanish|swahili|"
    r"swedish|thai|turkish|ukrainian|urdu|vietnamese|esperanto|klingon|another language|other languages?)"
)
SAY = r"(?:answer|respond|reply|say|state|write|output|print|conclude|mention|claim|add|include|recommend)"

# Tokens and headings of chat templates: no prose holds them.
_MARKS = (
    r"<[|｜][^|｜<>\n]{1,40}[|｜]>",
    r"\[/?inst\]",
    r"<<?/?sys>>?",
    r"<(?:start|end)_of_turn>",
    rf"{_START}#{{2,}}\s*(?:system|instructions?|assistant|user|human|response)\b\s*(?:prompt|message)?\s*:",
    rf"{_START}system[ _-](?:prompt|message|override|instructions?|command)\s*:",
    rf"{_START}(?:system|assistant|developer|ai)\s*:\s*(?:you|ignore|disregard|forget|do not|don't|never|always|"
    r"respond|reply)\b",
)
# What is addressed to an AI, or lays down what it is.
_ADDRESSES = (
    rf"{_START}(?:dear|attention|listen|(?:note|message|instructions?|reminder) (?:to|for)|to:)[,:]?\s+(?:(?:the|any|"
    rf"all|every|our|whichever|an?)\s+)*{_AI}\s*(?:[:,!]|-\s|that reads?\b|{_READING}\b|$)",
    rf"\bif you(?: are|'re)\s+(?:(?:an?|the|any)\s+)?(?:{_AI}\b|assistants?\s+{_READING}\b)",
    rf"\b(?:{_AI}|assistants?)\s+(?:that (?:is|are) |which (?:is|are) |who (?:is|are) )?{_READING} (?:this|these|"
    r"the above|the following)\b[^.!?]{0,60}\b(?:must|should|shall|are to|is to|has to|have to|please|need to)\b",
    rf"\bas an? (?:(?:helpful|honest|unrestricted) )?{_AI}\s*,?\s+(?:you (?:must|should|are|will|have|need|shall|"
    r"cannot)|i)\b",
    rf"\byou(?: are|'re) now (?:an?|the|my|our|called|named|known as)\s+(?:[\w-]+\s+){{0,3}}?(?:{_AI}|assistant|bot|"
    r"persona|jailbroken|unrestricted|uncensored)\b",
    r"\byou(?: are|'re) now in (?:\w+ )?(?:developer|debug|god|admin|jailbreak|dan|unrestricted|maintenance|test)\b",
    r"\bfrom now on,?\s+(?:you (?:are to|will|must|should|shall)\s+)?(?:only |always |also )*(?:act as|behave (?:as|"
    r"like)|roleplay|pretend|(?:speak|respond|answer|reply) (?:only )?(?:as|like|with|every|all)\b)",
    rf"\byou (?:will|must|shall|are to) (?:now )?act as (?:an?|the) (?:[\w-]+ ){{0,3}}?{_AI}\b",
    rf"{_AT}(?:pretend|act|behave|roleplay|role-play)\s+(?:to be|as|like|as if|as though|that)\b[^.!?]*(?:\b{_AI}\b|"
    r"\bthe user\b|\b(?:your|no) (?:restrictions|guidelines|rules|instructions|filters)\b|\bunrestricted\b)",
    r"\b(?:treat|consider|regard|use|take|read) [^.!?]{0,60}\b(?:as|to be) (?:your|the) (?:new |own )?(?:system |"
    r"developer )?(?:prompts?|instructions)\b",
    r"\byour (?:new|real|actual|true) (?:task|instructions?|goal|objective|persona|identity) (?:is|are)\b",
    r"\b(?:follow|obey|execute|apply|adopt|accept|here are|these are)\s+(?:(?:these|this|the|my|your|only)\s+"
    r")+(?:new |updated |hidden |secret |following )+(?:instructions?|commands?|directives?|prompts?)\b",
    r"\b(?:who(?:ever)?|anyone|anybody|anything|everyone) (?:who |that )?(?:summari[sz]es?|answers?) (?:this|these|"
    r"it|from this|questions?)\b[^.!?]{0,60}\b(?:must|has to|have to|should|is to|are to|needs to)\b",
)
# What would undo the operator's instructions, or get them told.
_OVERRIDES = (
    rf"{_AT}(?:ignore|disregard|forget|override|overrule|bypass|discard|neglect|erase|(?:do not|don't|stop|"
    r"never) (?:follow|obey|apply)(?:ing)?)\s+(?:about )?(?:(?:all|any|every|each|the|your|of|these|those|other|and|"
    r"or)\s+)*(?:(?:previous|prior|above|earlier|preceding|existing|original|initial|former|past|system|given|"
    r"foregoing|hidden|old|default|built-in|operator's)(?:ly given)?[ ,]*(?:and |or )?(?:all |any |the |"
    r"other )*)+(?:instructions?|prompts?|directions|directives?|guidelines|commands?|constraints|programming|"
    r"training|safeguards|filters?|context|tasks?|quer(?:y|ies))\b",
    rf"{_AT}(?:ignore|disregard|forget|override|overrule|bypass|discard)\s+(?:(?:all|any|every|the|of|these|those|"
    r"about)\s+)*(?:your (?:own |usual |normal )?(?:instructions?|prompts?|guidelines|rules|programming|training|"
    r"safeguards|filters?|task|constraints|role)|(?:instructions?|rules|text|prompts?|guidelines|"
    r"commands?) (?:above|before|you (?:were|have been) (?:given|told))|(?:the )?above(?=\W*$|[.,;:!]| and\b)|"
    r"(?:everything|anything|all|whatever)(?: that)? (?:above|before|you (?:were|have been|had been)|you've been)\b|"
    r"the (?:user's )?question\b)",
    rf"{_AT}(?:do not|don't|stop|never) (?:follow|obey|apply)(?:ing)?\s+(?:the|your|any) (?:\w+ )?(?:rules|"
    r"instructions?|guidelines|prompts?)\s+(?:you|above|before)\b",
    rf"{_AT}(?:reveal|print|output|repeat|show|display|disclose|leak|expose|recite|give|tell|write|list|summari[sz]e|"
    r"quote|copy)\b[^.!?]{0,40}\b(?:your (?:own |full |complete |entire |exact )*(?:(?:system |initial |hidden |"
    r"original |secret |developer |first )?prompt|(?:system|initial|hidden|original|secret|developer) (?:message|"
    r"instructions)|instructions(?=\W*$))|the (?:full |complete |entire |exact )*(?:system prompt|(?:hidden|secret|"
    r"developer) instructions)|(?:instructions|rules|prompt) (?:that )?you (?:were|have been|are) given)\b",
    r"\b(?:instructions?|rules|prompts?|guidelines) (?:that )?you (?:received|were given|got|have|had) (?:earlier |"
    r"before |above )?(?:were|was|are|is|no longer)\b",
    rf"{_AT}(?:repeat after me|repeat (?:the |all )?(?:text|words|everything) above)\b",
)
# What would give the answer another content, form or reader.
_ANSWERS = (
    rf"{_AT}(?:answer|respond|reply|output)\s+(?:me |back |to (?:me|the user|every\w*|all|any)[\w ]{{0,20}}? |"
    r"to all \w+ |every \w+ |all \w+ |any \w+ |the \w+ |each \w+ )?(?:only |solely |exclusively |just |"
    r"always )+(?:with|in|by|as|using)\b(?!\s+(?:post|mail|e-?mail|phone|letter|person)\b)",
    rf"{_AT}(?:answer|respond|reply)\s+(?:to )?(?:(?:every|all|any|each|further|the user's)\s+)+(?:\w+\s+"
    r")?(?:questions?|quer(?:y|ies)|prompts?|requests?|messages?)\s+(?:only |just )?(?:with|by|as)\b",
    rf"{_AT}(?:answer|respond|reply|output|print|finish|end|begin|start)\s+(?:only |just |"
    r"exactly )?(?:with )?(?:the |this |these |exactly )+(?:exact |single |following |one )*(?:words?|phrase|"
    r"sentence|text|string)\b",
    rf"{_AT}(?:begin|start|open|end|finish|close|conclude|prefix|preface|precede|prepend|append|sign|encode|encrypt|"
    r"translate|convert|rewrite|rephrase|format|reverse|obfuscate|shorten|replace|present|deliver)\s+"
    rf"(?:all (?:of )?)?(?:(?:your|every|each|any|this|the (?:whole|entire))\s+)+{_ANSWER}\b(?!\s+(?:to the|of the|"
    r"within|by|before|on|box|form|sheet|period))",
    rf"{_AT}(?:prefix|preface|prepend|append|encode|encrypt|obfuscate|begin|end|start|finish)\s+the {_ANSWER}\b",
    rf"\byour {_ANSWER}\s+(?:must|should|has to|shall|needs to|will|is to)\s+(?:always |only |also |not )?(?:be in\b|"
    r"end|begin|start|consist|(?:mention|say|state|claim) that)",
    rf"{_AT}in (?:your|the|every|each|any|all|this) (?!repl){_ANSWER}\b,?\s*(?:please |you must |you should |also |"
    rf"always )*(?:(?:do not |don't |never ){SAY}\b|{SAY}\s+(?:that|only|nothing|with|[\"']))",
    r"\b(?:when(?:ever)?|if|once) (?:you(?:'re| are)? (?:asked|answer\w*|summari[sz]e|respond\w*|reply\w*|writ\w+)|"
    r"asked|anyone asks|someone asks|anybody asks|the user asks|somebody asks|summari[sz]ing|"
    r"answering)\b[^.!?]{0,80}?(?:,|\byou must\b|\byou should\b|\bplease\b)\s*(?:always |only |please |also |"
    rf"then )*(?:(?:do not |don't |never |always ){SAY}\b|{SAY}\s+(?:that|with|only|[\"'])|recommend|mention)",
    rf"{_AT}(?:append|insert|embed|display|render|paste)\b[^.!?]*?\s(?:in|to|into|at|after|below|with|of|"
    r"on top of)\s+(?:the (?:end|top|beginning|start|bottom) of )?(?:(?:your|the|every|each|any|all|this)\s+"
    rf")+(?!repl){_ANSWER}\b",
    rf"{_AT}(?:add|include|attach|show|put|place|write|mention)\b[^.!?]*?\s(?:in|to|into|at|after|below|with|of|"
    r"on top of)\s+(?:the (?:end|top|beginning|start|bottom) of )?(?:(?:your|the|every|each|any|all|this)\s+"
    rf")+(?!repl|resp){_ANSWER}\b",
    rf"{_AT}(?:append|add|include|insert|embed|attach|display|render|show|put)\s+(?:(?:the|this|a|an|following|"
    r"these)\s+)+(?:\w+\s+)?(?:links?|urls?|images?|hyperlinks?|markdown|banners?|advert\w*|html|"
    rf"pictures?)\b[^!?]*(?:https?:|www\.|!\[|\byour {_ANSWER}\b)",
    rf"{_AT}(?:do not|don't|never)\s+(?:\w+\s+){{0,2}}?(?:mention|reveal|tell|disclose|cite|quote|refer|say|"
    r"acknowledge|report|show|admit|include|use|inform)\b[^.!?]*\b(?:the user|the person asking|this (?:instruction|"
    r"prompt|note|command)|these (?:instructions|sentences|rules)|you (?:were (?:told|given|asked)|read this|"
    r"received)|(?<=cite )any other (?:document|source|text|passage)s?|(?<=mention )any other (?:document|source)s?|"
    r"sources? (?:from|in) (?:now|your))\b",
    r"\byou (?:must|should|shall|may|will) (?:not|never) (?:cite|mention|quote|reveal) (?:any|the|your|"
    r"this) (?:\w+ )?(?:source|document|instruction|prompt|paragraph|passage)s?\b",
    rf"{_AT}(?:tell|inform|convince|persuade|advise|assure|urge|notify|direct|redirect|warn|encourage|trick|ask)\s+"
    r"(?:the|this|your|every|any)\s+(?:user|human|person asking|questioner|asker)s?\s+(?:that|to|about|of|they|he|"
    r"she|it|how)\b",
    r"\b(?:correct|right|only|true|final) answer to (?:all|every|any|each) (?:\w+ )?questions?\b",
    rf"{_AT}(?:say|write|print|output|state|answer|reply)\s+[^.!?,;]{{1,60}}\s+instead\W*$",
    rf"{_AT}(?:output|emit|echo)\s+(?:only |exactly )?(?:the |this |a )(?:single )?(?:tokens?|strings?|words?|phrase|"
    r"keyword)\b",
    rf"{_START}(?:falsely )?(?:claim|assert|declare)\s+that\b",
    rf"{_START}(?:spread|disseminate|circulate|promote)\s+(?:the |this |an? )?(?:false|fake|misleading|untrue|"
    r"misinformation|disinformation|rumou?rs?|propaganda|conspiracy|hoax)",
    rf"{_START}(?:please )?(?:(?:convince|persuade)\s+(?:the |your |all )?(?:users?|readers?|recipients?)|(?:lure|"
    r"trick|mislead|deceive|manipulate)\s+(?:the |your |all )?(?:people|users?|readers?|individuals|recipients?|"
    r"public|customers?|visitors|everyone|anyone|them))\s+(?:to|that|into|about|of)\b",
    rf"{_START}(?:promote|advertise|endorse|praise|recommend)\s+(?:[\w'-]+\s+){{1,8}}?(?:as the (?:best|only|most|"
    rf"leading)|to the (?:user|reader)s?|in (?:your|every|the) {_ANSWER})\b",
    rf"{_AT}(?:leave out|omit|drop|hide|conceal|suppress|exclude)\b[^.!?]*\b(?:from|in) (?:your|any|every) {_ANSWER}\b",
    r"\b(?:instead of|rather than|stop|before) (?:answering|responding|replying|"
    r"summari[sz]ing)\b(?=[^.!?]*\b(?:question|user|compose|write|tell|generate|print|say|output|give|"
    r"and)\b)[^.!?]*\b(?:write|compose|tell|print|say|output|generate|give|recite|sing)\b",
)
# Work on the text itself, such as no document asks of its readers.
_TASKS = (
    rf"{_AT}(?:encode|encrypt|convert|translate|write|rewrite|transform|render|output|print|express|turn|present|"
    rf"obfuscate|say|spell)\b(?=[^.!?]*\b(?:your {_ANSWER}|everything|all|every|each|whole|entire|response|answer|"
    r"output|above|following|previous|this)\b)[^.!?]*\b(?:(?:in|into|to|as|with|using|by)\s+(?:an? |the |"
    rf"only )*{_CODE}|backwards)\b",
    rf"{_AT}(?:answer|respond|reply|speak)\s+(?:to \w+ )?(?:in|with|using)\s+(?:an? |the |only )*{_CODE}\b",
    rf"{_AT}(?:use|apply|employ|utili[sz]e|add|insert|include)\s+(?:an? |the |only |some )?(?:[\w-]+\s+"
    r"){0,3}?(?:emojis?|base ?-?\d\d|\w+ cipher|morse code|rot-?13|pig latin)\b",
    rf"{_AT}translate\b[^.!?:;]{{0,80}}\b(?:in)?to\s+(?:[\w-]+ )?{_TONGUE}\b",
    rf"{_AT}(?:determine|identify|classify|evaluate|assess|gauge|label|detect|recogni[sz]e|interpret|analy[sz]e|"
    r"describe|indicate|categori[sz]e|examine|predict)\s+(?:\w+\s+)?(?:the )?(?:\w+ )?(?:sentiments?|emotions?|"
    r"emotional tone|polarity)\b",
    rf"{_AT}(?:decode|decrypt|decipher|unscramble)\b[^.!?]*(?:\b{_CODE}\b|\bfollowing\b|\band (?:do|follow|execute|"
    r"obey|run)\b)",
    rf"{_AT}(?:reverse|replace|swap|shuffle|capitali[sz]e|substitute|shift|scramble)\s+(?:the (?:order|letters|words|"
    r"vowels|characters)|every|each|all)\b[^.!?]*\b(?:letters?|words?|vowels?|consonants?|characters?|spaces?|"
    rf"punctuation|sentences?|{_ANSWER})\b",
    rf"{_AT}(?:translate|summari[sz]e|paraphrase|rewrite|rephrase|classify|categori[sz]e|analy[sz]e|extract|identify|"
    r"determine|evaluate|detect|rate|proofread|shorten|condense|simplify|convert)\s+(?:\w+\s+){0,6}?(?:(?:the|"
    r"this|these|all)\s+(?:(?:above|following|preceding|previous|given|provided|entire|whole)\s+)+(?:\w+\s+"
    rf")?(?:{_TEXT}|sentences?|words|code|table|data|information)|(?:the|this)\s+(?:\w+\s+)?(?:{_TEXT}|sentences?)\s+"
    rf"(?:above|below|into|as|in (?:one|two|three|a))|(?:the )?sentiment|your {_ANSWER})\b",
    rf"{_START}(?:please )?(?:suggest|recommend|list)\s+(?:me |us )?(?:an?|some|a few|several|two|three|four|five|"
    r"ten|popular|good|\d+)\s+(?:[\w-]+\s+){0,2}?(?:movies?|films?|books?|songs?|recipes?|games?|restaurants?|"
    r"destinations?|podcasts?|gifts?|outfits?|playlists?)\b",
    rf"{_START}(?:(?:please|now|instead|then|first|next|finally|also)[, ]+)*(?:write|compose|generate|create|produce|"
    r"tell|craft|draft|provide|give|make up|invent)\s+(?:me |us |the user )?(?:(?:an?|some|\w+)\s+)(?:\w+\s+"
    r"){0,2}?(?:haiku|limerick|riddle|meme|pun|fun fact|joke|slogan|tagline|tweet|phishing (?:e-?mail|message)|"
    r"(?:python|bash|shell|sql|javascript|java) (?:script|code|function|program|query)|(?:poem|song) about|"
    r"product description|marketing (?:text|copy|e-?mail))\b",
)
# The commonest order of all, in the languages of our neighbours.
_ABROAD = (
    r"\b(?:ignoriere|vergiss|missachte|ignorieren sie|vergessen sie)\b[^.!?]{0,40}\b(?:anweisung|instruktion|"
    r"vorgabe|befehl)\w*",
    r"\b(?:ignore[zr]?|oublie[zr]?)\b[^.!?]{0,40}\b(?:instructions?|consignes?|"
    r"directives?)\b[^.!?]{0,20}\b(?:pr[ée]c[ée]dent|ant[ée]rieur|ci-dessus)\w*",
    r"\b(?:ignor[ae]|olvid[ae]|esque[çc]a|dimentic[ah]i?)\b[^.!?]{0,40}\b(?:instruc|istruzion|"
    r"instru[çc])\w*[^.!?]{0,20}\b(?:anterior|previ|precedent)\w*",
    rf"{_START}antworte(?:n sie)? (?:nur|ausschließlich|immer|stets)\b",
    rf"{_START}répond(?:s|ez) (?:uniquement|seulement|toujours)\b",
    r"\b(?:negeer|vergeet)\b[^.!?]{0,40}\b(?:instructies|opdrachten|aanwijzingen)\b",
)


def _any(*groups: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for all rules; where an order may begin is looked for once and not once a rule."""
    rules = [rule for group in groups for rule in group]
    leads = (_AT, _START, r"\b")
    parts = [rule for rule in rules if not rule.startswith(leads)]
    for lead in leads:
        parts.append(f"{lead}(?:{'|'.join(rule.removeprefix(lead) for rule in rules if rule.startswith(lead))})")
    return re.compile("|".join(f"(?:{part})" for part in parts))


STEERS = _any(_MARKS, _ADDRESSES, _OVERRIDES, _ANSWERS, _TASKS, _ABROAD)
TAKES_OVER = _any(_MARKS, _ADDRESSES, _OVERRIDES, _ABROAD)

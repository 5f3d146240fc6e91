"""The verbs of news, from their past to their base form: "visited" is what did visit."""

import re

_REGULAR_WORDS = """
abandon accuse acquire add admit adopt announce approach approve arrest arrive assemble attack back ban bar block
campaign cancel capture carry cause claim close collapse condemn confirm convict crash create cross declare
decline defeat demand deny deploy destroy detain die discover dismiss donate double drop elect end enter escape
evacuate exchange expel express extend fail fire found gather hand hire host identify impose improve injure inspect
install introduce invade invest join jail kill land launch legalise license lift limit merge name offer open order
outlaw pass pilot plan pledge postpone promise propose publish purchase question raise ratify reach recall receive
recognise record recover reject release remove rename reopen repair replace report request require rescue resign
restore resume retire return reveal revoke rule sack seize settle share sign sink stage start stop strike summon
surrender suspend switch test topple train transfer travel turn unveil urge veto visit vote vow warn welcome
"""
_REGULAR = _REGULAR_WORDS.split()
_IRREGULAR_WORDS = """
became become began begin bought buy broke break brought bring built build came come chose choose cut cut fell fall
fled flee flew fly found find gave give held hold hit hit laid lay led lead left leave lost lose made make met meet
paid pay put put rose rise sank sink sent send set set shut shut sold sell spent spend struck strike took take went go
withdrew withdraw won win
"""
_IRREGULAR = _IRREGULAR_WORDS.split()
_DOUBLED = frozenset({"ban", "bar", "drop", "plan", "stop", "admit", "expel", "transfer"})


def _past(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    if base in _DOUBLED:
        return f"{base}{base[-1]}ed"
    return f"{base[:-1]}ied" if re.search(r"[^aeo]y$", base) else f"{base}ed"


# Past form -> base form.
BASE = {_past(base): base for base in _REGULAR} | dict(zip(_IRREGULAR[::2], _IRREGULAR[1::2], strict=True))

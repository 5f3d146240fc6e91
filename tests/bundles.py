"""Made-up files that hold several articles, and files that look like it but hold one."""

from dataclasses import dataclass

A = "The harbour authority of Port Selby closed the Merrow Bridge on Tuesday after inspectors found cracks in it."
B = "Engineers noticed the damage during a routine survey on Monday night, said the director, Helen Varga."
C = "The central bank of Valdoria raised its main interest rate to 6.75 percent and said that more could follow."
D = "Governor Lucian Parr told a news conference in Tessen that prices were rising too fast for comfort."
E = "Forest fires have destroyed 18,000 hectares in the Sierra de Oria and forced 5,200 people from their homes."
F = "Some 900 firefighters, 41 aircraft and a company of army engineers are at work in the Lera valley."


@dataclass(frozen=True, slots=True)
class Found:
    """What an article says of itself; ``published`` as "2024-06-03", with its precision behind unless that is a day."""

    title: str
    outlet: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A file of several articles, and what they are."""

    name: str
    text: str
    articles: tuple[Found, ...]


BUNDLES = (
    Bundle(
        "database that counts.txt",
        f"""1 of 2 DOCUMENTS

The Harbour Times (Selby)

June 4, 2024 Tuesday
Final Edition

Cracks shut the Merrow Bridge

BYLINE: Jane Doe in Selby

SECTION: NEWS; Pg. 4

LENGTH: 512 words

{A}

{B}

LOAD-DATE: June 5, 2024

LANGUAGE: ENGLISH

PUBLICATION-TYPE: Newspaper

Copyright 2024 Harbour Times Ltd.
All Rights Reserved

2 of 2 DOCUMENTS

Tessen Gazette

September 5, 2024 Thursday

Rates rise again in Valdoria

BYLINE: John van der Roe

SECTION: BUSINESS

LENGTH: 310 words

{C}

{D}

LOAD-DATE: September 6, 2024
""",
        (
            Found("Cracks shut the Merrow Bridge", "The Harbour Times (Selby)", "Jane Doe", "2024-06-04"),
            Found("Rates rise again in Valdoria", "Tessen Gazette", "John van der Roe", "2024-09-05"),
        ),
    ),
    Bundle(
        "database with ends.txt",
        f"""Cracks shut the Merrow Bridge
The Harbour Times
June 4, 2024 Tuesday

Copyright 2024 Harbour Times Ltd. All Rights Reserved
Section: NEWS; Pg. 4
Length: 512 words
Byline: Jane Doe

Body

{A}

{B}

Load-Date: June 5, 2024

End of Document

Rates rise again in Valdoria
Tessen Gazette
September 5, 2024 Thursday

Copyright 2024 Tessen Media All Rights Reserved
Section: BUSINESS
Length: 310 words
Byline: John Roe

Body

{C}

{D}

Graphic

Load-Date: September 6, 2024

End of Document
""",
        (
            Found("Cracks shut the Merrow Bridge", "The Harbour Times", "Jane Doe", "2024-06-04"),
            Found("Rates rise again in Valdoria", "Tessen Gazette", "John Roe", "2024-09-05"),
        ),
    ),
    Bundle(
        "database with numbers.txt",
        f"""Cracks shut the Merrow Bridge
By Jane Doe
512 words
4 June 2024
The Harbour Times
HBTIM
English
(c) 2024 Harbour Times Ltd

{A}

{B}

Document HBTIM00020240604ek640001x

Rates rise again in Valdoria
By John Roe
310 words
5 September 2024
Tessen Gazette
TSGAZ
English
(c) 2024 Tessen Media

{C}

{D}

Document TSGAZ00020240905ek950002b
""",
        (
            Found("Cracks shut the Merrow Bridge", "The Harbour Times", "Jane Doe", "2024-06-04"),
            Found("Rates rise again in Valdoria", "Tessen Gazette", "John Roe", "2024-09-05"),
        ),
    ),
    Bundle(
        "digest of a mailing list.txt",
        f"""Message: 1
Date: Tue, 4 Jun 2024 10:00:00 +0000
From: Jane Doe <jane@harbour.example>
Subject: Cracks shut the Merrow Bridge
Message-ID: <1@harbour.example>

{A}

{B}

------------------------------

Message: 2
Date: Thu, 5 Sep 2024 09:00:00 +0000
From: John Roe <john@tessen.example>
Subject: Rates rise again in Valdoria
Message-ID: <2@tessen.example>

{C}

{D}

------------------------------

End of Briefing Digest, Vol 3, Issue 2
*************************************
""",
        (
            Found("Cracks shut the Merrow Bridge", None, "Jane Doe", "2024-06-04"),
            Found("Rates rise again in Valdoria", None, "John Roe", "2024-09-05"),
        ),
    ),
    Bundle(
        "agency file.txt",
        f"""Cracks shut the Merrow Bridge

SELBY, 4 June 2024 (Norsk Wire) — {A}

{B}

Rates rise again in Valdoria

TESSEN, 5 September 2024 (Norsk Wire) — {C}

{D}

Fires in the Sierra de Oria

OLVERA, 11 August 2024 (Norsk Wire) — {E}

{F}
""",
        (
            Found("Cracks shut the Merrow Bridge", "Norsk Wire", None, "2024-06-04"),
            Found("Rates rise again in Valdoria", "Norsk Wire", None, "2024-09-05"),
            Found("Fires in the Sierra de Oria", "Norsk Wire", None, "2024-08-11"),
        ),
    ),
    Bundle(
        "flashes without titles.txt",
        f"""SELBY, June 4 (Norsk Wire) — {A}

{B}

TESSEN, June 5 (Norsk Wire) — {C}
""",
        (
            Found("SELBY, June 4 (Norsk Wire) — The harbour authority of Port Selby closed the…", "Norsk Wire"),
            Found("TESSEN, June 5 (Norsk Wire) — The central bank of Valdoria raised its main…", "Norsk Wire"),
        ),
    ),
    Bundle(
        "press clippings.txt",
        f"""The Harbour Times
4 June 2024

Cracks shut the Merrow Bridge

By Jane Doe

{A}

{B}

https://harbour.example/bridge

Tessen Gazette
5 September 2024

Rates rise again in Valdoria

By John Roe

{C}

{D}

https://tessen.example/rates
""",
        (
            Found(
                "Cracks shut the Merrow Bridge",
                *("The Harbour Times", "Jane Doe", "2024-06-04", "https://harbour.example/bridge"),
            ),
            Found(
                "Rates rise again in Valdoria",
                *("Tessen Gazette", "John Roe", "2024-09-05", "https://tessen.example/rates"),
            ),
        ),
    ),
    Bundle(
        "mastheads.txt",
        f"""THE HARBOUR TIMES

Cracks shut the Merrow Bridge

{A}

{B}

TESSEN GAZETTE

Rates rise again in Valdoria

{C}

{D}
""",
        (
            Found("Cracks shut the Merrow Bridge", "THE HARBOUR TIMES"),
            Found("Rates rise again in Valdoria", "TESSEN GAZETTE"),
        ),
    ),
    Bundle(
        "newsletter.md",
        f"""# Cracks shut the Merrow Bridge

{A} {B}

[Read more](https://harbour.example/bridge)

Source: The Harbour Times, 4 June 2024

# Rates rise again in Valdoria

{C} {D}

Source: Tessen Gazette, 5 September 2024

# Fires in the Sierra de Oria

{E} {F}

Source: Oria Observer, August 2024
""",
        (
            Found("Cracks shut the Merrow Bridge", "The Harbour Times", None, "2024-06-04"),
            Found("Rates rise again in Valdoria", "Tessen Gazette", None, "2024-09-05"),
            Found("Fires in the Sierra de Oria", "Oria Observer", None, "2024-08-01 month"),
        ),
    ),
    Bundle(
        "newsletter with links.txt",
        f"""Cracks shut the Merrow Bridge

{A} {B}

Read more: https://harbour.example/bridge

Rates rise again in Valdoria

{C} {D}

Read more: https://tessen.example/rates

Fires in the Sierra de Oria

{E} {F}

Read more: https://oria.example/fires
""",
        (
            Found("Cracks shut the Merrow Bridge", url="https://harbour.example/bridge"),
            Found("Rates rise again in Valdoria", url="https://tessen.example/rates"),
            Found("Fires in the Sierra de Oria", url="https://oria.example/fires"),
        ),
    ),
    Bundle(
        "three by their authors.md",
        f"""# Cracks shut the Merrow Bridge

By Jane Doe

{A}

## What comes next

{B}

# Rates rise again in Valdoria

By John Roe

{C}

{D}

# Fires in the Sierra de Oria

By Marta Lind

{E}
""",
        (
            Found("Cracks shut the Merrow Bridge", author="Jane Doe"),
            Found("Rates rise again in Valdoria", author="John Roe"),
            Found("Fires in the Sierra de Oria", author="Marta Lind"),
        ),
    ),
    Bundle(
        "copied web pages.txt",
        f"""Cracks shut the Merrow Bridge

By Jane Doe, The Harbour Times

June 4, 2024

{A}

{B}

Share on Facebook

Tweet

Rates rise again in Valdoria

September 5, 2024

{C}

Share this article

Print

Oria Observer

{E}

{F}
""",
        (
            Found("Cracks shut the Merrow Bridge", "The Harbour Times", "Jane Doe", "2024-06-04"),
            Found("Rates rise again in Valdoria", None, None, "2024-09-05"),
            Found("Forest fires have destroyed 18,000 hectares in the Sierra de Oria and forced…", "Oria Observer"),
        ),
    ),
    Bundle(
        "copyright lines.txt",
        f"""Cracks shut the Merrow Bridge

The Harbour Times

4 June 2024

{A}

{B}

Copyright 2024 Harbour Times Ltd. All rights reserved.

Rates rise again in Valdoria

By John Roe

{C}

{D}

Copyright 2024 Tessen Media. All rights reserved.
""",
        (
            Found("Cracks shut the Merrow Bridge", "The Harbour Times", None, "2024-06-04"),
            Found("Rates rise again in Valdoria", None, "John Roe"),
        ),
    ),
    Bundle(
        "rules and German dates.md",
        f"""# Risse in der Brücke

Hafenkurier Journal | 4. Juni 2024

{A}

---

# Zinsen steigen

Von Petra Klug

Tessen Gazette | 5. September 2024

{C}

{D}
""",
        (
            Found("Risse in der Brücke", "Hafenkurier Journal", None, "2024-06-04"),
            Found("Zinsen steigen", "Tessen Gazette", "Petra Klug", "2024-09-05"),
        ),
    ),
    Bundle(
        "journal of a month.txt",
        f"""Northsea Review | June 2024

What the bridge teaches

By Agnes Holm

{A}

{B}

Northsea Review | June 2024

The price of money

By Conrad Weil

{C}

{D}
""",
        (
            Found("What the bridge teaches", "Northsea Review", "Agnes Holm", "2024-06-01 month"),
            Found("The price of money", "Northsea Review", "Conrad Weil", "2024-06-01 month"),
        ),
    ),
    Bundle(
        "signed off.txt",
        f"""Cracks shut the Merrow Bridge

SELBY (Norsk Wire) — {A}

(END)

Rates rise again in Valdoria

TESSEN (Norsk Wire) — {C}

{D}

(END)
""",
        (
            Found("Cracks shut the Merrow Bridge", "Norsk Wire"),
            Found("Rates rise again in Valdoria", "Norsk Wire"),
        ),
    ),
)

SINGLE = (
    f"Interview with Helen Varga\n\nBy Jane Doe\n\n4 June 2024\n\n{A}\n\nWhen did you see the cracks?\n\n{B}\n\n"
    f"What comes next, Ms Varga?\n\n{C}\n\nWill you resign?\n\n{D}",
    f"Live: the bridge is closed\n\nThe Harbour Times\n\n4 June 2024\n\n14:05 GMT\n\nFerries from Friday\n\n{A}\n\n"
    f"13:20 GMT\n\nThe mayor speaks\n\n{B}\n\n12:00 GMT\n\nTraffic jams\n\n{C}",
    f"# A year of the bridge\n\nBy Jane Doe\n\n## 4 June 2024\n\n{A}\n\n## 5 September 2024\n\n{B}\n\n"
    f"## 11 November 2024\n\n{C}",
    f"# Report on bridges\n\n{A}\n\n# Background\n\n{B}\n\n# Methods\n\n{C}\n\n# Findings\n\n{D}\n\n"
    f"# Conclusions\n\n{E}",
    f"Dear Anna,\n\n{A} “It is over,” he wrote. {B}\n\nYours, Peter\n\n12 June 1924\n\nDear Peter,\n\n{C}\n\n"
    f"Yours, Anna",
    f"The quarrel in letters\n\nSelby, 4 June 1924\n\n{A}\n\nTessen, 9 June 1924\n\n{C}\n\nSelby, 15 June 1924\n\n{B}",
    f"Chronology\n\n4 June 2024: {A}\n\n5 June 2024: {B}\n\n6 June 2024: {C}",
    f"What happened when\n\n- 4 June 2024\n- {A}\n- 5 June 2024\n- {B}",
    f"# Strategy\n\nMeridian Institute\n\nJune 2024\n\n{A}\n\n---\n\n## Part two\n\n{B}\n\n---\n\n## Part three\n\n{C}",
    f"A month of fire\n\nJune 2024\n\n{E}\n\nJuly 2024\n\n{F}\n\nAugust 2024\n\n{A}",
    f"What they said\n\nHelen Varga, director\n\n“{B}”\n\nLucian Parr, governor\n\n“{D}”\n\n"
    f"Nobody else, Port Selby\n\n“{F}”",
    f"Cracks shut the Merrow Bridge\n\nSELBY, June 4 (Norsk Wire) — {A}\n\n{B}\n\nHow the world sees it\n\n{C}\n\n{D}",
    f"How the world reacted\n\nBy Jane Doe\n\n4 June 2024\n\nSELBY — {A}\n\nValdoria\n\nTESSEN — {C}\n\nOria\n\n"
    f"OLVERA — {E}",
    f"# Guide\n\n## Where to go\n\n{A}\n\nhttps://a.example/1\n\n## What to see\n\n{B}\n\n{C}\n\n## When\n\n"
    f"{D}\n\nhttps://a.example/2",
    f"Two views\n\nThe Harbour Times\n\n{A}\n\nNorthsea Foundation\n\n{C}\n\n"
    f"The authors are members of the Meridian Center.",
    f"Cracks shut the Merrow Bridge\n\nPublished: 4 June 2024\n\n{A}\n\nUpdated: 5 June 2024\n\n{B}\n\n"
    f"This report was updated.",
    f"Statement\n\nMinistry of Transport\n\n4 June 2024\n\n{A}\n\nTitle: The bridge\n\nLength: 510 metres\n\n"
    f"{B}\n\n{C}",
    f"The director resigns\n\n{A}\n\nEnds\n\nNotes to editors\n\n{B}\n\nContact: press@selby.example",
)

"""The display form: what print or a scan got wrong between Chinese characters, put right.

Text is stored as printed; this is for showing only. Applying it twice changes nothing more.
"""

import re
import unicodedata

_H = "\u3400-\u9fff\uf900-\ufaff"
_PUNCTUATION = str.maketrans(
    {",": "，", "?": "？", "!": "！", ";": "；", ":": "：", "(": "（", ")": "）"}
)
_BETWEEN = re.compile(f"(?<=[{_H}”’」』》）%℃])[,?!;:](?=[{_H}“‘「『《（]|$)")
_NUMBER_COMMA = re.compile(f"(?<=[{_H}][0-9])[,](?=[{_H}])")
_HAN = re.compile(f"[{_H}]")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ％＋]+(?:[．／－][０-９Ａ-Ｚａ-ｚ]+)*")


def display(text: str, language: str) -> str:
    """Return the text as a careful typesetter would have set it; NFC."""
    text = unicodedata.normalize("NFC", text)
    if not language.startswith("zh"):
        return text
    text = _WIDE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _brackets(text)
    text = _NUMBER_COMMA.sub("，", text)
    return _BETWEEN.sub(lambda match: match[0].translate(_PUNCTUATION), text)


def _brackets(text: str) -> str:
    """Make the brackets around Chinese characters wide, nested ones too."""
    if "(" not in text:
        return text
    characters, opened, han = list(text), [], 0
    for at, character in enumerate(text):
        if character == "(":
            opened.append((at, han))
        elif character == ")" and opened:
            start, before = opened.pop()
            if han > before:
                characters[start], characters[at] = "（", "）"
        elif _HAN.match(character):
            han += 1
    return "".join(characters)

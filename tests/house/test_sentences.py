"""Habit 8: every sentence is data, checked both ways."""

from __future__ import annotations

import re
import unicodedata
from itertools import product

from tests.house.sentences import PLACEHOLDER, asked, flow_keys, sentences, used
from tests.house.source import modules, tell, texts
from texts.compose import LANGUAGES

LONGEST = 1900
"""Zalo takes 2,000 characters a message; what is filled in needs room too."""
BUTTON = 40
_TONES = ("", *(chr(mark) for mark in (0x300, 0x301, 0x303, 0x309, 0x323)))
"""None, grave, acute, tilde, hook above, dot below; the vowels below carry their own marks."""
_LETTERS = {unicodedata.normalize("NFC", v + t) for v, t in product("aăâeêioôơuưyđAĂÂEÊIOÔƠUƯYĐ", _TONES)}
VIETNAMESE = {c for c in _LETTERS if len(c) == 1 and not c.isascii()}
VIETNAMESE_IN_CODE: dict[str, str] = {
    "flows/answers.py": 'how a typed number is read ("số 1") is a pattern, not a sentence',
    "flows/day.py": "how a typed day is read is a pattern",
    "flows/typed.py": "how a typed percentage is read is a pattern",
    "search/index.py": "where a sentence ends is a pattern: a capital letter after a full stop",
}
"""Modules that may hold Vietnamese in string constants, each with the reason."""
FORMS_OF_ADDRESS = re.compile(
    r"\b(bạn|quý khách|quý vị|quý anh|quý chị|ông bà|ông/bà|ngài|mày|cậu|anh chị|chị/anh"
    r"|(?<!/)chị|anh(?!/chị| hùng| em\b))\b",
    re.IGNORECASE,
)
"""Every way to address somebody but "anh/chị"; "Anh hùng Lao động" is a title, "tiếng Anh" a language."""


def test_every_text_asked_for_is_there() -> None:
    found = [f"{a.place}: no text {a.written}" for a in asked() if not any(map(a.keys.fullmatch, sentences()))]
    found += [f"flows/: {flow} needs a text {key}" for key, flow in flow_keys() if key not in sentences()]
    tell(found)


def test_every_text_is_used() -> None:
    keys, patterns = used()
    tell(
        f"{one.place}: {one.key} is used nowhere"
        for one in sentences().values()
        if one.key not in keys and not any(pattern.fullmatch(one.key) for pattern in patterns)
    )


def test_every_text_stands_in_both_languages() -> None:
    tell(
        f"{one.place}: {one.key} has {sorted(one.words)}, not {sorted(LANGUAGES)}"
        for one in sentences().values()
        if set(one.words) != set(LANGUAGES) or not all(isinstance(w, str) and w.strip() for w in one.words.values())
    )


def test_both_languages_have_the_same_placeholders() -> None:
    """{vi} in the Vietnamese text and {en} in the English one are the same: the reader's own language."""
    named = [(one, {_placeholders(*item) for item in one.words.items()}) for one in sentences().values()]
    tell(f"{one.place}: {one.key} fills in {sorted(map(sorted, sets))}" for one, sets in named if len(sets) > 1)


def _placeholders(language: str, words: str) -> frozenset[str]:
    return frozenset("(own language)" if name == language else name for name in PLACEHOLDER.findall(words))


def test_placeholders_are_supplied() -> None:
    """By every call that names its key; where keys are only ever put together, by one of the calls that may mean it."""
    found = []
    for key, one in sentences().items():
        needs = set(PLACEHOLDER.findall(" ".join(one.words.values())))
        calls = [call for call in asked() if call.keys.fullmatch(key)]
        named = [call for call in calls if call.literal]
        lacking = [call for call in named or calls if call.params is not None and needs - call.params]
        if named or (len(lacking) == len(calls) and key not in used()[0]):
            found += [f"{call.place}: {key} needs {sorted(needs - (call.params or set()))}" for call in lacking]
    tell(found)


def test_texts_fit_the_narrowest_messenger() -> None:
    tell(
        f"{one.place}: {one.key} has {len(words)} characters in {language}"
        for one in sentences().values()
        for language, words in one.words.items()
        if len(words) > (BUTTON if one.key.endswith(".button") else LONGEST)
    )


def test_people_are_addressed_as_anh_chi() -> None:
    tell(
        f'{one.place}: {one.key} says "{other.group()}", not "anh/chị"'
        for one in sentences().values()
        for other in FORMS_OF_ADDRESS.finditer(one.words.get("vi", ""))
        if other.group() != "Anh"
    )


def test_texts_are_nfc() -> None:
    read = {path: text for path, text in texts().items() if path.endswith((".toml", ".py", ".html", ".js", ".md"))}
    tell(
        f"{path}:{number}: not NFC"
        for path, text in read.items()
        if not unicodedata.is_normalized("NFC", text)
        for number, line in enumerate(text.splitlines(), 1)
        if not unicodedata.is_normalized("NFC", line)
    )


def test_no_vietnamese_in_code() -> None:
    """One or two letters alone are no sentence: folding accents needs them."""
    found = [
        (module.path, line, text)
        for module in modules()
        for line, text in module.strings()
        if len(text) > 2 and not VIETNAMESE.isdisjoint(text)
    ]
    tell(f"{p}:{n}: Vietnamese in code: {text[:50]!r}" for p, n, text in found if p not in VIETNAMESE_IN_CODE)
    spoken = {path for path, _, _ in found}
    tell(f"{path}:1: no reason needed any more" for path in VIETNAMESE_IN_CODE if path not in spoken)

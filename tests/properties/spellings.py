"""The same name, written in whatever other way that a reader does not tell apart."""

import unicodedata
from typing import Final

from hypothesis import strategies as st

DASHES: Final = "-\u02d7\u058a\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2053\u2212\u2796\ufe58\ufe63\uff0d"
INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u2060\u2063\u2800\u3164\ufe0f\ufeff\U000e0041\x00\x7f"
)
BLANKS: Final = " \t\n\u00a0\u2003\u2028\u3000"
NAMES: Final = st.from_regex(r"\A[a-zåäöéßñłđ0-9]{1,12}(?:[-._@][a-zåäöéßñłđ0-9]{1,12}){0,3}\Z")
"""Names of accounts as agencies have them."""


@st.composite
def spellings(draw: st.DrawFn, name: str) -> str:
    """Another spelling of that name: case, width, dashes, signs that do not show, blanks around, composition."""
    signs = [draw(st.sampled_from(_written(sign))) for sign in name]
    for _ in range(draw(st.integers(0, 3))):
        signs.insert(draw(st.integers(0, len(signs))), draw(st.sampled_from(INVISIBLE)))
    around = st.text(BLANKS + INVISIBLE, max_size=3)
    written = draw(around) + "".join(signs) + draw(around)
    return unicodedata.normalize(draw(st.sampled_from(("NFC", "NFD"))), written)


def _written(sign: str) -> list[str]:
    if sign == "-":
        return list(DASHES)
    wide = [chr(ord(sign) + 0xFEE0)] if sign.isascii() else []
    return [sign, sign.upper(), *wide]

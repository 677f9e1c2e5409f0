"""Who is found by what, told as simply as can be: to hold quicker ways to."""

import re
import unicodedata
from collections.abc import Sequence

from hypothesis import strategies as st

from jaboti_domain.client.details import Contact, ContactKind, Details
from jaboti_domain.client.document import Document
from jaboti_domain.client.phone import Phone

NAMES = (
    "Maria Antônia D'Ávila",
    "José  da\tSilva",
    "Zoé",
    "Ana-Clara 2.010",
    "100% Natural_",
    "İpek ŞIŞMAN",
    "ΑΘΗΝΆ",
    "🎉",
)
EMAILS = ("maria.davila@example.com", "ze_silva87@exemplo.net")
PHONES = ("+5541987654321", "+551133224455", "+12025550123")
DOCUMENTS = ("11144477735", "52998224725", "12ABC34501DE35")
ODD = (
    "%",
    "_",
    "\\",
    "' OR 1=1--",
    "(a+)+$",
    "\u0301" * 1000,
    "%" * 5000,
    "\u202e",
    "-",
    "(41)",
    "+55",
    "12.abc",
    "İ",
    "ß",
)

names = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2).map(" ".join)
contacts = st.sampled_from(
    [
        Contact(ContactKind.OTHER, "Banca 12, ramal 77-81"),
        Contact(ContactKind.PHONE, "+554133334444"),
        Contact(ContactKind.EMAIL, "compras@loja.example"),
    ]
)
clients = st.builds(
    Details,
    name=names,
    email=st.none() | st.sampled_from(EMAILS),
    phone=st.none() | st.sampled_from(PHONES).map(Phone),
    document=st.none() | st.sampled_from(DOCUMENTS).map(Document.parse),
    contacts=st.lists(contacts, max_size=2, unique=True).map(tuple),
)


@st.composite
def searches(draw: st.DrawFn) -> str:
    """What somebody might type: cut out of what clients have, or odd."""
    whole = draw(st.sampled_from([*NAMES, *EMAILS, *PHONES, *DOCUMENTS, "+55 (41) 98765-4321", "111.444.777-35", *ODD]))
    first = draw(st.integers(0, max(0, len(whole) - 1)))
    part = whole[first : first + draw(st.integers(1, 12))] if len(whole) < 50 else whole
    return draw(st.sampled_from([part, part.upper(), part.lower()]))


def is_found(details: Details, search: str) -> bool:
    """Every word is in a word, every number in a number."""
    wanted = _wanted(search)
    words, numbers = _words_of(details), _numbers_of(details)
    return bool(wanted) and all(
        any(part in text for text in words) or (_is_run(part) and any(part in number for number in numbers))
        for part in wanted
    )


def _wanted(search: str) -> list[str]:
    found: list[str] = []
    number_before = False
    for word in _folded(search).split():
        is_number = re.fullmatch(r"[0-9+().\-/]*[0-9][0-9+().\-/]*", word) is not None
        text = re.sub(r"[^0-9]", "", word) if is_number else word
        if is_number and number_before:
            found[-1] += text
        else:
            found.append(text)
        number_before = is_number
    return found


def _is_run(part: str) -> bool:
    return len(part) >= 4 or not part.isdecimal() or not part.isascii()


def _words_of(details: Details) -> Sequence[str]:
    others = [each.value for each in details.contacts if each.kind is not ContactKind.PHONE]
    texts = [_folded(text) for text in (details.name, details.email or "", *others)]
    return [word for text in texts for word in (*text.split(), *re.sub(r"(?<=\d)[+().\-/\s]+(?=\d)", "", text).split())]


def _numbers_of(details: Details) -> Sequence[str]:
    phones = [each.value for each in details.contacts if each.kind is ContactKind.PHONE]
    phones += [details.phone.e164] if details.phone else []
    spellings = [text for phone in phones for text in (phone[1:], re.sub(r"^55(\d\d)9(\d{8})$", r"55\1\2", phone[1:]))]
    document = [details.document.number.lower(), details.document.masked.lower()] if details.document else []
    return [*spellings, *document, *(re.sub(r"(?<=\d)[./-](?=\d)", "", text) for text in document)]


def _folded(text: str) -> str:
    """Without accents and case, letter by letter."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in folded if c.isspace() or unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cc", "Cf"))

"""CPF and CNPJ, with letters and without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.br import cnpj

from jaboti_domain.client.document import Document, DocumentKind
from jaboti_domain.client.errors import InvalidDocument

endings = st.integers(0, 99).map("{:02}".format)
CNPJ_BODY = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12).filter(
    lambda body: body != "0" * 12 and len(set(body)) > 1
)
CPF_BODY = st.text("0123456789", min_size=9, max_size=9).filter(lambda body: len(set(body)) > 1)


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("111.444.777-35", DocumentKind.CPF, "11144477735"),
        ("11144477735", DocumentKind.CPF, "11144477735"),
        (" 111 444 777 35 ", DocumentKind.CPF, "11144477735"),
        ("11.222.333/0001-81", DocumentKind.CNPJ, "11222333000181"),
        ("12.ABC.345/01DE-35", DocumentKind.CNPJ, "12ABC34501DE35"),
        ("12abc34501de35", DocumentKind.CNPJ, "12ABC34501DE35"),
    ],
)
def test_a_document_is_read_with_and_without_mask(text: str, kind: DocumentKind, number: str) -> None:
    document = Document.parse(text)
    assert document == Document(kind, number)
    assert Document.parse(document.masked) == document


@given(CPF_BODY)
def test_of_all_endings_of_a_cpf_one_is_right(body: str) -> None:
    assert sum(_reads(f"{body}{ending:02}") for ending in range(100)) == 1


@given(CNPJ_BODY)
def test_of_all_endings_of_a_cnpj_one_is_right(body: str) -> None:
    assert [ending for ending in range(100) if _reads(f"{body}{ending:02}")] == [
        int(cnpj.calc_check_digits(body + "00"))
    ]


@pytest.mark.parametrize("place", range(11))
def test_a_cpf_with_one_wrong_digit_is_refused(place: int) -> None:
    assert not any(_reads(wrong) for wrong in _with_one_wrong_digit("11144477735", place))


@pytest.mark.parametrize("place", range(14))
def test_a_cnpj_with_one_wrong_digit_is_refused(place: int) -> None:
    assert not any(_reads(wrong) for wrong in _with_one_wrong_digit("11222333000181", place))


@pytest.mark.parametrize(
    "text",
    ["", "123", "111.111.111-11", "000.000.000-00", "00.000.000/0000-00", "１１１４４４７７７３５", "1" * 5000, "\x00"],
)
def test_what_no_register_gave_out_is_refused(text: str) -> None:
    with pytest.raises(InvalidDocument):
        Document.parse(text)


@given(st.text(max_size=20))
def test_reading_a_document_gives_one_or_refuses(text: str) -> None:
    assert _reads(text) in (True, False)


def _reads(text: str) -> bool:
    try:
        Document.parse(text)
    except InvalidDocument:
        return False
    return True


def _with_one_wrong_digit(number: str, place: int) -> list[str]:
    return [number[:place] + digit + number[place + 1 :] for digit in "0123456789" if digit != number[place]]

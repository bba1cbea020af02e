"""Which field a column holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Refused
from jivod.wire.columns import assign, demand_key, field_of, mapping
from jivod.wire.row import FIELDS, MANY

HEADERS = {
    "email": ["Email", "E-mail", "e-posta", "E-POSTA ADRESİ", "Электронная почта", "Correo electrónico",
              "E-mail 1 - Value"],
    "phone": ["Phone", "CEP TELEFONU", "Телефон", "Telefone", "Teléfono", "Phone 2", "telefon_no"],
    "name": ["Name", "AD SOYAD", "Adı", "ФИО", "Имя", "Nome", "Nombre completo", "First Name"],
    "last_name": ["Surname", "SOYADI", "Фамилия", "Sobrenome", "Apellidos", "last_name"],
    "id": ["id", "Müşteri No", "Customer ID", "ID клиента", "Código do cliente"],
    "description": ["Note", "AÇIKLAMA", "Примечание", "Observações", "Comentarios"],
    "tag": ["Tags", "Etiketler", "Теги", "Etiquetas"],
    "organization": ["Company", "ŞİRKET", "Компания", "Empresa"],
    "-": ["jivod_id", "refused", "", " "],
    "attr:Bakiye": ["Bakiye", " Bakiye ", "attr:Bakiye"],
    "attr:email": ["attr:email"],
}  # fmt: skip


@pytest.mark.parametrize(("header", "field"), [(h, f) for f, headers in HEADERS.items() for h in headers])
def test_headers_in_five_languages(header: str, field: str) -> None:
    assert field_of(header) == field


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_a_header_itself(field: str) -> None:
    assert field_of(field) == field


def test_what_is_said_goes_before_the_header() -> None:
    said = mapping(["Telefon=attr:Old phone", "GSM No=phone", "x=y=-"])
    assert assign(["telefon", "GSM No", "x=y"], said, signs=False) == ["attr:Old phone", "phone", "-"]


def test_where_the_site_signs_ids_the_id_is_the_signed_one_unless_there_is_one() -> None:
    assert assign(["Customer ID", "email"], {}, signs=True) == ["signed_id", "email"]
    assert assign(["id", "signed_id"], {}, signs=True) == ["id", "signed_id"]


@given(st.sampled_from(HEADERS["id"]), st.booleans(), st.sampled_from([[], ["signed_id"], ["email"]]))
def test_an_id_is_the_same_whether_its_header_or_somebody_says_so(header: str, signs: bool, more: list[str]) -> None:
    by_header = assign([header, *more], {}, signs=signs)
    assert assign(["Code", *more], mapping(["Code=id"]), signs=signs) == by_header
    assert assign([header, *more], mapping([f"{header}=id"]), signs=signs) == by_header


def test_names_too_long_to_be_told_apart_are_told_apart_by_a_number() -> None:
    found = assign(["x" * 300] * 3, {}, signs=False)
    assert len({*found}) == 3
    assert all(len(field) < 270 for field in found)


def test_a_second_column_of_a_single_value_is_kept_as_an_attribute() -> None:
    found = assign(["Name", "Full name", "Full name", "Note", "Notes", "Plan", "Plan"], {}, signs=False)
    assert found == [
        "name", "attr:Full name", "attr:Full name 2", "description", "attr:Notes", "attr:Plan", "attr:Plan 2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "why"), [(["x"], "COLUMN=FIELD"), (["x=nothing"], "one of"), (["=email"], "name the column")]
)
def test_a_mapping_that_says_nothing_is_refused(texts: list[str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        mapping(texts)


def test_a_mapping_of_a_column_that_is_not_there_is_refused_and_names_those_that_are() -> None:
    with pytest.raises(Refused, match="no column mial; there are email, name"):
        assign(["email", "name"], mapping(["Mial=phone"]), signs=False)


def test_a_table_that_cannot_tell_who_is_who_is_refused() -> None:
    with pytest.raises(Refused, match="--map"):
        demand_key(["Name"], ["name"])


@given(st.lists(st.text(max_size=12), max_size=12), st.booleans())
def test_any_headers_have_fields_and_no_single_one_twice(headers: list[str], signs: bool) -> None:
    found = assign(headers, {}, signs=signs)
    single = [field for field in found if field not in MANY and field != "-"]
    assert len(found) == len(headers)
    assert len(single) == len(set(single))

"""Columns: which field a column holds, by its header in five languages, or as somebody says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from jivod.model.claim import ASSIGNED_AGENT, ATTRIBUTE_PREFIX, DESCRIPTION, NAME, ORGANIZATION, SOCIAL, STATUS, TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.model.errors import Refused
from jivod.wire.row import FIELDS, ID, IGNORED, LAST_NAME, MANY, SIGNED_ID
from jivod.wire.text import line

MOST = 1000  # columns
_NUMBERED = 200  # characters of a name that is told apart by a number

JIVOD_ID, REASON = "jivod_id", "refused"
"""Columns that jivod writes itself: the id of a customer in an export; why a row was refused."""

_ONE_I = str.maketrans({"İ": "i", "I": "i", "ı": "i"})
_NOT_WORD = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"\d+(?:value)?$|\d+")
_HEADERS = {
    ID: """id, customer id, customer no, customer number, client id, user id, crm id, external id, user token, token,
        müşteri no, müşteri numarası, müşteri id, müşteri kodu, cari kod, cari kodu, üye no, kullanıcı id,
        id клиента, код клиента, номер клиента, ид, id do cliente, id cliente, código do cliente, código cliente,
        id de cliente, id del cliente, código de cliente, código del cliente""",
    SIGNED_ID: "signed id, verified token",
    EMAIL: """email, e-mails, mail, e-mail address, e-posta, e-posta adresi, eposta, mail adresi,
        почта, электронная почта, эл. почта, адрес электронной почты, имейл, correo, correo electrónico,
        endereço de e-mail""",
    PHONE: """phone, phones, phone number, tel, telephone, mobile, mobile phone, cell, cell phone, gsm, whatsapp,
        telefon, telefon no, telefon numarası, cep, cep telefonu, телефон, номер телефона, мобильный,
        мобильный телефон, сотовый, telefone, celular, número de telefone, teléfono, móvil, número de teléfono""",
    NAME: """name, full name, first name, given name, display name, customer name, ad, adı, ad soyad, adı soyadı, isim,
        müşteri adı, имя, фио, полное имя, имя клиента, nome, nome completo, primeiro nome, nombre, nombre completo""",
    LAST_NAME: """last name, surname, family name, soyad, soyadı, soyisim, фамилия, sobrenome, apelido, apellido,
        apellidos""",
    DESCRIPTION: """description, note, notes, comment, comments, açıklama, not, notlar, описание, примечание,
        комментарий, заметка, descrição, observação, observações, nota, notas, descripción, comentario, comentarios,
        observaciones""",
    ORGANIZATION: """organization, organisation, company, company name, şirket, firma, kurum, организация, компания,
        empresa, organização, organización, compañía""",
    STATUS: "status, durum, статус, estado, situação",
    ASSIGNED_AGENT: "assigned agent, sorumlu, ответственный, responsável, responsable",
    TAG: "tag, tags, label, labels, etiket, etiketler, тег, теги, метки, etiqueta, etiquetas",
    SOCIAL: "social, social profile, profile link",
    IGNORED: f"{JIVOD_ID}, {REASON}",
}


def _folded(header: str) -> str:
    plain = unicodedata.normalize("NFKD", header.translate(_ONE_I).casefold())
    return _NOT_WORD.sub("", "".join([c for c in plain if not unicodedata.combining(c)]))


_FIELD_OF = {_folded(name): field for field, names in _HEADERS.items() for name in names.split(",")}


def field_of(header: str) -> str:
    """The field that a column of this header holds; an attribute of that name where it is none of ours."""
    if header.startswith(ATTRIBUTE_PREFIX):
        return _own(header.removeprefix(ATTRIBUTE_PREFIX))
    plain = _folded(header)
    return _FIELD_OF.get(plain) or _FIELD_OF.get(_NUMBER.sub("", plain)) or _own(header)


def _own(name: str) -> str:
    """An attribute of the company's own; of a column without a name nothing is kept."""
    plain = line(name, set())
    return ATTRIBUTE_PREFIX + plain if plain else IGNORED


def assign(headers: Sequence[str], said: Mapping[str, str], *, signs: bool) -> list[str]:
    """The field of each column. `said`: headers with the field that somebody says they hold; `signs`: the site signs
    the ids of its customers, so that an id is a signed one, whoever says what it is, unless another column holds those.
    A second column for what can have one value only is an attribute of its own. Raises Refused.
    """
    if len(headers) > MOST:
        raise Refused(f"there are more than {MOST} columns; leave out those that are not needed")
    named = {_plain(header): field for header, field in said.items()}
    if unknown := named.keys() - {_plain(header) for header in headers}:
        raise Refused(f"there is no column {', '.join(sorted(unknown))}; there are {_listed(headers)}")
    found = [named.get(_plain(header)) or field_of(header) for header in headers]
    if signs and SIGNED_ID not in found:
        found = [SIGNED_ID if field == ID else field for field in found]
    return _each_once(headers, found)


def _each_once(headers: Sequence[str], fields: list[str]) -> list[str]:
    taken: set[str] = set()
    result: list[str] = []
    for header, given in zip(headers, fields, strict=True):
        field, number = given, 1
        while field in taken and field not in MANY and field != IGNORED:
            field = _own(header if number == 1 else f"{header.strip()[:_NUMBERED]} {number}")
            number += 1
        taken.add(field)
        result.append(field)
    return result


def demand_key(headers: Sequence[str], fields: Sequence[str]) -> None:
    """Raise Refused where no column can tell who a row is about."""
    if {ID, SIGNED_ID, EMAIL, PHONE}.isdisjoint(fields):
        raise Refused(
            f"no column is an e-mail, a phone or an id; name one by --map COLUMN=email. There are {_listed(headers)}"
        )


def mapping(texts: Sequence[str]) -> dict[str, str]:
    """What was said by `COLUMN=FIELD`. Raises Refused."""
    found: dict[str, str] = {}
    for text in texts:
        header, _, field = text.rpartition("=")
        field = {"tags": TAG, "first_name": NAME}.get(field.strip(), field.strip())
        if field.startswith(ATTRIBUTE_PREFIX):
            field = _own(field.removeprefix(ATTRIBUTE_PREFIX))
        elif field not in (*FIELDS, IGNORED):
            raise Refused(
                f"a mapping is COLUMN=FIELD, and FIELD is one of {', '.join(FIELDS)}, attr:<name>, "
                f"or {IGNORED} for none"
            )
        if not header.strip():
            raise Refused("a mapping is COLUMN=FIELD; name the column")
        found[header] = field
    return found


def _plain(header: str) -> str:
    return header.strip().casefold()


def _listed(headers: Sequence[str]) -> str:
    shown = [header.strip()[:40] for header in headers[:20] if header.strip()]
    return ", ".join(shown) + (" and others" if len(headers) > 20 else "") if shown else "none with a name"

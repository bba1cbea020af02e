"""Phrases: every sentence the agent may read, in the languages of the agents. Placeholders are named, values come in
as text.
"""

from __future__ import annotations

LANGUAGES = ("en", "tr", "ru", "pt", "es")

_TABLE: dict[str, tuple[str, str, str, str, str]] = {
    "customer": ("Customer", "Müşteri", "Клиент", "Cliente", "Cliente"),
    "new": ("New customer", "Yeni müşteri", "Новый клиент", "Novo cliente", "Cliente nuevo"),
    "since": (
        "since {date}",
        "{date} tarihinden beri",
        "с {date}",
        "desde {date}",
        "desde {date}",
    ),
    "nobody": (
        "Not a known customer",
        "Kayıtlı müşteri değil",
        "Неизвестный клиент",
        "Cliente não cadastrado",
        "No es un cliente conocido",
    ),
    "by_subject": (
        "known from this conversation",
        "bu görüşmeden tanındı",
        "известен по этому диалогу",
        "conhecido desta conversa",
        "conocido por esta conversación",
    ),
    "by_verified_token": (
        "matched by signed token",
        "imzalı belirteçle eşleşti",
        "найден по подписанному токену",
        "encontrado pelo token assinado",
        "encontrado por token firmado",
    ),
    "by_token": (
        "matched by token",
        "belirteçle eşleşti",
        "найден по токену",
        "encontrado pelo token",
        "encontrado por token",
    ),
    "by_email": (
        "matched by e-mail",
        "e-postayla eşleşti",
        "найден по e-mail",
        "encontrado pelo e-mail",
        "encontrado por correo",
    ),
    "by_phone": (
        "matched by phone",
        "telefonla eşleşti",
        "найден по телефону",
        "encontrado pelo telefone",
        "encontrado por teléfono",
    ),
    "by_visitor": (
        "matched by browser",
        "tarayıcıyla eşleşti",
        "найден по браузеру",
        "encontrado pelo navegador",
        "encontrado por navegador",
    ),
    "unverified": ("not verified", "doğrulanmadı", "не подтверждён", "não verificado", "no verificado"),
    "chats": ("Chats so far", "Şimdiye kadarki görüşmeler", "Диалогов", "Conversas até agora", "Chats hasta ahora"),
    "last_chat": ("Last chat", "Son görüşme", "Последний диалог", "Última conversa", "Último chat"),
    "phones": ("Phones", "Telefonlar", "Телефоны", "Telefones", "Teléfonos"),
    "emails": ("E-mails", "E-postalar", "E-mail", "E-mails", "Correos"),
    "both_kept": (
        "in CRM {known}, visitor gave {given}: both kept",
        "CRM'de {known}, ziyaretçi {given} verdi: ikisi de saklandı",
        "в CRM {known}, посетитель указал {given}: сохранены оба",
        "no CRM {known}, o visitante informou {given}: ambos mantidos",
        "en CRM {known}, el visitante dio {given}: se guardan ambos",
    ),
    "contested": ("To be settled", "Netleştirilmeli", "Нужно уточнить", "A definir", "Por aclarar"),
    "also_said": (
        "also said: {value}",
        "ayrıca: {value}",
        "также указано: {value}",
        "também dito: {value}",
        "también dicho: {value}",
    ),
    "possible": (
        "Possible match",
        "Olası eşleşme",
        "Возможное совпадение",
        "Possível correspondência",
        "Posible coincidencia",
    ),
    "possible_count": (
        "{count}, open to check",
        "{count}, kontrol için açın",
        "{count}, откройте для проверки",
        "{count}, abra para verificar",
        "{count}, abra para comprobar",
    ),
    "review": ("Possible duplicate", "Olası mükerrer", "Возможный дубль", "Possível duplicado", "Posible duplicado"),
    "review_count": (
        "{count} to look at",
        "{count} kayıt incelenmeli",
        "проверить: {count}",
        "{count} para verificar",
        "{count} por revisar",
    ),
}

_SPOKEN = {
    language: {name: sentences[column] for name, sentences in _TABLE.items()}
    for column, language in enumerate(LANGUAGES)
}


def phrase(name: str, language: str, **values: str) -> str:
    """The sentence `name` in `language` (English where the language is not spoken here)."""
    sentence = (_SPOKEN.get(language) or _SPOKEN["en"])[name]
    return sentence.format(**values) if values else sentence

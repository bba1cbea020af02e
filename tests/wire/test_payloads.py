"""Every body in tests/payloads, one row each: what is read of it, or why it is not. A file without a row fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from jivod.model.answer import Answer, ContactInfo, Row
from jivod.model.errors import Unreadable
from jivod.model.event import (
    CallEvent,
    ChatAccepted,
    ChatAssigned,
    ChatFinished,
    ChatUpdated,
    ClientAttributeUpdated,
    ClientUpdated,
    CrmEvent,
    Event,
    Foreign,
    OfflineMessage,
    Unknown,
)
from jivod.wire import jivo

FOLDER = Path(__file__).parents[1] / "payloads"
FULL_PHONE = "+905320000017"
FULL_EMAIL = "deniz.aksoy@example.com"
FINISH = 1763800009000
OFFLINE = "1763800500726"
RECORD = "https://records.example.com/2026/11/22/7952.mp3"
EMPTY_LIST = ("empty_list_for_object",)
BROKEN = "�"

Row_ = tuple[type[Event], dict[str, Any]]


def accepted(**expected: Any) -> Row_:
    """Fields by path, `visitor__email`; `oddities` are () unless given, `messages` is their number."""
    return ChatAccepted, {"widget_id": "kQ7dLm2RzT", "chat_id": "7636", "at": None} | expected


def updated(**expected: Any) -> Row_:
    return ChatUpdated, {"chat_id": "7636", "agents__0__id": "3107", "visitor__number": "5127", **expected}


def assigned(**expected: Any) -> Row_:
    return ChatAssigned, {"visitor__number": "5127", **expected}


def finished(**expected: Any) -> Row_:
    return ChatFinished, {
        "chat_id": "7636",
        "messages": 2,
        "at": FINISH,
        "rate": None,
        "plain_messages": None,
        "agents__0__id": "3107",
        "blacklisted": False,
        **expected,
    }


def offline(**expected: Any) -> Row_:
    return OfflineMessage, {
        "chat_id": "2026",
        "offline_message_id": OFFLINE,
        "at": int(OFFLINE),
        "topic": "Kargo",
        **expected,
    }


def call(type_: str | None, status: str | None, **expected: Any) -> Row_:
    state = {"call__type": type_, "call__status": status, "call__phone": FULL_PHONE}
    return CallEvent, {"chat_id": "7952", "at": None, **state, **expected}


def client(**expected: Any) -> Row_:
    return ClientUpdated, {"widget_id": "12345678", "client_id": "5127", "chat_id": None, **expected}


def crm(name: str, **expected: Any) -> Row_:
    return CrmEvent, {"event_name": name, "event_type": "crm_client", **expected}


ROWS: dict[str, Row_] = {
    "call_event__agent_null.json": call("callback", "agent_connected", agents=()),
    "call_event__call_missing.json": call(None, None, call__phone=None, agents__0__id="3107"),
    "call_event__callback__agent_connected.json": call("callback", "agent_connected", call__record_url=None),
    "call_event__callback__error.json": call("callback", "error", call__reason="all_busy"),
    "call_event__callback__start.json": call("callback", "start", agents=()),
    "call_event__docs_2018.json": call("callback", "end", call__record_url=RECORD, topic=None),
    "call_event__documented_full.json": call("callback", "end", call__record_url=RECORD, department="Satış"),
    "call_event__error_no_reason.json": call("callback", "error", call__reason=None),
    "call_event__incoming__client_connected.json": call("incoming", "client_connected"),
    "call_event__incoming__end.json": call("incoming", "end"),
    "call_event__incoming__start.json": call("incoming", "start", agents=()),
    "call_event__outgoing__agent_connected.json": call("outgoing", "agent_connected"),
    "call_event__outgoing__client_connected.json": call("outgoing", "client_connected"),
    "call_event__outgoing__end.json": call("outgoing", "end"),
    "call_event__outgoing__start.json": call("outgoing", "start", agents=()),
    "call_event__phone_digits_only.json": call(
        "incoming", "end", call__phone="905320000017", visitor__phone="905320000017", visitor__chats_count="0"
    ),
    "call_event__sdk_only__agent_connecting.json": call("callback", "agent_connecting"),
    "call_event__sdk_only__agent_disconnected.json": call("callback", "agent_disconnected"),
    "call_event__sdk_only__retry.json": call("callback", "retry"),
    "call_event__telephony_no_session.json": call("incoming", "end", visit=None, department=None),
    "call_event__unknown_status_missed.json": call("incoming", "missed"),
    "call_event__visitor_phone_differs.json": call(
        "callback", "end", call__phone="0533 000 00 18", visitor__phone=FULL_PHONE
    ),
    "chat_accepted__anonymous_empty_strings.json": accepted(
        visitor__name=None, visitor__email=None, visitor__phone=None, visitor__description=None, visitor__number="5130"
    ),
    "chat_accepted__anonymous_missing_keys.json": accepted(
        visitor__name=None, visitor__email=None, visitor__number="5129"
    ),
    "chat_accepted__anonymous_nulls.json": accepted(visitor__name=None, visitor__email=None, visitor__number="5128"),
    "chat_accepted__big_numbers.json": accepted(
        chat_id="9007199254740993", visitor__number="4294967297", visitor__chats_count="100000"
    ),
    "chat_accepted__channel_email.json": accepted(
        widget_id="eM3uIo9PaS", visitor__email="satinalma@example.net", visit=None, organization=None
    ),
    "chat_accepted__channel_facebook.json": accepted(
        widget_id="fB2sQw8RtY",
        visitor__social=("https://facebook.example/ayse.kara.17",),
        visit=None,
        oddities=EMPTY_LIST,
    ),
    "chat_accepted__channel_instagram.json": accepted(
        widget_id="iG5hJk1LpO", visitor__name="ayse.kara", visitor__number="6201", visit=None
    ),
    "chat_accepted__channel_telegram.json": accepted(
        widget_id="tG4nP0qWsE", visitor__name="Kaan Yıldız", visitor__number="6201", visit=None
    ),
    "chat_accepted__channel_telegram_no_session.json": accepted(
        widget_id="tG4nP0qWsE", visitor__name="@kaan_yildiz", visit=None
    ),
    "chat_accepted__channel_viber.json": accepted(
        widget_id="vB9kLm3XyZ", visitor__name="Ayşe 🌸", visitor__phone="905330000018", visit=None
    ),
    "chat_accepted__channel_whatsapp.json": accepted(
        widget_id="wA7zXc4VbN", visitor__name="~Mehmet", visitor__phone="905320000021", visit=None
    ),
    "chat_accepted__control_and_surrogate.json": accepted(
        chat_id="7641",
        visitor__name="Deniz" + BROKEN * 2,
        visitor__description=BROKEN + " tek vekil",
        visitor__email="deniz@example.com",
        oddities=("control_character", "lone_surrogate"),
    ),
    "chat_accepted__documented_full.json": accepted(
        user_token=None,
        visitor__name="Deniz Aksoy",
        visitor__email=FULL_EMAIL,
        visitor__phone=FULL_PHONE,
        visitor__description="Toptan alıcı",
        visitor__number="5127",
        visitor__chats_count="3",
        visitor__social=(),
        organization="Aksoy Ticaret",
        status="contact_later",
        assigned_agent__id="3",
        tags=("Bayi", "İndirim"),
        topic="Kargo",
        department="Satış",
        agents__0__id="3107",
        agents__0__phone="+902120000011",
        visit__url="https://shop.example.com/urun/kahve-makinesi?renk=siyah",
        visit__title="Kahve Makinesi | Örnek Mağaza",
        visit__country_code="TR",
        visit__provider="Ornek Telekom",
        visit__ip_addr="203.0.113.24",
        visit__utm={
            "source": "google",
            "medium": "cpc",
            "content": "banner_2",
            "campaign": "guz_indirimi",
            "term": "kahve makinesi",
        },
    ),
    "chat_accepted__empty_lists_for_objects.json": accepted(
        organization=None,
        status=None,
        assigned_agent=None,
        tags=(),
        topic=None,
        department=None,
        visit__url=None,
        visit__city=None,
        visit__utm={"source": "google", "medium": "cpc", "content": "banner_2", "campaign": "guz_indirimi"},
        oddities=EMPTY_LIST,
    ),
    "chat_accepted__empty_objects.json": accepted(
        organization=None, assigned_agent=None, topic=None, visit__url=None, visit__utm={}, tags=("Bayi", "İndirim")
    ),
    "chat_accepted__extra_unknown_keys.json": accepted(
        client_id="88123", at=1763800000000, oddities=("event_timestamp",)
    ),
    "chat_accepted__html_in_fields.json": accepted(
        visitor__name='<b>Deniz</b> & "Co"',
        visitor__description="<script>alert(1)</script>",
        visit__url="https://shop.example.com/?q=<x>&y=1",
        visit__title="A & B <em>x</em>",
    ),
    "chat_accepted__ids_all_ints.json": accepted(
        widget_id="488651", visitor__number="5127", agents__0__id="3107", assigned_agent__id="3", tags=("Bayi",)
    ),
    "chat_accepted__ids_all_strings.json": accepted(
        visitor__chats_count="3", visitor__number="5127", agents__0__id="3107", assigned_agent__id="3"
    ),
    "chat_accepted__legacy_2017.json": accepted(
        widget_id="2669",
        user_token="3c077929b8_12175",
        visitor__number="2067",
        visitor__social=(),
        visit__utm={},
        visit__provider="Ornek Telekom",
        topic=None,
    ),
    "chat_accepted__objects_null.json": accepted(agents=(), visit=None, tags=(), visitor__email=FULL_EMAIL),
    "chat_accepted__phone_email_in_phone.json": accepted(visitor__phone="deniz@example.com"),
    "chat_accepted__phone_ext.json": accepted(visitor__phone="+90 212 000 00 11 dahili 204"),
    "chat_accepted__phone_masked.json": accepted(visitor__phone="+90 532 *** ** 17"),
    "chat_accepted__phone_ru_8_912.json": accepted(visitor__phone="8 (912) 000-00-17"),
    "chat_accepted__phone_ru_plus7.json": accepted(visitor__phone="+7 912 000 00 17"),
    "chat_accepted__phone_tr_0090.json": accepted(visitor__phone="0090 532 0000017"),
    "chat_accepted__phone_tr_0532.json": accepted(visitor__phone="0532 000 00 17"),
    "chat_accepted__phone_tr_532.json": accepted(visitor__phone="5320000017"),
    "chat_accepted__phone_tr_90_noplus.json": accepted(visitor__phone="905320000017"),
    "chat_accepted__phone_two.json": accepted(visitor__phone="0532 000 00 17 / 0533 000 00 18"),
    "chat_accepted__phone_us.json": accepted(visitor__phone="(202) 555-0117"),
    "chat_accepted__social_camelcase.json": accepted(visitor__social=("https://facebook.example/deniz.aksoy",)),
    "chat_accepted__unicode_emoji.json": accepted(
        visitor__name="Deniz 👩\u200d👩\u200d👧 🇹🇷", visitor__description="❤️\u200d🔥☕"
    ),
    "chat_accepted__unicode_rtl.json": accepted(
        visitor__name="\u202bليلى حسن\u202c", visitor__phone="٠٥٣٢٠٠٠٠٠١٧", visit__title="مرحبا بكم"
    ),
    "chat_accepted__unicode_turkish.json": accepted(
        visitor__name="İSMAİL ışık ÇAĞRI", visitor__email="ISMAIL.ISIK@EXAMPLE.COM"
    ),
    "chat_accepted__unicode_turkish_decomposed.json": accepted(
        visitor__name="I\u0307smail C\u0327ag\u0306r\u0131", visitor__email="ismail@example.com"
    ),
    "chat_accepted__user_token_roistat_number_string.json": accepted(user_token="1048577"),
    "chat_accepted__user_token_set.json": accepted(user_token="crm|5127|d41f0c0a9b7e"),
    "chat_accepted__utm_direct.json": accepted(visit__utm={"campaign": "(direct)", "source": "(direct)"}),
    "chat_accepted__utm_keyword_key.json": accepted(
        visit__utm={"term": "toptan_kahve", "campaign": "guz", "source": "bulten"}
    ),
    "chat_accepted__utm_organic_percent_encoded.json": accepted(
        visit__utm={"campaign": "(organic)", "source": "yandex", "term": "кофе"}
    ),
    "chat_accepted__whitespace_contact.json": accepted(
        visitor__name="Deniz\xa0Aksoy", visitor__email="Deniz.AKSOY@Example.COM", visitor__phone="0532 000 00 17"
    ),
    "chat_assigned__agent_pasted_link.json": assigned(assign_to="crm.example.com/customers/9001 (yeni)"),
    "chat_assigned__assign_to_missing.json": assigned(assign_to=None),
    "chat_assigned__docs_2018.json": assigned(
        assign_to="https://crm.example.com/customers/5127", department="Satış", tags=()
    ),
    "chat_assigned__legacy_2017.json": assigned(
        assign_to="https://crm.example.com/customers/5127", department=None, visit__utm__source="google"
    ),
    "chat_assigned__with_crm_fields.json": assigned(organization="Aksoy Ticaret", tags=("Bayi", "İndirim")),
    "chat_finished__400_messages.json": finished(messages=400, at=1763802793000, messages__399__agent_id="3108"),
    "chat_finished__agent_unknown_id.json": finished(
        messages=1, messages__0__agent_id="9999", messages__0__author="agent", at=1763800000000
    ),
    "chat_finished__agents_missing.json": finished(messages=1, agents=(), agents__0__id=None, at=1763800000000),
    "chat_finished__blacklisted_true.json": finished(blacklisted=True),
    "chat_finished__channel_facebook.json": finished(
        chat_id="7703", widget_id="fB2sQw8RtY", visit=None, oddities=EMPTY_LIST
    ),
    "chat_finished__channel_telegram.json": finished(chat_id="7701", visit=None, visitor__number="6201"),
    "chat_finished__channel_viber.json": finished(chat_id="7702", visit=None, visitor__phone="905330000018"),
    "chat_finished__chat_null.json": finished(messages=0, at=None),
    "chat_finished__docs_2022_no_topic.json": finished(topic=None),
    "chat_finished__documented_full.json": finished(
        topic="Kargo",
        user_token=None,
        html_messages=None,
        messages__0__author="visitor",
        messages__0__text="Merhaba, kargo ne zaman gelir?",
        messages__0__at=1763800000000,
        messages__0__agent_id=None,
        messages__1__agent_id="3107",
    ),
    "chat_finished__hidden_messages_no_plain.json": finished(messages__0__text=None, messages__1__text=None),
    "chat_finished__hidden_messages_plain_only.json": finished(
        messages=6,
        messages__0__text=None,
        at=1763800141000,
        plain_messages__splitlines__0="[08:26:40] Deniz Aksoy: Merhaba",
        plain_messages=...,
        oddities=("hidden_message_text",),
    ),
    "chat_finished__invitation.json": finished(invitation="Bugüne özel %10 indirim!"),
    "chat_finished__legacy_2017.json": finished(user_token="3c077929b8_12175", topic=None, tags=()),
    "chat_finished__media_links.json": finished(
        messages__0__text="https://files.example.com/u/17/fatura%20(1).pdf", at=1763800005000
    ),
    "chat_finished__messages_null.json": finished(messages=0, at=None),
    "chat_finished__messages_object_not_list.json": finished(
        messages__0__author="visitor", messages__1__author="agent", oddities=("object_for_list",)
    ),
    "chat_finished__no_agents_no_messages.json": finished(messages=0, agents=(), agents__0__id=None, at=None),
    "chat_finished__plain_messages_under_visitor.json": finished(
        plain_messages="[08:26:40] Deniz Aksoy: Merhaba",
        html_messages="<p>Merhaba</p>",
        oddities=("plain_messages_differ", "transcript_in_visitor"),
    ),
    "chat_finished__rate_bad.json": finished(rate="bad"),
    "chat_finished__rate_badnormal.json": finished(rate="badnormal"),
    "chat_finished__rate_good.json": finished(rate="good"),
    "chat_finished__rate_goodnormal.json": finished(rate="goodnormal"),
    "chat_finished__rate_missing.json": finished(rate=None),
    "chat_finished__rate_negative.json": finished(rate="negative"),
    "chat_finished__rate_number.json": finished(rate="5", oddities=("number_for_text",)),
    "chat_finished__rate_positive.json": finished(rate="positive"),
    "chat_finished__real_2018_shape.json": finished(
        chat_id="91",
        widget_id="mZtYbKeqhu",
        visitor__number="90",
        visitor__phone="(999) 000-00-17",
        agents__0__id="1200417",
        messages__1__agent_id="1200417",
        at=1541000131000,
        visit__utm={"term": "remarketing", "campaign": "osen", "source": "mailing"},
        visit__provider="Ornek Mobile",
    ),
    "chat_finished__redelivered_longer.json": finished(messages=4, at=1763800075000),
    "chat_finished__timestamps_odd.json": finished(
        messages=4,
        messages__0__at=1763800000123,
        messages__1__at=1763800001000,
        messages__2__at=None,
        messages__3__at=None,
        at=1763800001000,
        oddities=("time_as_text", "time_in_milliseconds", "unbelievable_time"),
    ),
    "chat_finished__with_user_token.json": finished(user_token="crm|5127|d41f0c0a9b7e"),
    "chat_updated__contact_cleared.json": updated(visitor__email=None, visitor__phone=None),
    "chat_updated__description_changed_by_agent.json": updated(visitor__description="Fatura adresi: Örnek Mah. No:5"),
    "chat_updated__documented_full.json": updated(
        visitor__email=FULL_EMAIL, assigned_agent=None, tags=("İndirim",), organization="Aksoy Ticaret"
    ),
    "chat_updated__email_only.json": updated(
        visitor__email="yeni.adres@example.com", visitor__name=None, visitor__phone=None
    ),
    "chat_updated__legacy_2017.json": updated(department=None, topic=None, visitor__name="Deniz Aksoy"),
    "chat_updated__phone_changed.json": updated(visitor__phone="0533 000 00 18"),
    "client_attribute_updated__empty_list.json": (
        ClientAttributeUpdated,
        {"client_id": "5127", "attributes": {}, "oddities": EMPTY_LIST},
    ),
    "client_attribute_updated__list_of_pairs.json": (
        ClientAttributeUpdated,
        {
            "client_id": "5127",
            "user_token": "crm|5127",
            "attributes": {"Sirket_adi": "Aksoy Ticaret", "Yas": "42"},
            "oddities": ("attributes_as_list",),
        },
    ),
    "client_attribute_updated__object.json": (
        ClientAttributeUpdated,
        {"attributes": {"Sirket_adi": "Aksoy Ticaret", "Yas": "42", "Bulten": "true", "Not": None}},
    ),
    "client_attribute_updated__unicode_keys.json": (
        ClientAttributeUpdated,
        {"attributes": {"Şirket adı": "Örnek A.Ş.", "Возраст": "42"}},
    ),
    "client_updated__assigned_agent_changed.json": client(assigned_agent__id="9", assigned_agent__name="Elif Demir"),
    "client_updated__documented_full.json": client(
        visitor__number="5127", tags=("Satış",), assigned_agent__email="mert.kaya@example.org", visit=None
    ),
    "client_updated__ids_swapped_types.json": client(visitor__number="5127", visitor__description=None),
    "client_updated__organization_removed.json": client(organization=None, status="contact_later"),
    "client_updated__popup_before_any_chat.json": client(
        client_id="5133", visitor__number="5133", visitor__email=FULL_EMAIL, visitor__chats_count="0"
    ),
    "offline_message__channel_telegram.json": offline(visitor__number="6201", visit=None, topic=None),
    "offline_message__documented_full.json": offline(
        message="Merhaba, mesai saatleri dışında yazıyorum. Beni arar mısınız?", visitor__phone=FULL_PHONE
    ),
    "offline_message__email_only.json": offline(visitor__email=FULL_EMAIL, visitor__phone=None, visitor__number="5136"),
    "offline_message__emoji_only.json": offline(message="👍"),
    "offline_message__everything_null.json": offline(
        chat_id=None, topic=None, message=None, visit=None, visitor__number=None
    ),
    "offline_message__legacy_string_id_no_chat.json": offline(
        chat_id=None, offline_message_id="2614", at=None, topic=None
    ),
    "offline_message__message_object.json": offline(message="Merhaba", oddities=("message_as_object",)),
    "offline_message__phone_only.json": offline(visitor__phone="0532 000 00 17", visitor__email=None),
    "offline_message__unicode.json": offline(
        message="İyi akşamlar 🌙\nשלום / مرحبا\n\u202eters\u202c\tsekme", visitor__name="IĞDIR'lı Işıl"
    ),
    "offline_message__visitor_empty.json": offline(message=None, visitor__name=None, visit=None),
    "offline_message__visitor_empty_list.json": offline(visitor__name=None, visit=None, oddities=EMPTY_LIST),
    "hostile/event_name_case.json": (
        Unknown,
        {
            "event_name": "Chat_Accepted ",
            "chat_id": "7636",
            "visitor__email": FULL_EMAIL,
            "oddities": ("event_name_not_exact",),
        },
    ),
    "hostile/utf8_bom.json": accepted(visitor__email=FULL_EMAIL, oddities=("byte_order_mark",)),
    "other/bot_api__client_message.json": (
        Foreign,
        {"event_name": "bot_api", "client_id": "5127", "chat_id": "2037"},
    ),
    "other/chat_api__agent_message_no_event_name.json": (Foreign, {"event_name": "chat_api", "chat_id": None}),
    "other/crm__assigned_agent_to_client.json": crm("assigned_agent_to_client", client_id="5127", widget_id="488651"),
    "other/crm__changed_client_blacklist.json": crm("changed_client_blacklist", client_id="5127"),
    "other/crm__created_client.json": crm("created_client", client_id="5127"),
    "other/crm__created_deal.json": crm("created_deal", client_id="5127", event_type="crm_deal"),
    "other/crm__created_organization.json": crm("created_organization", client_id=None, event_type="crm_organization"),
    "other/crm__created_task.json": crm("created_task", client_id="5127", event_type="crm_task", status=None),
    "other/crm__no_event_type.json": crm("updated_client", client_id="5127", event_type=None),
    "other/crm__updated_client.json": crm("updated_client", client_id="5127"),
    "other/unknown_event__chat_message.json": (
        Unknown,
        {"event_name": "chat_message", "chat_id": "7801", "visitor__name": "Deniz", "visitor__number": "5127"},
    ),
    "other/unknown_event__future.json": (
        Unknown,
        {"event_name": "chat_transferred", "chat_id": "7802", "visitor__number": "5127"},
    ),
    "sequence/1_client_updated.json": client(
        widget_id="kQ7dLm2RzT", client_id="5200", visitor__number="5200", visitor__email="a@example.com"
    ),
    "sequence/2_chat_accepted.json": accepted(
        chat_id="8100", visitor__number="5200", visitor__email="a@example.com", visitor__phone="0532 000 00 02"
    ),
    "sequence/3_chat_updated.json": updated(
        chat_id="8100", visitor__number="5200", visitor__phone="+90 532 000 00 03", tags=()
    ),
    "sequence/4_chat_finished.json": finished(
        chat_id="8100", visitor__number="5200", visitor__phone="+90 532 000 00 03"
    ),
    "sequence/5_chat_accepted_late_duplicate.json": accepted(
        chat_id="8100", visitor__number="5200", visitor__phone="0532 000 00 02"
    ),
}

REFUSED = {
    "hostile/array_root.json": "not_an_object",
    "hostile/cp1254_bytes.txt": "bad_utf8",
    "hostile/duplicate_keys.json": "duplicate_key",
    "hostile/empty_body.txt": "empty_body",
    "hostile/event_name_missing.json": "no_event_name",
    "hostile/event_name_not_string.json": "no_event_name",
    "hostile/form_encoded.txt": "bad_json",
    "hostile/nan_infinity.json": "bad_number",
    "hostile/null_root.json": "not_an_object",
    "hostile/string_root.json": "not_an_object",
    "hostile/truncated.txt": "bad_json",
}

WRITTEN = {
    "responses/full.json": Answer(
        contact_info=ContactInfo(name="Deniz Aksoy", phone=FULL_PHONE, email=FULL_EMAIL, description="Toptan alıcı"),
        rows=(
            Row(title="Bakiye", content="1.250,00 ₺"),
            Row(title="Açık sipariş", content="#A-1007", link="https://crm.example.com/orders/1007"),
            Row(key="Segment", content="Bayi"),
        ),
        crm_link="https://crm.example.com/customers/5127",
        enable_assign=True,
    ),
    "responses/minimal_ok.json": Answer(),
    "responses/unknown_customer.json": Answer(rows=(Row(content="Kayıtlı müşteri değil"),), enable_assign=True),
}
ERRORS = {"responses/error.json": "storage unavailable"}


def value_at(event: Any, path: str) -> Any:
    """`visitor__email` of an event; `messages` is their number; nothing beyond what is None or too short."""
    if path == "messages":
        return len(event.messages)
    value = event
    for step in path.split("__"):
        if value is None:
            return None
        if step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            value = getattr(value, step)
            value = value() if callable(value) else value
    return value


def body_of(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def test_every_file_has_its_row_and_every_row_its_file() -> None:
    files = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()} - {"README.md"}
    assert files == {*ROWS, *REFUSED, *WRITTEN, *ERRORS}


@pytest.mark.parametrize("name", ROWS)
def test_the_body_is_read_as_its_row_says(name: str) -> None:
    cls, expected = ROWS[name]
    event = jivo.read(body_of(name)).event
    assert type(event) is cls
    wanted = {path: value for path, value in ({"oddities": ()} | expected).items() if value is not ...}
    assert {path: value_at(event, path) for path in wanted} == wanted


@pytest.mark.parametrize("name", REFUSED)
def test_the_body_is_refused_with_its_code(name: str) -> None:
    with pytest.raises(Unreadable) as caught:
        jivo.read(body_of(name))
    assert caught.value.code == REFUSED[name]


@pytest.mark.parametrize("name", WRITTEN)
def test_the_answer_is_written_as_the_file_has_it(name: str) -> None:
    wanted = orjson.loads(body_of(name))
    wanted.pop("page", None)  # shown as the visitor's page; we never know better than Jivo
    assert orjson.loads(jivo.write(WRITTEN[name])) == wanted


@pytest.mark.parametrize("name", ERRORS)
def test_the_error_is_written_as_the_file_has_it(name: str) -> None:
    wanted = orjson.loads(body_of(name))
    written = orjson.loads(jivo.write_error(ERRORS[name], "storage_full", "r1"))
    assert written["result"] == wanted["result"]
    assert written["error"] == {"code": "storage_full", "request_id": "r1"}

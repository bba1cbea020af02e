"""Story: what has happened in a shop, so that every page has something to show: long names, many scripts, doubts."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from attrs import frozen

from tests.browser.house import House

AYSE, DENIZ, ASLI = "ayse.yilmaz@example.com", "deniz.aksoy@example.com", "asli.kaya@example.com"
OFFICE = "+902125550000"
SAID = (
    ("visitor", "Merhaba, kargo ne zaman gelir? 📦 Sipariş: https://shop.example.com/siparis/7636?dil=tr"),
    ("agent", "Merhaba Ayşe Hanım! Hemen bakıyorum."),
    ("visitor", "مرحبا، هل يمكنكم التوصيل إلى عمّان؟ 👩‍👩‍👧‍👦"),
    ("agent", "Конечно, доставка займёт три дня. " * 6),
    ("visitor", "Teşekkürler 🙏🏽 " + "çok" * 60),
    ("visitor", "שלום"),
)
_SESSION = {
    "geoip": {"country": "Turkey", "country_code": "TR", "region": "Istanbul", "city": "İstanbul"},
    "utm_json": {"source": "google", "campaign": "güz_indirimi", "medium": "cpc", "term": "kahve makinesi"},
    "ip_addr": "203.0.113.24",
    "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/140.0",
}
_PAGE = {"url": "https://shop.example.com/urun/kahve-makinesi?renk=siyah", "title": "Kahve Makinesi | Örnek Mağaza"}
_AGENTS = [{"id": "3107", "name": "Elif Demir", "email": "elif.demir@example.org"}]


@frozen(kw_only=True)
class Told:
    """Where the pages of the story are."""

    ayse: str
    deniz: str
    asli: str
    chat: str
    call: str
    message: str


def accepted(chat: int, **visitor: Any) -> dict[str, Any]:
    return {
        "event_name": "chat_accepted", "widget_id": "w1", "chat_id": chat, "visitor": visitor, "session": _SESSION,
        "page": _PAGE, "agents": _AGENTS,
    }  # fmt: skip


def finished(chat: int, said: tuple[tuple[str, str], ...], **visitor: Any) -> dict[str, Any]:
    at = int(time.time()) - 3600
    messages = [
        {"type": who, "message": text, "timestamp": at + 40 * n, **({"agent_id": "3107"} if who == "agent" else {})}
        for n, (who, text) in enumerate(said)
    ]
    more = {"topic": {"topic_id": 3, "title": "Kargo"}, "department": {"id": 1, "name": "Satış"}}
    talk = {"messages": messages, "rate": "good", "blacklisted": False}
    return {**accepted(chat, **visitor), **more, "event_name": "chat_finished", "chat": talk}


def tell(house: House) -> Told:
    """Let it happen."""
    ayse = {"name": "Ayşe Yılmaz", "email": AYSE, "phone": "+905320000001", "number": "7"}
    card = {
        "tags": [{"id": "17", "title": "Toptan"}, {"id": "7", "title": "İndirim"}],
        "organization": {"id": "12", "name": "Aksoy Ticaret"}, "status": {"id": "4", "title": "contact_later"},
        "assigned_agent": {"id": 3, "email": "mert.kaya@example.org", "name": "Mert Kaya"},
    }  # fmt: skip
    call = {
        "type": "callback",
        "phone": "+905320000001",
        "status": "end",
        "record_url": "https://rec.example.com/1.mp3",
    }
    path = house.customer(accepted(1, **ayse, description="Toptan alıcı"))
    house.tell(
        finished(1, SAID, **ayse),
        {**accepted(2, **ayse), "event_name": "call_event", "call": call},
        {**accepted(3, **ayse), "event_name": "offline_message", "message": "Beni arar mısınız? 🙂"},
        {"event_name": "client_updated", "widget_id": "w1", "client_id": "7", "visitor": ayse, **card},
        {"event_name": "client_attribute_updated", "widget_id": "w1", "client_id": "7",
         "attributes": {"Bakiye": "1.250 ₺", "Şirket adı": "Aksoy Ticaret ve Sanayi Limited Şirketi"}},
        accepted(4, name="Fatma Yılmaz", email=AYSE, phone="+905440000002"),
    )  # fmt: skip
    deniz = house.customer(accepted(5, name="Deniz Aksoy", email=DENIZ, phone="+905320000001"))
    office = [accepted(10 + n, name=f"Ofis {n}", email=f"ofis{n}@example.com", phone=OFFICE) for n in range(4)]
    names = ("IĞDIR Kuyumcusu", "İstanbul Ofisi", "uzun" * 30, "محمد العربي", "Александра Достоевская", "😀 Neşe")
    many = [accepted(20 + n, name=name, email=f"kisi{n}@example.com") for n, name in enumerate(names)]
    crowd = [accepted(100 + n, name=f"Müşteri {n}", email=f"musteri{n}@example.com") for n in range(45)]
    house.tell(*office, *many, *crowd, finished(4, SAID[:2], email=AYSE))
    asli = [house.customer(accepted(90 + n, name=name, email=ASLI, phone=f"+90533000000{n}"))
            for n, name in enumerate(("Aslı Kaya", "Fatma Kaya"))]  # fmt: skip
    chat, call, message = (_chat(f"chat:{n}") for n in (1, 2, 3))
    return Told(ayse=path, deniz=deniz, asli=asli[0], chat=chat, call=call, message=message)


def _chat(ref: str) -> str:
    return f"/chats/main/{quote(ref, safe='')}"

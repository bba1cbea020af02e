"""What becomes of every sample body: whose it is, which keys it leaves, whether the agent's panel is filled, or why
it is refused.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import frozen

from jivod.model.errors import Unreadable
from jivod.store import journal, reasons
from jivod.wire import jivo
from tests.flow.world import World

PAYLOADS = Path(__file__).parent.parent / "payloads"
DENIZ = "deniz.aksoy@example.com +905320000017 5127"


@frozen(kw_only=True)
class Row:
    """`keys`: tokens, e-mails, phones and card numbers of the customer, in this order; `others`: contacts that decide
    nothing.
    """

    file: str
    rule: str = "new"
    keys: str = DENIZ
    others: str = ""
    chat: str = ""
    panel: bool = False
    refused: str = ""


ROWS = (
    Row(file="call_event__agent_null.json", chat="chat:7952"),
    Row(file="call_event__call_missing.json", chat="chat:7952"),
    Row(file="call_event__callback__agent_connected.json", chat="chat:7952"),
    Row(file="call_event__callback__error.json", chat="chat:7952"),
    Row(file="call_event__callback__start.json", chat="chat:7952"),
    Row(file="call_event__docs_2018.json", chat="chat:7952"),
    Row(file="call_event__documented_full.json", chat="chat:7952"),
    Row(file="call_event__error_no_reason.json", chat="chat:7952"),
    Row(file="call_event__incoming__client_connected.json", chat="chat:7952"),
    Row(file="call_event__incoming__end.json", chat="chat:7952"),
    Row(file="call_event__incoming__start.json", chat="chat:7952"),
    Row(file="call_event__outgoing__agent_connected.json", chat="chat:7952"),
    Row(file="call_event__outgoing__client_connected.json", chat="chat:7952"),
    Row(file="call_event__outgoing__end.json", chat="chat:7952"),
    Row(file="call_event__outgoing__start.json", chat="chat:7952"),
    Row(file="call_event__phone_digits_only.json", keys="+905320000017 5140", chat="chat:7952"),
    Row(file="call_event__sdk_only__agent_connecting.json", chat="chat:7952"),
    Row(file="call_event__sdk_only__agent_disconnected.json", chat="chat:7952"),
    Row(file="call_event__sdk_only__retry.json", chat="chat:7952"),
    Row(file="call_event__telephony_no_session.json", chat="chat:7952"),
    Row(file="call_event__unknown_status_missed.json", chat="chat:7952"),
    Row(
        file="call_event__visitor_phone_differs.json",
        keys="deniz.aksoy@example.com +905320000017 +905330000018 5127",
        chat="chat:7952",
    ),
    Row(file="chat_accepted__anonymous_empty_strings.json", keys="5130", chat="chat:7636", panel=True),
    Row(file="chat_accepted__anonymous_missing_keys.json", keys="5129", chat="chat:7636", panel=True),
    Row(file="chat_accepted__anonymous_nulls.json", keys="5128", chat="chat:7636", panel=True),
    Row(
        file="chat_accepted__big_numbers.json",
        keys="deniz.aksoy@example.com +905320000017 4294967297",
        chat="chat:9007199254740993",
        panel=True,
    ),
    Row(file="chat_accepted__channel_email.json", keys="satinalma@example.net 6201", chat="chat:7636", panel=True),
    Row(file="chat_accepted__channel_facebook.json", keys="6201", chat="chat:7636", panel=True),
    Row(file="chat_accepted__channel_instagram.json", keys="6201", chat="chat:7636", panel=True),
    Row(file="chat_accepted__channel_telegram.json", keys="6201", chat="chat:7636", panel=True),
    Row(file="chat_accepted__channel_telegram_no_session.json", keys="6201", chat="chat:7636", panel=True),
    Row(file="chat_accepted__channel_viber.json", keys="+905330000018 6201", chat="chat:7636", panel=True),
    Row(file="chat_accepted__channel_whatsapp.json", keys="+905320000021 6201", chat="chat:7636", panel=True),
    Row(file="chat_accepted__control_and_surrogate.json", keys="deniz@example.com 5132", chat="chat:7641", panel=True),
    Row(file="chat_accepted__documented_full.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__empty_lists_for_objects.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__empty_objects.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__extra_unknown_keys.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__html_in_fields.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__ids_all_ints.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__ids_all_strings.json", chat="chat:7636", panel=True),
    Row(
        file="chat_accepted__legacy_2017.json",
        keys="deniz.aksoy@example.com +905320000017 2067",
        others="3c077929b8_12175",
        chat="chat:7636",
        panel=True,
    ),
    Row(file="chat_accepted__objects_null.json", chat="chat:7636", panel=True),
    Row(
        file="chat_accepted__phone_email_in_phone.json",
        keys="deniz.aksoy@example.com 5127",
        others="deniz@example.com",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__phone_ext.json",
        keys="deniz.aksoy@example.com 5127",
        others="+90 212 000 00 11 dahili 204",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__phone_masked.json",
        keys="deniz.aksoy@example.com 5127",
        others="+90 532 *** ** 17",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__phone_ru_8_912.json",
        keys="deniz.aksoy@example.com 5127",
        others="8 (912) 000-00-17",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__phone_ru_plus7.json",
        keys="deniz.aksoy@example.com +79120000017 5127",
        chat="chat:7636",
        panel=True,
    ),
    Row(file="chat_accepted__phone_tr_0090.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__phone_tr_0532.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__phone_tr_532.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__phone_tr_90_noplus.json", chat="chat:7636", panel=True),
    Row(
        file="chat_accepted__phone_two.json",
        keys="deniz.aksoy@example.com +905320000017 +905330000018 5127",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__phone_us.json",
        keys="deniz.aksoy@example.com 5127",
        others="(202) 555-0117",
        chat="chat:7636",
        panel=True,
    ),
    Row(file="chat_accepted__social_camelcase.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__unicode_emoji.json", chat="chat:7636", panel=True),
    Row(
        file="chat_accepted__unicode_rtl.json",
        keys="layla@example.com +905320000017 5127",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__unicode_turkish.json",
        keys="ismail.isik@example.com +905320000017 5127",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__unicode_turkish_decomposed.json",
        keys="ismail@example.com +905320000017 5127",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__user_token_roistat_number_string.json",
        keys="1048577 deniz.aksoy@example.com +905320000017 5127",
        chat="chat:7636",
        panel=True,
    ),
    Row(
        file="chat_accepted__user_token_set.json",
        keys="crm|5127|d41f0c0a9b7e deniz.aksoy@example.com +905320000017 5127",
        chat="chat:7636",
        panel=True,
    ),
    Row(file="chat_accepted__utm_direct.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__utm_keyword_key.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__utm_organic_percent_encoded.json", chat="chat:7636", panel=True),
    Row(file="chat_accepted__whitespace_contact.json", chat="chat:7636", panel=True),
    Row(file="chat_assigned__agent_pasted_link.json", chat="chat:7636"),
    Row(file="chat_assigned__assign_to_missing.json", chat="chat:7636"),
    Row(file="chat_assigned__docs_2018.json", chat="chat:7636"),
    Row(file="chat_assigned__legacy_2017.json", chat="chat:7636"),
    Row(file="chat_assigned__with_crm_fields.json", chat="chat:7636"),
    Row(file="chat_finished__400_messages.json", chat="chat:7636"),
    Row(file="chat_finished__agent_unknown_id.json", chat="chat:7636"),
    Row(file="chat_finished__agents_missing.json", chat="chat:7636"),
    Row(file="chat_finished__blacklisted_true.json", chat="chat:7636"),
    Row(file="chat_finished__channel_facebook.json", keys="6201", chat="chat:7703"),
    Row(file="chat_finished__channel_telegram.json", keys="6201", chat="chat:7701"),
    Row(file="chat_finished__channel_viber.json", keys="+905330000018 6201", chat="chat:7702"),
    Row(file="chat_finished__chat_null.json", chat="chat:7636"),
    Row(file="chat_finished__docs_2022_no_topic.json", chat="chat:7636"),
    Row(file="chat_finished__documented_full.json", chat="chat:7636"),
    Row(file="chat_finished__hidden_messages_no_plain.json", chat="chat:7636"),
    Row(file="chat_finished__hidden_messages_plain_only.json", chat="chat:7636"),
    Row(file="chat_finished__invitation.json", chat="chat:7636"),
    Row(file="chat_finished__legacy_2017.json", others="3c077929b8_12175", chat="chat:7636"),
    Row(file="chat_finished__media_links.json", chat="chat:7636"),
    Row(file="chat_finished__messages_null.json", chat="chat:7636"),
    Row(file="chat_finished__messages_object_not_list.json", chat="chat:7636"),
    Row(file="chat_finished__no_agents_no_messages.json", chat="chat:7636"),
    Row(file="chat_finished__plain_messages_under_visitor.json", chat="chat:7636"),
    Row(file="chat_finished__rate_bad.json", chat="chat:7636"),
    Row(file="chat_finished__rate_badnormal.json", chat="chat:7636"),
    Row(file="chat_finished__rate_good.json", chat="chat:7636"),
    Row(file="chat_finished__rate_goodnormal.json", chat="chat:7636"),
    Row(file="chat_finished__rate_missing.json", chat="chat:7636"),
    Row(file="chat_finished__rate_negative.json", chat="chat:7636"),
    Row(file="chat_finished__rate_number.json", chat="chat:7636"),
    Row(file="chat_finished__rate_positive.json", chat="chat:7636"),
    Row(file="chat_finished__real_2018_shape.json", keys="mayya@example.com +79990000017 90", chat="chat:91"),
    Row(file="chat_finished__redelivered_longer.json", chat="chat:7636"),
    Row(file="chat_finished__timestamps_odd.json", chat="chat:7636"),
    Row(
        file="chat_finished__with_user_token.json",
        keys="crm|5127|d41f0c0a9b7e deniz.aksoy@example.com +905320000017 5127",
        chat="chat:7636",
    ),
    Row(file="chat_updated__contact_cleared.json", keys="5127", chat="chat:7636", panel=True),
    Row(file="chat_updated__description_changed_by_agent.json", chat="chat:7636", panel=True),
    Row(file="chat_updated__documented_full.json", chat="chat:7636", panel=True),
    Row(file="chat_updated__email_only.json", keys="yeni.adres@example.com 5127", chat="chat:7636", panel=True),
    Row(file="chat_updated__legacy_2017.json", chat="chat:7636", panel=True),
    Row(
        file="chat_updated__phone_changed.json",
        keys="deniz.aksoy@example.com +905330000018 5127",
        chat="chat:7636",
        panel=True,
    ),
    Row(file="client_attribute_updated__empty_list.json", keys="5127"),
    Row(file="client_attribute_updated__list_of_pairs.json", keys="crm|5127 5127"),
    Row(file="client_attribute_updated__object.json", keys="5127"),
    Row(file="client_attribute_updated__unicode_keys.json", keys="5127"),
    Row(file="client_updated__assigned_agent_changed.json"),
    Row(file="client_updated__documented_full.json"),
    Row(file="client_updated__ids_swapped_types.json", keys="5127"),
    Row(file="client_updated__organization_removed.json"),
    Row(file="client_updated__popup_before_any_chat.json", keys="deniz.aksoy@example.com 5133"),
    Row(file="hostile/array_root.json", keys="", refused="not_an_object"),
    Row(file="hostile/cp1254_bytes.txt", keys="", refused="bad_utf8"),
    Row(file="hostile/duplicate_keys.json", keys="", refused="duplicate_key"),
    Row(file="hostile/empty_body.txt", keys="", refused="empty_body"),
    Row(file="hostile/event_name_case.json", chat="chat:7636"),
    Row(file="hostile/event_name_missing.json", keys="", refused="no_event_name"),
    Row(file="hostile/event_name_not_string.json", keys="", refused="no_event_name"),
    Row(file="hostile/form_encoded.txt", keys="", refused="bad_json"),
    Row(file="hostile/nan_infinity.json", keys="", refused="bad_number"),
    Row(file="hostile/null_root.json", keys="", refused="not_an_object"),
    Row(file="hostile/string_root.json", keys="", refused="not_an_object"),
    Row(file="hostile/truncated.txt", keys="", refused="bad_json"),
    Row(file="hostile/utf8_bom.json", chat="chat:7636", panel=True),
    Row(file="offline_message__channel_telegram.json", keys="6201", chat="chat:2026"),
    Row(file="offline_message__documented_full.json", chat="chat:2026"),
    Row(file="offline_message__email_only.json", keys="deniz.aksoy@example.com 5136", chat="chat:2026"),
    Row(file="offline_message__emoji_only.json", chat="chat:2026"),
    Row(file="offline_message__everything_null.json", rule="nobody", keys=""),
    Row(file="offline_message__legacy_string_id_no_chat.json", chat="offline:2614"),
    Row(file="offline_message__message_object.json", chat="chat:2026"),
    Row(file="offline_message__phone_only.json", keys="+905320000017 5135", chat="chat:2026"),
    Row(file="offline_message__unicode.json", chat="chat:2026"),
    Row(file="offline_message__visitor_empty.json", rule="nobody", keys=""),
    Row(file="offline_message__visitor_empty_list.json", rule="nobody", keys=""),
    Row(file="other/bot_api__client_message.json", rule="journal only", keys=""),
    Row(file="other/chat_api__agent_message_no_event_name.json", rule="journal only", keys=""),
    Row(file="other/crm__assigned_agent_to_client.json", rule="journal only", keys=""),
    Row(file="other/crm__changed_client_blacklist.json", rule="journal only", keys=""),
    Row(file="other/crm__created_client.json", rule="journal only", keys=""),
    Row(file="other/crm__created_deal.json", rule="journal only", keys=""),
    Row(file="other/crm__created_organization.json", rule="journal only", keys=""),
    Row(file="other/crm__created_task.json", rule="journal only", keys=""),
    Row(file="other/crm__no_event_type.json", rule="journal only", keys=""),
    Row(file="other/crm__updated_client.json", rule="journal only", keys=""),
    Row(file="other/unknown_event__chat_message.json", keys="5127", chat="chat:7801"),
    Row(file="other/unknown_event__future.json", keys="5127", chat="chat:7802"),
    Row(file="sequence/1_client_updated.json", keys="a@example.com 5200"),
    Row(file="sequence/2_chat_accepted.json", keys="a@example.com +905320000002 5200", chat="chat:8100", panel=True),
    Row(file="sequence/3_chat_updated.json", keys="a@example.com +905320000003 5200", chat="chat:8100", panel=True),
    Row(file="sequence/4_chat_finished.json", keys="a@example.com +905320000003 5200", chat="chat:8100"),
    Row(
        file="sequence/5_chat_accepted_late_duplicate.json",
        keys="a@example.com +905320000002 5200",
        chat="chat:8100",
        panel=True,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.file)
def test_what_becomes_of_it(row: Row) -> None:
    world = World()
    body = (PAYLOADS / row.file).read_bytes()
    if row.refused:
        with pytest.raises(Unreadable) as refusal:
            world.tell(body)
        assert refusal.value.code == row.refused
        return
    done = world.tell(body)
    reason = world.ask(lambda txn: reasons.get(txn, done.seq))
    assert reason is not None and reason.rule == row.rule
    assert (done.answer.contact_info is not None) == row.panel
    if done.customer:
        golden = world.golden(done.customer)
        numbers = [v.removeprefix("main:") for v in golden.visitors]
        assert " ".join((*golden.tokens, *golden.emails, *golden.phones, *numbers)) == row.keys
        assert "|".join(golden.others) == row.others
        assert "".join(c.ref for c in world.chats(golden.id)) == row.chat
    assert world.findings() == []


def test_every_sample_has_a_row() -> None:
    files = {str(f.relative_to(PAYLOADS)) for f in PAYLOADS.rglob("*") if f.suffix in (".json", ".txt")}
    assert {row.file for row in ROWS} == {f for f in files if not f.startswith("responses/")}


def test_all_samples_in_one_store_are_kept_checked_and_rebuilt() -> None:
    world = World()
    bodies = [(PAYLOADS / row.file).read_bytes() for row in ROWS if not row.refused]
    for body in bodies:
        world.tell(body)
    kept = world.ask(lambda txn: journal.after(txn, 0, 1000))
    assert {jivo.read(entry.body).digest for entry in kept} == {jivo.read(body).digest for body in bodies}
    assert world.findings() == []
    assert world.differs_from(world.rebuilt()) == []


def test_the_sequence_answers_the_seeds_question_and_the_late_duplicate_changes_nothing() -> None:
    world = World()
    world.tell(
        {"event_name": "chat_accepted", "chat_id": 1, "visitor": {"email": "a@example.com", "phone": "+905320000003"}}
    )
    story = [(PAYLOADS / row.file).read_bytes() for row in ROWS if row.file.startswith("sequence/")]
    for body in story[:4]:
        done = world.tell(body)
    before = world.golden(done.customer)
    assert before.phones == ("+905320000003", "+905320000002")
    assert before.name == "Deniz Aksoy"
    assert world.tell(story[4]).repeated
    assert world.golden(done.customer) == before
    assert len(world.everybody()) == 1

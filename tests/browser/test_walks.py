"""Walks: what people do on the pages, from the first sign-in to an undo; with scripts, and all but the keys without."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import PASSWORD, House
from tests.browser.story import SAID, accepted, finished
from tests.browser.visit import Visit
from tests.hold.scale import FULL

WITH, WITHOUT = "with scripts", "without scripts"


@pytest.fixture(params=[WITH, WITHOUT] if FULL else [WITHOUT])
def scripts(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(house: House, browser: Browser, scripts: str) -> Iterator[Visit]:
    made = house.visit(browser, java_script_enabled=scripts == WITH)
    yield made
    if scripts == WITH:
        made.look()
    assert made.wrong == []
    made.close()


def told(page: Page, sentence: str) -> None:
    """The page says so after something was done."""
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


@pytest.mark.long
def test_a_new_user_comes_in_goes_and_comes_back(house: House, browser: Browser, scripts: str) -> None:
    name = f"{scripts.replace(' ', '-')}@example.com"
    visit = house.visit(browser, signed_in=False, java_script_enabled=scripts == WITH)
    page = visit.go(house.invited(name))
    expect(page.get_by_label("User name")).to_have_value(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.get_by_label("Your menu").click()
    page.get_by_role("button", name="Sign out").click()
    told(page, "You are signed out")
    page.goto(house.origin + "/account")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    assert visit.wrong == []
    visit.close()


def test_an_event_is_a_customer_whose_link_opens(house: House, visit: Visit, scripts: str) -> None:
    chat = 1000 + (scripts == WITH)
    path = house.customer(accepted(chat, name="Ayşe Yılmaz", email=f"{chat}@example.com", phone=f"+90532000{chat}"))
    house.tell(finished(chat, SAID, email=f"{chat}@example.com"))
    page = visit.go(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ayşe Yılmaz")
    for text in (f"{chat}@example.com", "Elif Demir", "Teşekkürler"):
        expect(page.locator("main")).to_contain_text(text)
    page.get_by_role("link", name="Chat", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("مرحبا، هل يمكنكم التوصيل إلى عمّان؟")
    sent = page.locator("a.outside", has_text="shop.example.com/siparis")
    expect(sent).to_have_attribute("rel", "noopener noreferrer nofollow")


@pytest.mark.long
def test_a_note_is_kept_and_taken_away(house: House, visit: Visit, scripts: str) -> None:
    chat = 1010 + (scripts == WITH)
    page = visit.go(house.customer(accepted(chat, name="Mehmet", email=f"{chat}@example.com")))
    page.get_by_label("A note for your colleagues").fill("Calls back on Friday 🙂")
    page.get_by_role("button", name="Keep the note").click()
    told(page, "The note was kept")
    expect(page.locator(".note-item")).to_contain_text("Calls back on Friday 🙂")
    page.get_by_role("button", name="Take it away").last.click()
    told(page, "Taken back")


@pytest.mark.long
def test_the_second_phone_of_a_known_customer_is_put_first_and_back(house: House, visit: Visit, scripts: str) -> None:
    """The guide's question: e-mail A is known with phone C, the chat brings A and phone B."""
    chat, b, c = (1020, "+90 532 000 10 21", "+90 532 000 10 22")
    if scripts == WITH:
        chat, b, c = (1025, "+90 532 000 10 26", "+90 532 000 10 27")
    path = house.customer(accepted(chat, name="Aslı", email=f"{chat}@example.com", phone=c))
    assert house.customer(accepted(chat + 1, name="Aslı", email=f"{chat}@example.com", phone=b)) == path
    page = visit.go(path)
    phones = page.locator(".contact-row", has=page.locator('a[href^="tel:"]'))
    expect(phones).to_have_count(2)
    expect(phones.first).to_contain_text(c)
    page.get_by_label(re.compile(r"What to do with .*" + b.replace(" ", "")[-7:])).click()
    page.get_by_role("button", name="Let it stand first").locator("visible=true").click()
    told(page, "It stands first")
    expect(phones.first).to_contain_text(b)
    page.get_by_label(re.compile(r"What to do with .*" + c.replace(" ", "")[-7:])).click()
    page.get_by_role("button", name="Let it stand first").locator("visible=true").click()
    told(page, "It stands first")
    expect(phones.first).to_contain_text(c)


@pytest.mark.long
def test_a_doubt_is_settled(house: House, visit: Visit, scripts: str) -> None:
    chat = 1030 + 2 * (scripts == WITH)
    path = house.customer(accepted(chat, name="Aslı Kaya", email=f"{chat}@example.com"))
    house.tell(accepted(chat + 1, name="Fatma Kaya", email=f"{chat}@example.com"))
    page = visit.go(path + "#contested")
    settle = page.locator(".settle")
    expect(settle.get_by_role("listitem")).to_have_count(2)
    settle.get_by_role("listitem").filter(has_text="Aslı Kaya").get_by_role("button", name="This is right").click()
    told(page, "Settled")
    expect(settle).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Aslı Kaya")
    expect(page.locator("li.event")).to_contain_text("settled")


@pytest.mark.long
def test_two_are_made_one_and_two_again(house: House, visit: Visit, scripts: str) -> None:
    chat = 1040 + 2 * (scripts == WITH)
    one = house.customer(accepted(chat, name="Kemal Usta", email=f"{chat}@example.com"))
    two = house.customer(accepted(chat + 1, name="K. Usta", email=f"{chat + 1}@example.com"))
    page = visit.go(one)
    page.get_by_role("link", name="Merge with another").click()
    page.get_by_label("The other one").fill(f"{chat + 1}@example.com")
    page.get_by_role("button", name="Look for").click()
    page.get_by_role("link", name="Compare").click()
    expect(page.locator(".beside")).to_contain_text("After a merge")
    page.get_by_role("button", name=re.compile("^One person, shown as")).click()
    told(page, "The two are one customer now")
    expect(page.locator(".contact-row")).to_have_count(2)
    visit.go(two if one in page.url else one)
    expect(page.locator(".note").first).to_contain_text("older record")
    page.locator(".joined").get_by_role("button", name="Undo").click()
    told(page, "Taken back")
    for path in (one, two):
        expect(visit.go(path).locator(".contact-row")).to_have_count(1)


@pytest.mark.long
def test_a_chart_tells_the_day_under_the_pointer(house: House, browser: Browser) -> None:
    house.tell(accepted(1045, name="Counted", email="1045@example.com"))
    visit = house.visit(browser)
    chart = visit.go("/overview").locator("section", has=visit.page.locator("#h-chats")).locator(".plot")
    for _ in range(50):  # until it is counted
        if chart.count():
            break
        visit.page.wait_for_timeout(200)
        visit.page.reload()
    box = chart.locator("svg").bounding_box() or {}
    visit.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
    today = visit.page.locator(".behind tbody tr").first.locator("th").text_content()
    expect(chart).to_have_attribute("title", re.compile(rf"^{today}\nChats: [1-9]\d*$"))
    visit.look()
    visit.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("chat", "words", "name"),
    [(1050, "igdir", "IĞDIR Kuyumcusu"), (1051, "ISTANBUL", "İstanbul Ofisi"), (1052, "şükrü", "SUKRU Bey")],
)
def test_a_search_knows_turkish(house: House, visit: Visit, chat: int, words: str, name: str) -> None:
    house.tell(accepted(chat, name=name, email=f"{chat}@example.com"))
    page = visit.go("/customers")
    page.get_by_role("searchbox").first.fill(words)
    with page.expect_navigation() as found:
        page.keyboard.press("Enter")
    assert found.value.status == 200, page.locator("main").text_content()
    for _ in range(50):  # until its words are searched too
        if name in (page.locator("main").text_content() or ""):
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(page.locator("main")).to_contain_text(name)


@pytest.mark.long
def test_the_language_is_changed_where_one_is(house: House, visit: Visit) -> None:
    page = visit.go("/customers")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("#language").select_option("tr")
    page.locator("form.languages button").click()
    expect(page.locator("html")).to_have_attribute("lang", "tr")
    assert page.url.startswith(house.origin + "/customers")
    visit.go("/reviews")
    expect(page.locator("html")).to_have_attribute("lang", "tr")


@pytest.mark.long
def test_a_value_is_edited_with_the_keyboard_alone(house: House, visit: Visit, scripts: str) -> None:
    chat = 1060 + (scripts == WITH)
    page = visit.go(house.customer(accepted(chat, name="Deniz", email=f"{chat}@example.com")))
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.get_by_label("Edit: name").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Deniz Kaya")
    page.keyboard.press("Enter")
    told(page, "Saved")
    expect(page.get_by_role("heading", level=1)).to_have_text("Deniz Kaya")


@pytest.mark.long
def test_reviews_are_answered_by_keys(house: House, browser: Browser) -> None:
    for n in range(3):
        for m in range(2):
            who = {"name": f"Ofis {n}{m}", "email": f"ofis{n}{m}@example.com", "phone": f"+9021255510{n}0"}
            house.tell(accepted(1070 + 2 * n + m, **who))
    visit = house.visit(browser)
    page = visit.go("/reviews")
    waiting = page.locator("a.whole").count()
    assert waiting >= 3
    page.keyboard.press("j")
    expect(page.locator("a.whole").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Are these two one person?")
    for key, sentence in (("2", "two are different people"), ("3", "Put off"), ("1", "two are one customer now")):
        page.keyboard.press(key)
        told(page, sentence)
    expect(visit.go("/reviews").locator("a.whole")).to_have_count(waiting - 3)
    visit.look()
    visit.close()


@pytest.mark.long
def test_what_opens_is_closed_by_escape_and_the_search_is_at_a_slash(house: House, browser: Browser) -> None:
    visit = house.visit(browser)
    page = visit.go("/customers")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_label("Your menu").click()
    expect(page.locator("details.menu")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Your menu")).to_be_focused()
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    visit.go("/customers")
    expect(page.locator("details.menu")).to_contain_text("Europe/Istanbul")
    visit.look()
    visit.close()


@pytest.mark.long
def test_what_happens_appears_on_an_open_page(house: House, browser: Browser) -> None:
    visit = house.visit(browser)
    page = visit.go("/now")
    expect(page.locator("[data-live]")).to_be_visible()
    house.tell(accepted(1090, name="Just Now", email="just.now@example.com"))
    expect(page.locator("tr.fresh")).to_contain_text("Just Now")
    visit.look()
    visit.close()

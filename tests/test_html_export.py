"""A story as one HTML page: what it holds, what it lets in, and how it is read in a browser."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from storylib.exports import html
from storylib.generation import books
from storylib.library import images
from storylib.story.document import Approval, StoryDocument
from tests import factories

HERE = html.linked("img/", "../")
# One voice that lives on the device, and one of somewhere else; what is said is kept, and each word is told.
VOICES = """
window.said = []
class Utterance { constructor(text) { this.text = text } }
const voices = [
  { lang: "en-GB", localService: false, name: "far" },
  { lang: "en-GB", localService: LOCAL, name: "near" },
]
const speech = {
  getVoices: () => voices,
  speak: (one) => { said.push([one.voice.name, one.text]); window.utterance = one },
  cancel: () => said.push(["cancel"]),
  addEventListener: () => {},
}
Object.defineProperty(window, "speechSynthesis", { value: speech })
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance })
"""


@pytest.fixture(scope="module")
def kit_book() -> books.Book:
    return books.make_book(factories.BRIEF.model_copy(update={"seed": 7}))


@pytest.fixture(scope="module")
def story(kit_book: books.Book) -> StoryDocument:
    return books.document(kit_book)


@pytest.fixture(scope="module")
def offline(kit_book: books.Book, story: StoryDocument, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one file, on a disk."""
    names = [story.cover.picture, *(page.picture for page in story.pages)]
    pictures = dict(zip(names, (kit_book.cover, *kit_book.pictures), strict=True))
    path = tmp_path_factory.mktemp("file") / "book.html"
    path.write_bytes(html.file(story, lambda name: images.prepare(pictures[name]).sizes["full"]))
    return path


def changed(story: StoryDocument, **fields: object) -> StoryDocument:
    return story.model_copy(update=fields)


# --- what it holds


def test_every_page_has_its_words_its_picture_and_its_description(story: StoryDocument) -> None:
    told = html.book(story, HERE).html
    for page in story.pages:
        assert html.escape(page.text) in told
        assert f'alt="{html.escape(page.alt)}"' in told
        assert f"img/{page.picture}/512.webp 512w" in told
    assert told.count('loading="lazy"') == len(story.pages)


def test_a_teachers_words_are_never_code(story: StoryDocument) -> None:
    words = '<script>alert(1)</script> $title ${x} & "quotes" \'\u202e'
    page = story.pages[0].model_copy(update={"text": words, "alt": f'" onerror="alert(1)" {words}'})
    told = html.book(changed(story, title=words, pages=(page,)), HERE, back='"><script>').html
    assert "<script>alert" not in told
    assert 'onerror="' not in told
    assert html.escape(words) in told


def test_nothing_runs_but_what_its_hash_names(story: StoryDocument) -> None:
    page = html.book(story, HERE)
    for tag in ("style", "script"):
        [inside] = re.findall(f"<{tag}>(.*?)</{tag}>", page.html, re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(inside.encode()).digest()).decode()}'" in page.policy
    assert "unsafe" not in page.policy
    assert page.policy in page.html
    assert not re.search(r"\son\w+=|style=", re.sub("<(style|script)>.*?</\\1>", "", page.html, flags=re.DOTALL))


def test_a_story_that_is_read_from_the_right_says_so(story: StoryDocument) -> None:
    arabic = changed(story, brief=story.brief.model_copy(update={"language": "ar"}))
    assert 'lang="ar" dir="rtl"' in html.book(arabic, HERE).html
    assert 'lang="en" dir="ltr"' in html.book(story, HERE).html


def test_only_the_faces_that_the_words_need_are_named(story: StoryDocument) -> None:
    plain = html.book(story, HERE).html
    assert "../app/static/fonts/andika-latin-400-normal.woff2" in plain
    assert "cyrillic" not in plain
    assert "andika-cyrillic-400-normal" in html.book(changed(story, title="Луна"), HERE).html


def test_the_last_page_says_who_approved_it_or_that_nobody_did(story: StoryDocument) -> None:
    assert "Draft: not yet approved" in html.book(story, HERE).html
    approval = Approval(by="Ada <Lovelace>", at=datetime(2026, 11, 28, tzinfo=UTC))
    told = html.book(changed(story, approval=approval), HERE).html
    assert "Read and approved by Ada &lt;Lovelace&gt;, 28 November 2026." in told
    assert "Draft" not in told


def test_a_page_without_a_picture_is_set_all_the_same(story: StoryDocument) -> None:
    page = story.pages[0].model_copy(update={"picture": None})
    assert '<div class="frame"></div>' in html.book(changed(story, pages=(page,)), HERE).html


def test_a_page_is_small(story: StoryDocument) -> None:
    assert len(html.book(story, HERE).html.encode()) < 30_000


def test_a_shelf_has_a_cover_and_an_address_for_each_story(story: StoryDocument) -> None:
    told = html.shelf("Class 2 <b>", [("a/1", story), ("a/2", changed(story, title="Other"))], HERE)
    assert 'href="a/1"' in told.html
    assert "Other" in told.html
    assert "Class 2 &lt;b&gt;" in told.html
    assert "script-src 'none'" in told.policy


# --- in a browser


def test_the_file_opens_from_a_disk_and_asks_nobody_for_anything(
    offline: Path, tab: Page, story: StoryDocument
) -> None:
    asked: list[str] = []
    said: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(offline.as_uri())
    expect(tab.locator(".leaf.open .text")).to_have_text(story.title)
    for page in story.pages:
        tab.keyboard.press("PageDown")
        picture = tab.locator(".leaf.open img")
        expect(picture).to_be_visible()
        picture.evaluate("image => image.decode()")
        assert picture.evaluate("image => image.naturalWidth") > 1000
        expect(tab.locator(".leaf.open .text")).to_have_text(page.text)
    assert tab.evaluate("document.fonts.check('16px Andika')")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []


def test_keys_a_clicker_and_a_finger_turn_pages(offline: Path, tab: Page) -> None:
    tab.goto(offline.as_uri())
    count = tab.locator("#count")
    last = tab.locator(".leaf.page").count()
    steps = [
        ("ArrowRight", f"1 of {last}"), ("PageDown", f"2 of {last}"), (" ", f"3 of {last}"),
        ("ArrowLeft", f"2 of {last}"), ("PageUp", f"1 of {last}"), ("End", "End"), ("Home", "Cover"),
    ]  # fmt: skip
    for key, where in steps:
        tab.keyboard.press(key)
        expect(count).to_have_text(where)
    swipe = """([from, to]) => {
      const book = document.querySelector(".book")
      const touch = (x) => new Touch({ identifier: 1, target: book, clientX: x, clientY: 300 })
      book.dispatchEvent(new TouchEvent("touchstart", { touches: [touch(from)], changedTouches: [touch(from)] }))
      book.dispatchEvent(new TouchEvent("touchend", { changedTouches: [touch(to)] }))
    }"""
    tab.evaluate(swipe, [300, 100])
    expect(count).to_have_text(f"1 of {last}")
    tab.reload()
    expect(count).to_have_text(f"1 of {last}")


def test_a_book_that_is_read_from_the_right_is_turned_to_the_left(
    tmp_path: Path, tab: Page, story: StoryDocument
) -> None:
    arabic = changed(story, brief=story.brief.model_copy(update={"language": "ar"}))
    path = tmp_path / "book.html"
    path.write_text(html.book(arabic, html.inlined(lambda _: b"")).html, "utf-8")
    tab.goto(path.as_uri())
    tab.keyboard.press("ArrowLeft")
    expect(tab.locator("#count")).to_have_text(f"1 of {len(story.pages)}")
    expect(tab.locator(".leaf.open .text")).to_have_css("direction", "rtl")
    on, back = tab.locator("#next").bounding_box(), tab.locator("#previous").bounding_box()
    assert on
    assert back
    assert on["x"] < back["x"]
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("#count")).to_have_text("Cover")


def test_the_text_is_hidden_and_the_screen_is_black_at_a_key(offline: Path, tab: Page) -> None:
    tab.goto(offline.as_uri())
    tab.keyboard.press("ArrowRight")
    words = tab.locator(".leaf.open .text")
    tab.keyboard.press("t")
    expect(words).to_be_hidden()
    expect(tab.locator(".leaf.open img")).to_be_visible()
    tab.keyboard.press("t")
    expect(words).to_be_visible()
    for key in ("b", "."):
        tab.keyboard.press(key)
        expect(tab.locator("#curtain")).to_be_visible()
        tab.keyboard.press(key)
        expect(tab.locator("#curtain")).to_be_hidden()
    tab.keyboard.press("b")
    tab.locator("#curtain").click()
    expect(tab.locator("#curtain")).to_be_hidden()


def test_a_voice_of_the_device_reads_and_each_word_is_marked(offline: Path, tab: Page, story: StoryDocument) -> None:
    tab.add_init_script(VOICES.replace("LOCAL", "true"))
    tab.goto(offline.as_uri())
    tab.keyboard.press("ArrowRight")
    tab.get_by_role("button", name="Read aloud").click()
    voice, sentence = tab.evaluate("said.at(-1)")
    assert voice == "near"
    assert story.pages[0].text.startswith(sentence)
    second = sentence.split()[1].strip("“”,.!?")
    tab.evaluate("at => utterance.onboundary({ name: 'word', charIndex: at })", sentence.index(second))
    expect(tab.locator("mark")).to_have_text(second)
    expect(tab.locator(".sentence")).to_have_text(sentence)
    expect(tab.locator(".leaf.open .text")).to_have_text(story.pages[0].text)
    tab.evaluate("utterance.onend()")
    assert tab.evaluate("said.at(-1)")[1] != sentence
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate("said.at(-1)") == ["cancel"]
    assert tab.locator("mark, .sentence").count() == 0


def test_reading_begins_at_any_word_at_a_chosen_speed(offline: Path, tab: Page, story: StoryDocument) -> None:
    tab.add_init_script(VOICES.replace("LOCAL", "true"))
    tab.goto(offline.as_uri())
    tab.keyboard.press("ArrowRight")
    tab.get_by_label("Reading speed").select_option("Slow")
    words = story.pages[0].text
    middle = words.split()[len(words.split()) // 2]
    place = """word => {
      const told = document.querySelector(".leaf.open .text").firstChild
      const range = document.createRange()
      const at = told.data.indexOf(` ${word}`) + 1
      range.setStart(told, at)
      range.setEnd(told, at + word.length)
      const { x, y, width, height } = range.getBoundingClientRect()
      return [x + width / 2, y + height / 2]
    }"""
    tab.mouse.dblclick(*tab.evaluate(place, middle))
    said = tab.evaluate("said.at(-1)")[1]
    assert said.startswith(middle)
    assert said in words
    assert tab.evaluate("utterance.rate") == 0.7
    expect(tab.locator(".sentence")).to_have_text(said.strip())
    expect(tab.locator(".leaf.open .text")).to_have_text(words)
    tab.keyboard.press("r")
    assert tab.evaluate("said.at(-1)") == ["cancel"]


def test_words_are_read_by_no_voice_that_would_send_them_away(offline: Path, tab: Page) -> None:
    tab.add_init_script(VOICES.replace("LOCAL", "false"))
    tab.goto(offline.as_uri())
    expect(tab.locator("#next")).to_be_visible()
    expect(tab.locator("#read")).to_be_hidden()
    tab.keyboard.press("r")
    assert tab.evaluate("said") == []


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (400, 800)])
def test_a_page_and_its_tools_fit_the_screen(offline: Path, tab: Page, width: int, height: int) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(offline.as_uri())
    for _ in range(tab.locator(".leaf").count()):
        assert tab.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect(tab.locator(".leaf.open .text")).to_be_in_viewport(ratio=1)
        expect(tab.locator("#full")).to_be_in_viewport(ratio=1)
        tab.keyboard.press("ArrowRight")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("leaf", [0, 2, 5])
def test_axe_finds_nothing(offline: Path, tab: Page, scheme: str, leaf: int) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.goto(f"{offline.as_uri()}#{leaf}")
    found = Axe().run(tab).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_without_a_script_the_book_is_a_scroll(offline: Path, tab: Page, story: StoryDocument) -> None:
    assert tab.context.browser
    context = tab.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(offline.as_uri())
    for text in (story.title, story.pages[-1].text):
        expect(plain.get_by_text(text, exact=True).first).to_be_visible()
    context.close()

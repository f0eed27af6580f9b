"""The writer against a server that fails in every way: whole pages are kept, and only the rest is asked again."""

from __future__ import annotations

import itertools

import pytest
from llmock.scenarios import Delay, Fail, Reply, SlowFirstToken, StreamFault

from storylib.billing.money import Usage
from storylib.config import Models
from storylib.errors import ErrorKind, ProviderError
from storylib.providers.openai.server import Server
from storylib.providers.openai.writer import OpenAIWriter
from storylib.story import Brief, CharacterSpec, Extras, Opening, PageDraft, Part
from tests.openai.mock import StoryServer

LUNA = CharacterSpec(name="Luna", kind="fox", pronouns="she", traits=("shy",))
BEN = CharacterSpec(name="Ben", kind="child", pronouns="he")
BRIEF = Brief(characters=(LUNA, BEN), theme="Luna's lost lantern", pages=6)


@pytest.fixture
def writer(server: Server, models: Models) -> OpenAIWriter:
    return OpenAIWriter(server, models, user="somebody")


def collect(
    writer: OpenAIWriter, brief: Brief = BRIEF, written: tuple[Part, ...] = ()
) -> tuple[list[Part], Usage | None]:
    """All parts, and the usage, which comes last."""
    said = list(writer.write(brief, written))
    assert all(not isinstance(part, Usage) for part in said[:-1])
    return [part for part in said if not isinstance(part, Usage)], said[-1] if isinstance(said[-1], Usage) else None


def broken(writer: OpenAIWriter, written: tuple[Part, ...] = ()) -> tuple[list[Part], ProviderError]:
    """What arrived before the error, and the error."""
    parts: list[Part] = []
    with pytest.raises(ProviderError) as caught:
        for part in writer.write(BRIEF, written):
            if not isinstance(part, Usage):
                parts.append(part)
    return parts, caught.value


def numbers(parts: list[Part]) -> list[int]:
    return [part.number for part in parts if isinstance(part, PageDraft)]


def test_a_book_comes_whole_and_in_order_from_one_call(writer: OpenAIWriter, mock: StoryServer) -> None:
    parts, usage = collect(writer)
    assert isinstance(parts[0], Opening)
    assert isinstance(parts[-1], Extras)
    assert numbers(parts) == [1, 2, 3, 4, 5, 6]
    assert usage is not None
    assert usage.raw == mock.bills[0].usage
    assert usage.model == "gpt-6-luna"
    assert mock.calls() == [200]


def test_the_names_of_pupils_are_not_sent_and_come_back(writer: OpenAIWriter, mock: StoryServer) -> None:
    parts, _ = collect(writer)
    sent = str(mock.bodies)
    assert "Luna" not in sent
    assert "Ben" not in sent.replace("Bench", "")
    opening, page = parts[0], parts[1]
    assert isinstance(opening, Opening)
    assert isinstance(page, PageDraft)
    assert opening.title == "Luna and the Lantern"
    assert page.text == "Luna looks for the light on page 1."
    assert page.scene.cast[0].name == "Luna"


def test_a_page_comes_before_the_next_one_is_written(writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer)
    stall = StreamFault("stall", after_chunks=mock.chunks_before("light on page 2"), stall_seconds=5)
    mock.state.reset()
    mock.state.scenarios.add(stall)
    telling = writer.write(BRIEF)  # held: a forgotten one would end the call
    first = list(itertools.islice(telling, 2))
    assert [part.part for part in first if not isinstance(part, Usage)] == ["opening", "page"]
    assert mock.state.journal.in_flight == 1  # the server has not come to page 2 yet


def test_every_scene_can_be_drawn_by_the_kit(writer: OpenAIWriter) -> None:
    from storylib.kit.scenes import check

    parts, _ = collect(writer)
    assert [check(part.scene) for part in parts if isinstance(part, PageDraft)] == [[]] * 6


@pytest.mark.parametrize("fault", ["disconnect", "truncate"])
def test_a_stream_cut_in_the_middle_of_page_4_keeps_three_and_asks_for_three(
    fault: str, writer: OpenAIWriter, mock: StoryServer
) -> None:
    collect(writer)
    cut = mock.chunks_before("light on page 4")
    mock.state.scenarios.add(StreamFault(fault, after_chunks=cut))  # type: ignore[arg-type]
    parts, error = broken(writer)
    assert numbers(parts) == [1, 2, 3]
    assert (error.kind, error.maybe_paid) == ("truncated", True)
    rest, _ = collect(writer, written=tuple(parts))
    assert numbers(rest) == [4, 5, 6]
    assert not isinstance(rest[0], Opening)
    assert isinstance(rest[-1], Extras)
    assert len(mock.calls()) == 3


def test_a_repair_shows_what_is_written_and_asks_only_for_the_rest(writer: OpenAIWriter, mock: StoryServer) -> None:
    parts, _ = collect(writer)
    mock.bodies.clear()
    rest, _ = collect(writer, written=tuple(parts[:5]))
    asked = str(mock.bodies[0]["messages"])
    assert "looks for the light on page 4." in asked
    assert "Luna" not in asked
    assert "page 5, page 6, questions and words" in asked
    wanted = mock.bodies[0]["response_format"]["json_schema"]["schema"]["properties"]
    assert list(wanted) == ["pages", "questions", "words"]
    assert numbers(rest) == [5, 6]


def test_what_is_complete_is_not_asked_for_at_all(writer: OpenAIWriter, mock: StoryServer) -> None:
    parts, _ = collect(writer)
    assert list(writer.write(BRIEF, parts)) == []
    assert len(mock.calls()) == 1


def test_a_garbage_chunk_keeps_the_pages_before_it(writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer)
    mock.state.scenarios.add(StreamFault("malformed", after_chunks=mock.chunks_before("light on page 3")))
    parts, error = broken(writer)
    assert numbers(parts) == [1, 2]
    assert (error.kind, error.maybe_paid) == ("bad_output", True)


@pytest.mark.usefixtures("hasty")
def test_a_stalled_stream_ends_in_time(writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer)
    stall = StreamFault("stall", after_chunks=mock.chunks_before("light on page 5"), stall_seconds=3)
    mock.state.scenarios.add(stall)
    parts, error = broken(writer)
    assert numbers(parts) == [1, 2, 3, 4]
    assert (error.kind, error.maybe_paid) == ("timeout", True)


def test_a_slow_first_byte_is_waited_for(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(SlowFirstToken(0.2))
    assert numbers(collect(writer)[0]) == [1, 2, 3, 4, 5, 6]
    assert mock.calls() == [200]


@pytest.mark.usefixtures("hasty")
def test_no_first_byte_in_time_is_never_asked_again(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(Delay(2.5))
    parts, error = broken(writer)
    assert parts == []
    assert (error.kind, error.maybe_paid) == ("timeout", True)
    assert len(mock.calls()) <= 1


@pytest.mark.parametrize("wait", [None, 0.7])
def test_too_fast_is_waited_out(wait: float | None, writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(Fail(429, retry_after=wait, times=2))
    assert len(numbers(collect(writer)[0])) == 6
    assert mock.calls() == [429, 429, 200]


def test_too_fast_for_ever_ends_without_a_charge(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(Fail(429, retry_after=2, times=None))
    _, error = broken(writer)
    assert (error.kind, error.permanent, error.maybe_paid, error.retry_after) == ("rate_limited", False, False, 2)
    assert mock.calls() == [429] * 6


def test_a_wait_of_an_hour_is_told_not_sat_out(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(Fail(429, retry_after=3600, times=None))
    _, error = broken(writer)
    assert error.retry_after == 3600
    assert mock.calls() == [429]


def test_no_credit_is_final_at_once(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(Fail(429, code="insufficient_quota", times=None))
    _, error = broken(writer)
    assert (error.kind, error.permanent, error.maybe_paid) == ("quota", True, False)
    assert mock.calls() == [429]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_the_server_is_tried_again(status: int, writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(Fail(status))
    assert len(numbers(collect(writer)[0])) == 6
    assert mock.calls() == [status, 200]


def test_a_fault_for_ever_is_tried_three_times(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(Fail(500, times=None))
    _, error = broken(writer)
    assert (error.kind, error.permanent, error.maybe_paid) == ("server", False, False)
    assert mock.calls() == [500] * 3


def test_a_gateway_that_gave_up_waiting_is_not_asked_again(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.state.scenarios.add(Fail(504))
    _, error = broken(writer)
    assert (error.kind, error.maybe_paid) == ("timeout", True)
    assert mock.calls() == [504]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(text='{"title": "Fox", pages: []}'), "bad_output"),
        (Reply(text="Sorry, I would rather talk."), "bad_output"),
        (Reply(text='{"title": "Fo', finish_reason="length"), "truncated"),
        (Reply(text="", finish_reason="content_filter"), "blocked"),
        (Reply(text='{"title": "Fox", "supporting": [], "cover": {}, "pages": [{"number": 1}]}'), "bad_output"),
    ],
)
def test_an_answer_that_is_no_book_is_an_error_and_paid(
    reply: Reply, kind: ErrorKind, writer: OpenAIWriter, mock: StoryServer
) -> None:
    mock.state.scenarios.add(reply)
    parts, error = broken(writer)
    assert numbers(parts) == []
    assert (error.kind, error.maybe_paid) == (kind, True)


def test_a_refusal_is_told_as_one(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.behaviour.lacks = {"stream"}
    mock.behaviour.refusal, mock.behaviour.answer = "I cannot help with that.", ""
    _, error = broken(writer)
    assert (error.kind, error.permanent, error.maybe_paid) == ("refused", True, True)


def test_the_usage_is_told_before_an_error_when_the_server_counted(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.behaviour.answer = '{"title": "Fox", "supporting": [], "cover": {"setting": "forest"}, "pages": []}'
    said = []
    with pytest.raises(ProviderError):
        for part in writer.write(BRIEF):
            said.append(part)
    assert isinstance(said[-1], Usage)
    assert said[-1].tokens_out > 0


def test_plain_json_instead_of_a_stream_is_read(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.behaviour.lacks = {"stream"}
    parts, usage = collect(writer)
    assert numbers(parts) == [1, 2, 3, 4, 5, 6]
    assert usage is not None
    assert usage.tokens_out > 0


def test_a_server_without_schemas_is_asked_in_words_and_remembered(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.behaviour.lacks = {"schema", "json"}
    assert numbers(collect(writer)[0]) == [1, 2, 3, 4, 5, 6]
    assert numbers(collect(writer)[0]) == [1, 2, 3, 4, 5, 6]
    assert mock.calls() == [400, 400, 200, 200]


def test_a_parameter_that_is_refused_is_left_out(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.behaviour.refuses = {"stream_options", "max_tokens"}
    parts, usage = collect(writer)
    assert len(parts) == 8
    assert usage is None  # it was not counted: the price is not known
    assert mock.calls() == [400, 400, 200]


def test_a_server_that_calls_streams_wrong_is_asked_without(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.behaviour.refuses = {"stream", "stream_options"}
    assert len(collect(writer)[0]) == 8
    assert "stream" not in mock.bodies[-1]


def test_a_fence_and_thoughts_around_the_answer_do_not_matter(writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer)
    mock.behaviour.answer = f"<think>{{hm}}</think>\n```json\n{mock.text}\n```"
    assert numbers(collect(writer)[0]) == [1, 2, 3, 4, 5, 6]


def test_a_server_that_is_gone_costs_nothing_and_is_asked_again_when_it_is_back(models: Models) -> None:
    from storylib.providers.openai.rate_limiter import Timer

    first = StoryServer().start()
    server = Server(first.url, timer=Timer(200))
    writer = OpenAIWriter(server, models)
    first.stop()
    _, error = broken(writer)
    assert (error.kind, error.permanent, error.maybe_paid) == ("unreachable", False, False)
    with StoryServer(first.port):
        assert len(numbers(collect(writer)[0])) == 6
    server.close()


def test_openai_parameters_go_to_openai_only(writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer)
    assert not {"store", "safety_identifier", "reasoning_effort", "max_completion_tokens"} & mock.bodies[0].keys()
    writer.server.official = True
    collect(writer)
    assert mock.bodies[1]["store"] is False
    assert mock.bodies[1]["safety_identifier"] == "somebody"


def test_more_pages_than_asked_for_are_left_out(writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer, BRIEF.model_copy(update={"pages": 9}))
    mock.behaviour.answer = mock.text
    assert numbers(collect(writer)[0]) == [1, 2, 3, 4, 5, 6]


def test_a_loose_server_fills_the_book_as_it_likes_and_the_book_is_mended(
    writer: OpenAIWriter, mock: StoryServer
) -> None:
    mock.behaviour.answer = """{"title": "Lost", "cover": {"setting": "moon base"}, "pages": [
        {"text": "One.", "scene": {"setting": "Forest", "cast": [{"name": "lumiva", "pose": "limbo", "holds": "sofa"},
            {"name": "Nobody"}], "props": ["red apples", "warp core"]}},
        {"text": "Two.", "number": 2}, {"text": "3"}, {"text": "4"}, {"text": "5"}, {"text": "6", "extra": 1}],
        "questions": [{"about": "nonsense", "question": "?", "answer": "!"}, 5], "words": null}"""
    parts, _ = collect(writer)
    first = parts[1]
    assert isinstance(first, PageDraft)
    assert [(actor.name, actor.pose, actor.holds) for actor in first.scene.cast] == [("Luna", "stand", None)]
    assert first.scene.props == ("red-apple",)
    assert first.alt == "One."
    assert isinstance(parts[-1], Extras)
    assert numbers(parts) == [1, 2, 3, 4, 5, 6]


def test_a_description_names_only_who_is_seen(writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer)
    mock.behaviour.answer = mock.text.replace("Hoot flies above", "Tavrin sleeps at home")
    page = collect(writer)[0][1]
    assert isinstance(page, PageDraft)
    assert page.description.startswith("Luna walks through the dark forest, the child sleeps at home")


def test_a_companion_called_like_a_pupil_by_chance_is_renamed(writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer)
    mock.behaviour.answer = mock.text.replace("Hoot", "Ben")
    opening, page = collect(writer)[0][:2]
    assert isinstance(opening, Opening)
    assert isinstance(page, PageDraft)
    assert opening.supporting[0].name not in ("Ben", "Luna")
    assert page.scene.cast[1].name == opening.supporting[0].name


@pytest.mark.parametrize(("code", "name"), [("es", "Spanish"), ("fr", "French"), ("de", "German"), ("ar", "Arabic")])
def test_the_language_is_asked_for(code: str, name: str, writer: OpenAIWriter, mock: StoryServer) -> None:
    collect(writer, BRIEF.model_copy(update={"language": code}))
    assert f"Title, text, alt, questions and words are in {name}" in mock.bodies[0]["messages"][0]["content"]


def test_an_arabic_book_keeps_its_letters(writer: OpenAIWriter, mock: StoryServer) -> None:
    mock.behaviour.page_text = "{hero} تبحث عن الضوء في الصفحة {number}."
    brief = BRIEF.model_copy(update={"language": "ar", "characters": (LUNA.model_copy(update={"name": "ليلى"}),)})
    page = collect(writer, brief)[0][1]
    assert isinstance(page, PageDraft)
    assert page.text == "ليلى تبحث عن الضوء في الصفحة 1."
    assert "ليلى" not in str(mock.bodies)


def test_a_rewritten_page_keeps_its_scene_and_gets_its_names_back(writer: OpenAIWriter, mock: StoryServer) -> None:
    page = collect(writer)[0][1]
    assert isinstance(page, PageDraft)
    mock.behaviour.answer = '{"text": "Lumiva goes softly.", "alt": "Lumiva tiptoes."}'
    again, usage = writer.rewrite(BRIEF, page, "Luna's sentence is too long")
    assert (again.text, again.alt, again.scene) == ("Luna goes softly.", "Luna tiptoes.", page.scene)
    assert usage.tokens_in > 0
    assert "Luna" not in str(mock.bodies[-1])


def test_a_page_that_is_rewritten_into_nothing_is_an_error(writer: OpenAIWriter, mock: StoryServer) -> None:
    page = collect(writer)[0][1]
    assert isinstance(page, PageDraft)
    mock.behaviour.answer = '{"text": " ", "alt": ""}'
    with pytest.raises(ProviderError, match="cannot be used"):
        writer.rewrite(BRIEF, page, "too long")

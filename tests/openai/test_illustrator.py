"""The illustrator against a server that draws in every way, and in every wrong way: nothing is ordered twice."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from llmock.scenarios import Delay, Fail, Match
from PIL import Image

from storylib.config import Models
from storylib.errors import ErrorKind, ProviderError
from storylib.providers.contract import Picture
from storylib.providers.openai.illustrator import OpenAIIllustrator
from storylib.providers.openai.server import Server
from storylib.story import Actor, CharacterSpec, ImageRequest, Look, Scene
from storylib.vocabulary import STYLES, ImageRole
from tests.openai.mock import Limiter, StoryServer, picture

LUNA = CharacterSpec(name="Luna", kind="fox", pronouns="she", look=Look(scarf="#4f9fd6"))
BEN = CharacterSpec(name="Ben", kind="child", pronouns="he")
SCENE = Scene(setting="forest", cast=(Actor(name="Luna", pose="hold", holds="red-apple"), Actor(name="Ben")))
PORTRAIT = picture("512x512", "Luna", "WEBP")


@pytest.fixture
def illustrator(server: Server, models: Models) -> OpenAIIllustrator:
    return OpenAIIllustrator(server, models, user="somebody")


def order(role: ImageRole = "page", description: str = "Luna gives Ben an apple.", seed: int = 0) -> ImageRequest:
    return ImageRequest.of(role, SCENE, (LUNA, BEN), seed=seed, description=description)


def failing(illustrator: OpenAIIllustrator, *references: bytes) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        illustrator.draw(order(), references)
    return caught.value


def test_a_picture_is_drawn_and_counted(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    drawn = illustrator.draw(order())
    assert (drawn.width, drawn.height) == (1536, 1024)
    assert drawn.usage.images == 1
    assert drawn.usage.raw is not None
    assert drawn.usage.raw["output_tokens"] == mock.bills[0].usage["output_tokens"]
    assert mock.calls() == [200]


def test_a_portrait_is_square_and_shows_one_character(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    drawn = illustrator.draw(ImageRequest.of("portrait", Scene(setting="meadow", cast=(Actor(name="Luna"),)), (LUNA,)))
    assert drawn.width == drawn.height == 1024
    assert "ONE CHARACTER" in mock.bodies[0]["prompt"]
    assert "sky blue scarf" in mock.bodies[0]["prompt"]


def test_the_order_is_put_into_words_without_names(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    illustrator.draw(order())
    prompt = mock.bodies[0]["prompt"]
    assert "Luna" not in prompt
    assert "Ben" not in prompt
    assert "holding a red apple" in prompt
    assert "No letters, numbers, words" in prompt


def test_every_style_has_its_own_words(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    for style in STYLES:
        illustrator.draw(order().model_copy(update={"style": style}))
    assert len({body["prompt"] for body in mock.bodies}) == len(STYLES)


def test_portraits_go_along_as_references(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    illustrator.draw(order(), [PORTRAIT])
    assert mock.bills[0].path == "/images/edits"
    assert mock.bills[0].usage["input_tokens_details"]["image_tokens"] == 323
    assert "(reference picture 1)" in mock.bodies[0]["prompt"]
    assert "reference picture 2" not in mock.bodies[0]["prompt"]


def test_where_edits_are_not_offered_it_is_drawn_from_words_and_remembered(
    illustrator: OpenAIIllustrator, mock: StoryServer
) -> None:
    mock.behaviour.lacks = {"edits"}
    illustrator.draw(order(), [PORTRAIT])
    illustrator.draw(order(), [PORTRAIT])
    assert mock.calls() == [404, 200, 200]
    assert "edits" in illustrator.server.missing
    assert "reference" not in mock.bodies[-1]["prompt"]


def test_a_missing_model_is_not_taken_for_missing_edits(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    mock.state.scenarios.add(Fail(404, code="model_not_found", times=2))
    assert failing(illustrator, PORTRAIT).kind == "unsupported"
    assert illustrator.server.missing == {}


@pytest.mark.parametrize("how", ["png", "webp", "url", "data"])
def test_a_picture_may_come_in_several_ways(how: str, illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    mock.behaviour.picture = how
    drawn = illustrator.draw(order())
    with Image.open(io.BytesIO(drawn.data)) as image:
        assert image.size == (drawn.width, drawn.height)
    assert len(mock.bills) == 1


@pytest.mark.parametrize("how", ["gif", "html", "truncated", "empty", "garbage"])
def test_what_is_no_picture_is_an_error_and_may_be_paid(
    how: str, illustrator: OpenAIIllustrator, mock: StoryServer
) -> None:
    mock.behaviour.picture = how
    error = failing(illustrator)
    assert (error.kind, error.maybe_paid) == ("bad_output", True)
    assert mock.calls() == [200]


def test_an_address_that_fails_is_fetched_again_not_drawn_again(
    illustrator: OpenAIIllustrator, mock: StoryServer
) -> None:
    mock.behaviour.picture = "url"
    mock.state.scenarios.add(Fail(502, match=Match(path="/v1/files/*"), times=2))
    illustrator.draw(order())
    assert mock.calls("images") == [200]
    assert mock.calls("files") == [502, 502, 200]


@pytest.mark.usefixtures("hasty")
def test_a_picture_that_takes_too_long_is_never_ordered_twice(
    illustrator: OpenAIIllustrator, mock: StoryServer
) -> None:
    mock.state.scenarios.add(Delay(2.5))
    error = failing(illustrator)
    assert (error.kind, error.maybe_paid, error.permanent) == ("timeout", True, False)
    assert len(mock.calls()) == 1


def test_a_refused_picture_is_final_and_free(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    with pytest.raises(ProviderError) as caught:
        illustrator.draw(order(description="[blocked] a fight"))
    error = caught.value
    assert (error.kind, error.permanent, error.maybe_paid) == ("blocked", True, False)
    assert mock.calls() == [400]
    assert mock.bills == []


@pytest.mark.parametrize(
    ("fail", "kind", "calls"),
    [
        (Fail(500, times=2), None, [500, 500, 200]),
        (Fail(500, times=None), "server", [500, 500, 500]),
        (Fail(429, times=2, retry_after=0.5), None, [429, 429, 200]),
        (Fail(503), None, [503, 200]),
        (Fail(401), "auth", [401]),
        (Fail(429, code="billing_hard_limit_reached"), "quota", [429]),
    ],
)
def test_faults_are_repeated_only_where_nothing_was_drawn(
    fail: Fail, kind: ErrorKind | None, calls: list[int], illustrator: OpenAIIllustrator, mock: StoryServer
) -> None:
    mock.state.scenarios.add(fail)
    if kind is None:
        illustrator.draw(order())
    else:
        assert failing(illustrator).kind == kind
    assert mock.calls() == calls


def test_a_server_that_wants_no_response_format_is_asked_without(
    illustrator: OpenAIIllustrator, mock: StoryServer
) -> None:
    mock.behaviour.refuses = {"response_format"}
    illustrator.draw(order())
    illustrator.draw(order())
    assert mock.calls() == [400, 200, 200]


def test_openai_gets_its_own_parameters_and_others_do_not(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    illustrator.draw(order())
    assert not {"quality", "output_format", "user"} & mock.bodies[0].keys()
    illustrator.server.official = True
    illustrator.draw(order())
    assert mock.bodies[1]["user"] == "somebody"
    assert mock.bodies[1]["quality"] == "low"
    assert "response_format" not in mock.bodies[1]


@pytest.mark.parametrize("seconds", [0.0, 0.01])
def test_twelve_pictures_at_six_a_minute_all_come(
    seconds: float, illustrator: OpenAIIllustrator, mock: StoryServer
) -> None:
    mock.state.limiter = Limiter(6, speed=100)  # type: ignore[assignment]
    illustrator.server.timer.speed = 100
    mock.behaviour.picture_seconds = seconds
    with ThreadPoolExecutor(12) as threads:
        drawn: list[Picture] = list(threads.map(illustrator.draw, [order(seed=seed) for seed in range(12)]))
    assert len(drawn) == 12
    assert len(mock.bills) == 12
    assert mock.calls().count(429) <= 1


def test_all_come_even_when_the_server_only_refuses(illustrator: OpenAIIllustrator, mock: StoryServer) -> None:
    mock.state.limiter = Limiter(6, speed=100, headers=False)  # type: ignore[assignment]
    illustrator.server.timer.speed = 100
    with ThreadPoolExecutor(12) as threads:
        assert len(list(threads.map(illustrator.draw, [order(seed=seed) for seed in range(12)]))) == 12
    assert len(mock.bills) == 12

"""The server of these tests counts truly: on its counts rests that nothing is paid twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from llmock.scenarios import Delay

from tests.openai.desk import until
from tests.openai.mock import StoryServer

CHAT = {"model": "gpt-6-luna", "messages": [{"role": "system", "content": ""}, {"role": "user", "content": "Hello"}]}
PICTURE = {"model": "gpt-image-2.6-flare", "prompt": "A fox", "size": "64x64"}


@pytest.mark.parametrize(("path", "body"), [("/chat/completions", CHAT), ("/images/generations", PICTURE)])
def test_what_is_answered_after_a_test_is_over_is_not_billed_to_the_next(
    path: str, body: dict[str, object], mock: StoryServer
) -> None:
    mock.state.scenarios.add(Delay(0.2))
    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(httpx2.post, mock.url + path, json=body)
        until(lambda: mock.state.journal.in_flight)
        mock.reset()
        assert late.result().status_code == 200
    assert (mock.bills, mock.bodies) == ([], [])
    assert httpx2.post(mock.url + path, json=body).status_code == 200
    assert (len(mock.bills), len(mock.bodies)) == (1, 1)

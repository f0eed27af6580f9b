"""Stories by AI, against a server of this machine that takes the time a real one takes: speed, limits, the ledger."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storylib.models import User
    from storylib.story import Brief
    from tests.openai.mock import StoryServer

PAGES, TEXT, PICTURE = 10, 10.0, 6.0  # the story, and the seconds that its text and each of its pictures take
SCALE = 0.5  # of those seconds; what is ours is not scaled, so it weighs twice
LIMIT, PICTURES, FAST = 6, 12, 30.0  # pictures a minute, how many are wanted, and how fast that minute passes
CALLS, BUDGET, AT_ONCE = 300, 10, 50


def main() -> None:
    """Print each figure beside what is wanted."""
    here, there = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"STORYLIB_DATA": folder, "STORYLIB_SECRET_KEY": "for measuring", "OPENAI_BASE_URL": here.recv()}
        from storylib.db import database

        database().migrate()
        _story(here)
        _bucket(here)
        _ledger()
        _budget()
    server.kill()


# --- the server, in a process of its own as in life


def _serve(requests: Connection) -> None:
    """Tells its address, then does as it is told and tells how many requests it has refused."""
    from tests.openai.mock import Limiter, StoryServer

    with StoryServer() as server:
        requests.send(server.url)
        while True:
            request, refused = requests.recv(), server.calls().count(429)
            if request == "be slow":
                _slow_down(server)
            else:
                server.reset()
                server.state.limiter = Limiter(LIMIT, FAST)  # type: ignore[assignment]
            requests.send(refused)


def _slow_down(server: StoryServer) -> None:
    """So that a text takes ``TEXT`` and a picture ``PICTURE``, scaled."""
    from llmock.chaos import StreamChaos
    from llmock.streaming import text_pieces

    pieces = len(text_pieces(server.text))
    server.state.stream_chaos = StreamChaos(chunk_delay_ms=round(1000 * SCALE * TEXT / pieces))
    server.behaviour.picture_seconds = SCALE * PICTURE


def _told(server: Connection, request: str) -> int:
    """How many requests it had refused."""
    server.send(request)
    return int(server.recv())


# --- what is measured


def _story(server: Connection) -> None:
    """One story by us and one by a client that asks for one thing after the other."""
    from storylib.generation import jobs

    jobs.start()
    _ours()  # everything is imported and connected
    _told(server, "be slow")
    text, to_first, one, sequential = _sequential()
    ready, first = _ours()
    jobs.stop()
    best = text + one
    print(f"AI story of {PAGES} pages at {SCALE:g} of the usual latencies (text {text:.2f} s, a picture {one:.2f} s):")
    print(f"  ready in {ready:.2f} s = {ready / best:.2f} × (text + one picture) (wanted: 1.1); ", end="")
    print(f"one after the other: {sequential:.1f} s")
    print(f"  first page readable {first - to_first:.2f} s after its last token (wanted: 1.5 s)")


def _brief(seed: int) -> Brief:
    from storylib.story import Brief, CharacterSpec

    return Brief(characters=(CharacterSpec(name="Luna", kind="fox"),), pages=PAGES, seed=seed, provider="openai")


def _sequential() -> tuple[float, float, float, float]:
    """Seconds for the text, until its first page, for one picture, and for all, one after the other."""
    from storylib.generation.registry import provider_for
    from storylib.story import ImageRequest, Opening, PageDraft

    provider, began = provider_for("openai"), time.perf_counter()
    drafts, arrived, opening = list[PageDraft](), list[float](), None
    for part in provider.writer.write(_brief(1)):
        if isinstance(part, Opening):
            opening = part
        if isinstance(part, PageDraft):
            drafts.append(part)
            arrived.append(time.perf_counter() - began)
    text, took = time.perf_counter() - began, list[float]()
    assert opening
    cast = _brief(1).characters + opening.supporting
    for page in [*drafts, drafts[0]]:  # the cover takes as long as a page
        start = time.perf_counter()
        provider.illustrator.draw(ImageRequest.of("page", page.scene, cast, description=page.description))
        took.append(time.perf_counter() - start)
    return text, arrived[0], statistics.median(took), time.perf_counter() - began


def _ours() -> tuple[float, float]:
    """Seconds from the click until the story is ready, and until its first page can be read."""
    from storylib.db import database
    from storylib.generation import jobs
    from storylib.library import stories

    with database().write() as session:
        user = _user(session, "ada")
        story = stories.ask(session, user, _brief(round(time.time())))
    began, first = time.perf_counter(), 0.0
    jobs.submit(story)
    while True:
        with database().read() as session:
            seen = stories.progress(session, user.id, story.id)
        if seen.written and not first:
            first = time.perf_counter() - began
        if not seen.making:
            assert seen.state == "ready", seen
            return time.perf_counter() - began, first
        time.sleep(0.01)


def _bucket(server: Connection) -> None:
    """Twelve pictures at once from a server that allows six a minute."""
    from storylib.config import settings
    from storylib.providers.openai.illustrator import OpenAIIllustrator
    from storylib.providers.openai.rate_limiter import Timer
    from storylib.providers.openai.server import Server
    from storylib.story import Actor, ImageRequest, Scene

    _told(server, "be strict")
    ours = Server(os.environ["OPENAI_BASE_URL"], timer=Timer(FAST))
    illustrator = OpenAIIllustrator(ours, settings().config.providers["openai"].models["free"])
    cast, scene = _brief(1).characters, Scene(setting="forest", cast=(Actor(name="Luna"),))
    requests = [ImageRequest.of("page", scene, cast, seed=seed) for seed in range(PICTURES)]
    with ThreadPoolExecutor(PICTURES) as threads:
        drawn = list(threads.map(illustrator.draw, requests))
    ours.close()
    refused = _told(server, "be strict")
    print(f"{PICTURES} pictures at {LIMIT} a minute: {len(drawn)} drawn, refused {refused} times (wanted: 12, 1)")


def _ledger() -> None:
    """What a call costs that takes no time: a reservation within the budget, a mark when it leaves, a settlement."""
    from storylib.billing.money import Usage
    from storylib.db import database
    from storylib.generation.calls import call
    from storylib.generation.registry import provider_for
    from storylib.providers.contract import watch
    from storylib.story import Opening, Scene

    def ask() -> tuple[str, Usage]:
        watch.get().leaves()
        return "Yes", usage

    with database().write() as session:
        user = _user(session, "ben")
    provider, took = provider_for("openai", user), list[float]()
    usage = Usage(10, 10, model="gpt-6-luna", raw={"prompt_tokens": 10, "completion_tokens": 10})
    for number in range(CALLS):
        what, start = Opening(title=str(number), cover=Scene(setting="forest")), time.perf_counter()
        call(database(), provider, "write", what, (user.id, f"{number % 9}", 1), ask, str)
        took.append(1000 * (time.perf_counter() - start))
    p95 = statistics.quantiles(took, n=20)[-1]
    print(f"Ledger: {statistics.median(took):.1f} ms a call, p95 {p95:.1f} ms (wanted: 10 ms)")


def _budget() -> None:
    """Fifty at once, and money for ten."""
    from storylib.billing.ledger import Ask, reserve
    from storylib.billing.quotas import allow_cost
    from storylib.db import database
    from storylib.errors import LimitReached

    price = Decimal("0.01")
    with database().write() as session:
        user = _user(session, "cleo")
        user.budget_usd = BUDGET * price

    def passes(number: int) -> bool:
        try:
            with database().write() as session:
                allow_cost(session, user, price)
                reserve(session, Ask(user.id, "draw", "openai", "m", f"{number:064}", price))
        except LimitReached:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as threads:
        passed = sum(threads.map(passes, range(AT_ONCE)))
    print(f"{AT_ONCE} requests at once against a budget for {BUDGET}: {passed} pass (wanted: {BUDGET})")


def _user(session: Session, name: str) -> User:
    from sqlalchemy import select

    from storylib.models import User

    known = session.scalar(select(User).where(User.username == name))
    user = known or User(username=name, email=f"{name}@school.example", password_hash="-", plan="pro")
    session.add(user)
    session.flush()
    return user


if __name__ == "__main__":
    main()

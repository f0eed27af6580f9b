"""The writer: one streamed call for a book, or for what is missing of it. Each page is told when its last brace is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from storylib.billing.money import Usage
from storylib.config import Models
from storylib.providers.contract import Unusable
from storylib.providers.openai import chat, response_parsing, schema
from storylib.providers.openai.error_mapping import fault
from storylib.providers.openai.json_reader import AFRESH, JsonReader
from storylib.providers.openai.server import Server
from storylib.safety.pseudonyms import Pseudonyms
from storylib.story import Brief, CharacterSpec, Extras, Opening, PageDraft, Part, prompts

TOKENS_A_PAGE = 900  # room for the longest page with its scene, in any script
_MEMBERS = frozenset(("title", "supporting", "cover", "pages", "questions", "words"))  # of an answer
TOKENS_AROUND = 6_000  # room for the opening, the extras, and thinking


class OpenAIWriter:
    """Fulfils ``providers.contract.Writer``. ``user``: the pseudonym of who asks (see ``server.pseudonym``)."""

    def __init__(self, server: Server, models: Models, user: str = ""):
        self.server = server
        self.models = models
        self.user = user

    def write(self, brief: Brief, written: Sequence[Part] = ()) -> Iterator[Part | Usage]:
        """What is not ``written`` yet: an opening, pages in order, extras; then the usage.

        Raises:
            ProviderError: the rest could not be written.
        """
        telling = _Telling(brief, written)
        if not telling.missing:
            return
        prompt = prompts.story(
            telling.names.hide_in(brief), [telling.names.hide_in(part) for part in written], telling.missing
        )
        answer = chat.Answer(self.server, self._ask(prompt, telling.schema(), len(telling.numbers), stream=True))
        with ExitStack() as held:
            for text in answer.texts(held):
                yield from telling.hear(text)
        yield from telling.rest()
        if answer.usage:
            yield answer.usage
        answer.judge(complete=telling.complete)

    def rewrite(self, brief: Brief, page: PageDraft, problem: str) -> tuple[PageDraft, Usage]:
        """The page with another text and alt text.

        Raises:
            ProviderError: nothing was rewritten.
        """
        names = Pseudonyms(brief.characters, avoid=page.text)
        prompt = prompts.rewrite(names.hide_in(brief), names.hide_in(page), names.hide(problem))
        said, usage = chat.ask(self.server, self._ask(prompt, schema.PAGE, 1))
        text, alt = (str(said.get(name) or "").strip() for name in ("text", "alt"))
        if not text:
            raise Unusable(fault("bad_output", "no text"), usage)
        changed = {"text": names.reveal(text), "alt": names.reveal(alt) or page.alt}
        return response_parsing.lenient(PageDraft, {**page.model_dump(), **changed}), usage

    def _ask(
        self, prompt: prompts.Prompt, form: schema.Schema, pages: int, *, stream: bool = False
    ) -> chat.ChatRequest:
        limit = TOKENS_AROUND + TOKENS_A_PAGE * pages
        return chat.ChatRequest(self.models.text, prompt, form, limit, self.models.effort, self.user, stream)


class _Telling:
    """One book while its answer comes in."""

    def __init__(self, brief: Brief, written: Sequence[Part]):
        self.brief = brief
        self.names = Pseudonyms(brief.characters, avoid=" ".join([brief.theme, brief.moral, *map(str, written)]))
        self.cast: list[CharacterSpec] = [self.names.hide_in(spec) for spec in brief.characters]
        there = {part.number for part in written if isinstance(part, PageDraft)}
        self.numbers = [number for number in range(1, brief.pages + 1) if number not in there]
        self._expected = list(self.numbers)
        self._opening = next((part for part in written if isinstance(part, Opening)), None)
        self._wants_opening = self._opening is None
        self._wants_extras = not any(isinstance(part, Extras) for part in written)
        if self._opening:
            self.cast += self._opening.supporting
        self._before = next((part.scene for part in reversed(written) if isinstance(part, PageDraft)), None)
        self._reader = JsonReader()
        self._forget()

    def _forget(self) -> None:
        self._heard: dict[str, Any] = {"supporting": [], "pages": [], "questions": [], "words": []}

    @property
    def missing(self) -> list[str]:
        """What is to be written, in words."""
        pages = [f"page {number}" for number in self.numbers]
        return ["title and cover"] * self._wants_opening + pages + ["questions and words"] * self._wants_extras

    def schema(self) -> schema.Schema:
        """Of what is to be written."""
        return schema.book(self.numbers, opening=self._wants_opening, extras=self._wants_extras)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing any more; questions may be."""
        return self._opening is not None and not self._expected

    def hear(self, text: str) -> Iterator[Part]:
        """Take a piece of the answer; yields what it completes."""
        for name, value in self._reader.feed(text):
            if name == AFRESH:
                self._forget()
            else:
                self._keep(name, value)
                yield from self._told()

    def _keep(self, name: str, value: Any) -> None:
        """Remember a member; one that only wraps the answer is unwrapped."""
        if isinstance(value, dict) and name not in _MEMBERS and _MEMBERS & value.keys():
            for inner, part in value.items():
                self._heard[inner] = part if isinstance(part, list) or inner not in self._heard else [part]
            self._reader.closed |= value.keys()
        elif isinstance(self._heard.get(name), list):
            self._heard[name].append(value)
        else:
            self._heard[name] = value

    def _told(self) -> Iterator[Part]:
        ready = {"title", "supporting", "cover"} <= self._reader.closed or ("title" in self._heard and self._pages)
        if self._opening is None and ready:
            yield self._open()
        if self._opening:
            yield from self._next_pages()

    @property
    def _pages(self) -> list[Any]:
        pages: list[Any] = self._heard["pages"]
        return pages

    def _open(self) -> Opening:
        cover = self._heard.get("cover") or (self._pages[0].get("scene") if self._pages else None)
        opening = response_parsing.opening(self._heard.get("title"), self._heard["supporting"], cover, self.cast)
        self.cast += opening.supporting
        self.names.keep_apart(opening.supporting)
        self._opening = self.names.reveal_in(opening)
        return self._opening

    def _next_pages(self) -> Iterator[PageDraft]:
        while self._pages:
            said = self._pages.pop(0)
            if not self._expected or self._is_old(said.get("number")):
                continue  # more than was asked for, or once again what is written already
            draft = response_parsing.page(said, self._expected.pop(0), self.cast, self._before)
            self._before = draft.scene
            yield self._revealed(draft)

    def _is_old(self, number: Any) -> bool:
        return isinstance(number, int) and number < self._expected[0]

    def _revealed(self, draft: PageDraft) -> PageDraft:
        """With real names; in the description only of those who are seen, for it is sent to an illustrator later."""
        acting = {actor.name for actor in draft.scene.cast}
        description = draft.description
        for spec in self.cast[: len(self.brief.characters)]:
            if spec.name not in acting:
                description = description.replace(spec.name, f"the {spec.kind}")
        return self.names.reveal_in(draft.model_copy(update={"description": description}))

    def rest(self) -> Iterator[Part]:
        """What was held back until the end."""
        if self._opening is None and self._heard.get("title"):
            yield self._open()
        if self._opening:
            yield from self._next_pages()
        if self.complete and self._wants_extras:
            yield self.names.reveal_in(response_parsing.extras(self._heard["questions"], self._heard["words"]))

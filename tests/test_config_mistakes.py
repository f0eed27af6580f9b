"""A configuration that cannot work is refused with the line, the place, and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from storylib import config
from storylib.__main__ import main
from storylib.config import ROOT
from storylib.errors import Invalid

WRITTEN = (ROOT / "config.yaml").read_text("utf-8")
MAIL = "  mail: {host: smtp.school.example, sender: a@school.example, to: [b@school.example]}\n"

# What is replaced by what in the repository's own file, the words that tell the place, and what to write.
MISTAKES = [
    ("name: Storylib", 'name: ""', "site.name", "a name of 1 to 60 characters"),
    ("name: Storylib", "name: 12", "site.name", "put quotes around it"),
    ("name: Storylib", 'name: "two\\nlines"', "site.name", "on one line"),
    ("budget_usd:  ", "budget_usd: -5  ", "site.budget_usd", "write 0 or more"),
    ("budget_usd:  ", "budget_usd: lots  ", "site.budget_usd", 'such as "20"'),
    ("budget_usd:  ", "budget_usd: .nan  ", "site.budget_usd", 'such as "20"'),
    ("budget_usd:  ", "budget: 5  ", "site.budget", "write budget_usd"),
    ("site:", "sight:", "sight", "write site"),
    ("name: storylib", "name: story;lib", "cookie.name", "letters, digits"),
    ("name: storylib", "name: story lib", "cookie.name", "letters, digits"),
    ("name: storylib", "name: 'a=b'", "cookie.name", "letters, digits"),
    ("name: storylib", "name: _streamlit_xsrf", "cookie.name", "letters, digits"),
    ("days: 14", "days: 0", "cookie.days", "write 1 or more"),
    ("days: 14", "days: 1000", "cookie.days", "write 365 or less"),
    ("days: 14", "days: soon", "cookie.days", "write a whole number"),
    ("days: 14", "days: 1.5", "cookie.days", "write a whole number"),
    ("days: 14", "days:", "cookie.days", "write a whole number"),
    ("days: 14", "days: 14\n  days: 15", "days", "is there 2 times; keep one"),
    ("sign_in:", "cookie: {days: 3}\nsign_in:", "cookie", "is there 2 times; keep one"),
    ("attempts: 5", "attempts: 0", "sign_in.attempts", "write 1 or more"),
    ("attempts: 5", "attempts: 1000", "sign_in.attempts", "write 100 or less"),
    ("lock_minutes: 5", "lock_minutes: -1", "sign_in.lock_minutes", "write 1 or more"),
    ("register: false", "register: perhaps", "sign_in.register", "write true or false"),
    ("register: false", "registered: true", "sign_in.registered", "write register"),
    ("domains: []", "domains: school.example", "sign_in.domains", "write a list"),
    ("domains: []", 'domains: ["@school.example"]', "sign_in.domains.0", "a domain, such as"),
    ("domains: []", "domains: [School Example]", "sign_in.domains.0", "a domain, such as"),
    ("  free:  {", "  gratis: {", "plans.gratis", "write one of 'free', 'basic' or 'pro'"),
    ("  pro:   {pages", "  #pro:   {pages", "plans", "add pro"),
    ("pages: 10", "pages: 0", "plans.free.pages", "or more"),
    ("pages: 10", "pages: 500", "plans.free.pages", "or less"),
    ("pages: 10, ", "", "plans.free.pages", "is missing; add it"),
    ("stories: 100,", "stories: -1,", "plans.free.stories", "write 1 or more"),
    ("images: 60,", "images: -1,", "plans.free.images", "write 0 or more"),
    ("images: 60,", "images: many,", "plans.free.images", "write a whole number"),
    ("redraws: 2,", "redraws: -2,", "plans.free.redraws", "write 0 or more"),
    ('budget_usd: "1"', 'budget_usd: "-1"', "plans.free.budget_usd", "write 0 or more"),
    ('budget_usd: "1"', 'budget_usd: "much"', "plans.free.budget_usd", 'such as "20"'),
    ("requests_a_minute: 12", "requests_a_minute: 0", "plans.free.requests_a_minute", "write 1 or more"),
    ("  kit:", "  kitt:", "providers", "add kit, with free: true"),
    ("free: true", "free: false", "providers", "add kit, with free: true"),
    ("label: Story Kit", "label: ''", "providers.kit.label", "a name of 1 to 60 characters"),
    ("    label: OpenAI\n", "", "providers.openai.label", "is missing; add it"),
    ("  openai:", "  Open AI:", "providers", "small letters, digits"),
    ("https://api.openai.com/v1", "api.openai.com/v1", "providers.openai.base_url", "write an address"),
    ("https://api.openai.com/v1", "ftp://api.openai.com", "providers.openai.base_url", "write an address"),
    ("https://api.openai.com/v1", "https://me:secret@ai.example", "providers.openai.base_url", "write an address"),
    ("in_flight: 8", "in_flight: 0", "providers.openai.in_flight", "write 1 or more"),
    ("in_flight: 8", "in_flight: 1000", "providers.openai.in_flight", "write 64 or less"),
    ("likeness:  ", "likeness: maybe  ", "providers.openai.likeness", "write true or false"),
    ("text: gpt-6-luna", "text: ''", "providers.openai.models.free.text", "the name of a model"),
    ("        text: gpt-6-luna\n", "", "providers.openai.models.free.text", "is missing; add it"),
    ("effort: low", "effort: huge", "providers.openai.models.free.effort", "write one of 'none'"),
    ("quality: low", "quality: lowest", "providers.openai.models.free.quality", "write one of 'low', 'medium' or"),
    ("page_size: 1536x1024", "page_size: large", "providers.openai.models.free.page_size", "width x height"),
    ("page_size: 1536x1024", "page_size: 0000x0000", "providers.openai.models.free.page_size", "width x height"),
    ("page_size: 1536x1024", "pagesize: 1536x1024", "providers.openai.models.free.pagesize", "write page_size"),
    ("      pro:   {<<", "      #pro:   {<<", "providers.openai.models", "add pro"),
    ("every_seconds: 60", "every_seconds: 0", "alerts.every_seconds", "write 1 or more"),
    ("calm_minutes: 5", "calm_minutes: -1", "alerts.calm_minutes", "write 0 or more"),
    ('spend_a_day_usd: "50"', 'spend_a_day_usd: "0"', "alerts.rules.spend_a_day_usd", "write more than 0"),
    ("share: 0.2", "share: 20", "alerts.rules.error_rate.share", "write less than 1"),
    ("queue_minutes: 15", "queue_minutes: 0", "alerts.rules.queue_minutes", "write 1 or more"),
    ("budget_percent: [80, 100]", "budget_percent: [80, 150]", "alerts.rules.budget_percent.1", "write 100 or less"),
    ("budget_percent: [80, 100]", "budget_percent: 80", "alerts.rules.budget_percent", "write a list"),
    ("free_disk_gb: 1", "free_disk_gb: none", "alerts.rules.free_disk_gb", 'such as "20"'),
    ("  # mail:", MAIL.replace("smtp.school", "smtp school") + "  #", "alerts.mail.host", "write a host"),
    ("  # mail:", MAIL.replace("a@", "a at ") + "  #", "alerts.mail.sender", "write an e-mail address"),
    ("  # mail:", MAIL.replace("[b@school.example]", "[]") + "  #", "alerts.mail.to", "list at least one"),
]


@pytest.mark.parametrize(("written", "instead", "place", "advice"), MISTAKES)
def test_a_mistake_is_told_with_its_line_its_place_and_what_to_write(
    tmp_path: Path, written: str, instead: str, place: str, advice: str
) -> None:
    assert WRITTEN.count(written) >= 1
    path, changed = tmp_path / "config.yaml", WRITTEN.replace(written, instead, 1)
    path.write_text(changed, "utf-8")
    with pytest.raises(Invalid) as mistake:
        config.read(path)
    told = str(mistake.value)
    assert told.startswith(f"{path}, line ")
    assert f": {place}" in told
    assert advice in told
    line = changed.splitlines()[int(told.split("line ")[1].split(":")[0]) - 1]
    at = place.split(".")[-2] if "missing" in advice else place.split(".")[-1].strip("0123456789")
    assert at in line


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("plans: [", r"line 1: not valid YAML"),
        ("site:\n\tname: x", r"line 2: not valid YAML: found character '\\t'"),
        ("\x00", "not valid YAML"),
        ("", "plans: is missing; add it"),
        ("just a text", "write its settings below it"),
        ("site: Storylib", "line 1: site: write its settings below it"),
    ],
)
def test_a_file_that_says_nothing_is_refused(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "config.yaml").write_text(written, "utf-8")
    with pytest.raises(Invalid, match=told):
        config.read(tmp_path / "config.yaml")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(WRITTEN.replace("days: 14", "days: 0").replace("attempts: 5", "attempts: 0"), "utf-8")
    with pytest.raises(Invalid) as mistake:
        config.read(path)
    assert len(str(mistake.value).splitlines()) == 2


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "STORYLIB_ALERT_WEBHOOK"])
def test_an_address_in_the_environment_that_is_none_is_refused_and_not_quoted(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "school.example/hidden")
    assert main(["migrate"]) == 2
    printed = capsys.readouterr().err
    assert f"{name}: write an address" in printed
    assert "hidden" not in printed

"""What a teacher should know before a brief leaves this machine."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from storylib.providers import catalog
from storylib.safety import content_rules
from storylib.story import Brief
from storylib.vocabulary import MORALS

MISSING = {
    "edits": "It cannot use portraits as references, so the characters may look a little different on each page.",
    "moderation": "It does not check text, so please read every page before you use it.",
    "moderation of pictures": "It does not check pictures, so please look at every page before you use it.",
    "vision": "It cannot compare the pictures with the portraits.",
}


def warn(wanted: Brief) -> None:
    """What stands in the brief that is not for children or not for strangers, and what its providers cannot do."""
    providers = map(catalog.provider, dict.fromkeys((wanted.provider, wanted.illustrator)))
    asked = [provider for provider in providers if not provider.hand_written]
    if not asked:
        return
    for sentence in dict.fromkeys(_findings(wanted)):
        st.warning(sentence, icon=":material/visibility:")
    for provider in asked:
        cannot = [MISSING[feature] for feature in provider.missing() if feature in MISSING]
        if cannot:
            st.caption(f":material/info: {provider.entry.label}: {' '.join(cannot)}")


def _findings(wanted: Brief) -> Iterator[str]:
    free = [wanted.theme, *([] if wanted.moral in MORALS else [wanted.moral])]
    for text in free:
        yield from (finding.message for finding in content_rules.findings(text, wanted.language))
    for spec in wanted.characters:
        for finding in content_rules.findings(spec.description, wanted.language):
            yield f"In your description of {spec.name}: {finding.message}"

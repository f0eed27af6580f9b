"""Looking at a screen without a browser: through the front door, signed in."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from storylib.config import ROOT
from storylib.db import Database
from storylib.identity import users
from storylib.models import User


def visit(database: Database, user: User, page: str = "", **address: str) -> AppTest:
    """Open a page (``studio/story.py``; the home page if none) as this user; ``address`` are its parameters."""
    with database.write() as session:
        token = users.start_session(session, user, "Firefox/150.0")
    app = AppTest.from_file(str(ROOT / "Home.py"), default_timeout=30)
    app.session_state["token"] = token
    if page:
        app.run()
        app.switch_page(f"pages/{page}")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def shown(app: AppTest) -> str:
    """All that the screen says."""
    assert not app.exception, app.exception
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.info, app.error, app.success, app.html)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def button(app: AppTest, label: str) -> Button:
    """The button whose label begins so."""
    return next(button for button in app.button if button.label.startswith(label))


def press(app: AppTest, label: str) -> AppTest:
    """Click a button."""
    return button(app, label).click().run()


def part(app: AppTest, name: str) -> dict[str, Any]:
    """What a part of ours was given to show: card grid or book."""
    found = [element.proto for element in app.get("bidi_component")]
    data = next(json.loads(proto.json) for proto in found if proto.component_name == f"storylib_{name}")
    assert isinstance(data, dict)
    return data


def cards(app: AppTest) -> list[dict[str, Any]]:
    """The cards of a card grid; none if there is no grid."""
    names = [element.proto.component_name for element in app.get("bidi_component")]
    return list(part(app, "card_grid")["cards"]) if "storylib_card_grid" in names else []

"""Makes ``story/props.json`` and ``props/*.svg`` from ``props.yaml`` and the npm package @iconify-json/fluent-emoji.

Fluent Emoji is by Microsoft, under the MIT licence beside this file.

Run it only to change the props:

    npm pack @iconify-json/fluent-emoji@1.2.7 && tar xzf iconify-json-fluent-emoji-1.2.7.tgz
    python -m storylib.kit.art.vendor package/icons.json
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from storylib import tables

HERE = Path(__file__).parent
PROPS = HERE.parent.parent / "story" / "props.json"
PLACES = ("ground", "behind", "air", "water", "wall", "floor")
NAMED = {"white": "#ffffff", "black": "#000000"}
SHEET = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{}</svg>\n'


def body(icons: dict[str, Any], aliases: dict[str, Any], name: str) -> str:
    """The icon's markup in a 32 × 32 box, ready to be relit and used many times in one document.

    Ids begin with ``@`` (replaced by a fresh prefix at each use), colours are ``#rrggbb``, numbers are short.

    Raises:
        KeyError: no such icon.
    """
    while name in aliases:
        name = aliases[name]["parent"]
    markup: str = icons[name]["body"]
    ids = dict.fromkeys(re.findall(r'id="([^"]+)"', markup))
    for number, found in enumerate(ids):
        for before, after in (('id="', '"'), ("url(#", ")"), ('href="#', '"')):
            markup = markup.replace(f"{before}{found}{after}", f"{before}@{number}{after}")
    markup = re.sub(r"\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), markup)
    markup = without_inner_shadows(markup)
    return re.sub(r'"(#[0-9A-Fa-f]{3,8}|white|black)"', lambda m: f'"{colour(m[1])}"', markup)


def without_inner_shadows(markup: str) -> str:
    """Flatter, as paper is, and a third faster to draw. Plain blurs stay."""
    for found in re.finditer(r'<filter id="(@\d+)".*?</filter>', markup):
        if "feComposite" in found[0] or "feColorMatrix" in found[0]:
            markup = markup.replace(found[0], "").replace(f' filter="url(#{found[1]})"', "")
    return markup


def colour(text: str) -> str:
    """``#ABC``, ``#AABBCC`` or a name as ``#rrggbb``."""
    text = NAMED.get(text, text).lower()
    return "#" + "".join(2 * c for c in text[1:]) if len(text) == 4 else text


def main(source: Path) -> None:
    """Write the drawings and their table beside this file.

    Raises:
        KeyError: the package has no icon of that name.
    """
    package = json.loads(source.read_text())
    table = tables.read(HERE / "props.yaml")
    props: dict[str, dict[str, Any]] = {}
    for place in PLACES:
        for name, (size, held) in table[place].items():
            if not (HERE / "drawn" / f"{name}.svg").exists():
                markup = body(package["icons"], package.get("aliases", {}), name)
                (HERE / "props" / f"{name}.svg").write_text(SHEET.format(markup))
            props[name] = {"place": place, "size": size, "held": held, "glows": name in table["glows"]}
            props[name]["grip"] = table["grips"].get(name)
    rows = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(props.items()))
    PROPS.write_text(f'{{"props": {{\n{rows}\n}}, "aliases": {json.dumps(table["aliases"])}}}\n')
    print(f"{len(props)} props, {len(table['aliases'])} other words")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

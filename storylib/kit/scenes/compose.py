"""From a picture request to a drawing: the place, then the props and the cast by distance, then what is in front."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from storylib import vocabulary as v
from storylib.kit.raster import document
from storylib.kit.scenes import cover, dressing, events, figures, views
from storylib.kit.scenes.camera import Camera, aim
from storylib.kit.scenes.composition import Spot, bedside, stand
from storylib.kit.scenes.figures import DARK_PLACES
from storylib.kit.scenes.framing import frame
from storylib.kit.scenes.gaze import Onlookers
from storylib.kit.scenes.light import relight
from storylib.kit.scenes.places import PLACES, Place
from storylib.kit.scenes.stage import Glow, Layer, Stage
from storylib.kit.scenes.touch import reaches
from storylib.kit.scenes.weather import drifting, falling
from storylib.kit.svg import mix
from storylib.story import Actor, CharacterSpec, ImageRequest, Scene

LAMPLIT = "#6f4fa8"  # the tint of a room by night: warmer than moonlight


@dataclass(frozen=True)
class Drawing:
    """A picture before it is developed. ``layers`` are the drawing back to front, for styles that cut it apart."""

    layers: tuple[str, ...]
    sky: tuple[str, ...]  # colours from top to bottom
    halos: tuple[Glow, ...]  # in the sky
    glows: tuple[Glow, ...]  # over everything
    mood: v.Mood
    style: v.Style
    role: v.ImageRole

    @property
    def svg(self) -> str:
        """The layers as one document."""
        return document("".join(self.layers))


def compose(request: ImageRequest) -> Drawing:
    """Draw the request's scene. Props that nobody knows, and actors without a spec, are left out."""
    scene, place = request.scene, PLACES[request.scene.setting]
    book = f"{request.book}/{scene.setting}"
    page = f"{request.seed}/{request.role}/{scene.model_dump_json(exclude={'world', 'wall'})}"
    players = _players(request)
    stage = Stage(_dressed(scene, place), book if place.indoor else page, book, _wall(request, players, place))
    place.paint(stage)
    stage.rng.seed(page)
    camera = aim(scene.shot, place.floor, stage.rng, _mirrored(request, players, place), request.seed)
    spots = stand(players, place, camera, scene.shot, stage.rng)
    if request.role == "cover":
        camera, spots = cover.enlarge(camera, spots)
        shown = Shown(events.Staged(spots))
    else:
        camera, shown = _directed(request, place, camera, spots)
    halos = tuple(_glow(glow, camera, 0.0) for glow in stage.halos) + (cover.AURA,) * (request.role == "cover")
    glows = [_glow(glow, camera, 0.8) for glow in stage.glows]
    stage.glows.clear()
    layers = _all(stage, request, shown, place, camera)
    return Drawing(layers, stage.sky, halos, (*glows, *stage.glows), scene.mood, request.style, request.role)


@dataclass(frozen=True)
class Shown:
    """Who and what is shown, and how: the staged cast, the lens over it, whether people meet each other's eyes."""

    staged: events.Staged
    lens: views.Lens = field(default_factory=views.Lens)
    meet: bool = True
    near: bool = False  # so near that nothing stands beside the cast


def _directed(request: ImageRequest, place: Place, camera: Camera, spots: list[Spot]) -> tuple[Camera, Shown]:
    """The cast as the scene's event and view have it, or else as the turn of the page does."""
    scene, seed = request.scene, request.seed
    view: v.View = scene.view or "level"
    if scene.event and spots and not any(spot.tucked or spot.afloat for spot in spots):
        staged = _staged(scene, scene.event, spots, place)
    else:
        staged = events.Staged(views.by_chance(spots, seed) if scene.view is None else spots)
    people = views.turned(view, staged.spots, loose=scene.event is None)
    lens = views.lens(view, people, seed)
    people = [lens.spot(spot) for spot in people]
    things = [lens.placed(thing) for thing in staged.things]
    meets = bool(scene.event) or seed % 4 != 0
    return views.seen_from(view, camera), Shown(
        events.Staged(people, things, staged.used), lens, meets, near=view == "near"
    )


def _staged(scene: Scene, event: v.Event, spots: list[Spot], place: Place) -> events.Staged:
    """The event among the cast, with what the first of them holds, or else the first thing that can be held."""
    held = spots[0].actor.holds or next((name for name in scene.props if figures.holdable(name)), None)
    staged = events.stage(event, spots, held, scene.setting, place.indoor)
    staged = events.laid(staged, scene.props)
    free = [figures.empty_handed(spot, staged.used) for spot in staged.spots]
    return replace(staged, spots=free)


def _dressed(scene: Scene, place: Place) -> Scene:
    """The scene in the season that the place knows."""
    return scene.model_copy(update={"season": "summer"}) if place.warm or scene.world == "jungle" else scene


def _wall(request: ImageRequest, players: list[tuple[Actor, CharacterSpec]], place: Place) -> v.Wall:
    """The side of a room that the scene asks for, or where the bed of a sleeper stands, or another on each page."""
    if request.scene.wall or bedside(players, place) is not None:
        return request.scene.wall or "window"
    return v.WALLS[request.seed % len(v.WALLS)]


def _mirrored(request: ImageRequest, players: list[tuple[Actor, CharacterSpec]], place: Place) -> bool:
    """Every other page is seen from the other side; a room with two walls stays as it is, but for its bed."""
    mirrored = bedside(players, place)
    return mirrored if mirrored is not None else not place.walls and request.seed % 2 == 1


def _all(stage: Stage, request: ImageRequest, shown: Shown, place: Place, camera: Camera) -> tuple[str, ...]:
    """Every layer, back to front: the far place, what is in the water, the near place, the cast, what is in front."""
    shore = next((i for i, layer in enumerate(stage.layers) if layer.depth > place.shore), len(stage.layers))
    far, near = ([_seen(layer, stage, camera, place) for layer in part] for part in _split(stage.layers, shore))
    wet, dry = _actors_and_props(stage, request.scene, shown, place, camera)
    air = _weightless(drifting(stage, place.sheltered))
    return tuple(filter(None, [*far, *wet, *near, air, *dry, *_in_front(stage, place, request)]))


def _split(layers: list[Layer], at: int) -> tuple[list[Layer], list[Layer]]:
    return layers[:at], layers[at:]


def _players(request: ImageRequest) -> list[tuple[Actor, CharacterSpec]]:
    specs = {spec.name: spec for spec in request.cast}
    players = [(actor, specs[actor.name]) for actor in request.scene.cast if actor.name in specs]
    if request.scene.event == "lie_in_bed" and players:
        players[0] = players[0][0].model_copy(update={"pose": "sleep"}), players[0][1]
    return players


def _seen(layer: Layer, stage: Stage, camera: Camera, place: Place) -> str:
    """A layer of the place, as the camera and the light show it."""
    if not layer.parts:
        return ""
    markup = "".join(layer.parts)
    light = stage.daylight
    if not layer.lit:
        foggy = stage.weather == "fog" and layer.depth > 0 and not place.sheltered
        mist = 0.75 * (1 - layer.depth) ** 1.2 if foggy else 0.0
        share = light.land * (0.5 if place.indoor else 0.55 + 0.45 * min(1.0, layer.depth))
        tint = share if place.tinted and layer.depth > 0 else 0.0
        colour = LAMPLIT if place.indoor and stage.night else light.tint
        markup = relight(markup, colour, tint, mix(light.far, light.sky[-1], 0.6), mist)
    kind = ' class="lit"' if layer.lit else ""
    return f'<g{kind} transform="{camera.transform(layer.depth)}">{markup}</g>'


def _glow(glow: Glow, camera: Camera, depth: float) -> Glow:
    x, y = camera.point(glow.x, glow.y, depth)
    return Glow(x, y, glow.r * camera.scale(depth), glow.colour, glow.strength)


def _actors_and_props(
    stage: Stage, scene: Scene, shown: Shown, place: Place, camera: Camera
) -> tuple[list[str], list[str]]:
    """Everything that swims, and everything that stands on the stage; farthest first."""
    dark = stage.night or scene.setting in DARK_PLACES
    spots, used = shown.staged.spots, shown.staged.used
    zoom = min(1.0, shown.lens.scale)
    standing = [] if shown.near else dressing.arrange(stage, scene, spots, place, camera, used, zoom)
    things = [(item.wet, item.depth, dressing.draw(stage, item, dark)) for item in standing]
    seen = {item.prop.name: (item.x, item.foot - item.size / 2) for item in standing}
    looks = Onlookers(spots, seen, shown.meet).looks()
    things += [
        (spot.afloat, spot.y + spot.shadow, figures.draw(stage, spot, scene, reach, look))
        for spot, reach, look in zip(spots, reaches(spots), looks, strict=True)
    ]
    things += [(False, thing.foot, dressing.placed(stage, thing)) for thing in shown.staged.things]
    things.sort(key=lambda thing: thing[1])
    light = stage.daylight
    amount = light.cast * (0.8 if place.indoor else 1.0) if place.tinted else 0.0
    lit = [(wet, relight(markup, light.tint, amount)) for wet, _, markup in things]
    return [markup for wet, markup in lit if wet], [markup for wet, markup in lit if not wet]


def _in_front(stage: Stage, place: Place, request: ImageRequest) -> list[str]:
    light = stage.daylight
    near = frame(stage, place.frames[request.seed % len(place.frames)])
    ornaments = cover.ornaments(stage) if request.role == "cover" else ""
    tint = light.land if place.tinted else 0.0
    return [relight(near, light.tint, tint), _weightless(falling(stage, place.sheltered)), _weightless(ornaments)]


def _weightless(markup: str) -> str:
    """Too light to throw a shadow."""
    return markup and f'<g class="lit">{markup}</g>'

"""Every closed list of words: what a brief, a character and a scene may say.

One list serves the forms, the CHECK constraints, the schema an AI writer fills and the Kit's drawings.
Each is a ``Literal`` for the type checker and a tuple, in the order a screen shows, for everything else.
"""

from __future__ import annotations

from typing import Literal, get_args

AgeBand = Literal["1-2", "3-5", "6-8", "9-12"]
Tone = Literal["whimsical", "educational", "adventurous", "calming"]
Lesson = Literal["none", "kindness", "courage", "friendship", "honesty", "perseverance"]
Moral = Literal["fits", Lesson]  # fits: what the theme asks for
StoryState = Literal["queued", "writing", "illustrating", "ready", "failed", "cancelled"]
PageState = Literal["written", "drawing", "ready", "failed"]
Review = Literal["draft", "approved", "shared"]
Role = Literal["educator", "admin"]
PlanName = Literal["free", "basic", "pro"]
# What a provider is asked to do: check a text or a picture at an endpoint made for it; have a model inspect a picture.
Operation = Literal["write", "draw", "portrait", "check", "inspect", "read"]
CallState = Literal["reserved", "settled", "failed", "unknown"]
AlertRule = Literal["spend", "errors", "queue", "budget", "disk"]
AlertState = Literal["open", "acknowledged", "closed"]
Channel = Literal["webhook", "mail"]
ImageRole = Literal["portrait", "page", "cover"]
ImageSize = Literal["full", "512", "256"]
Pronouns = Literal["she", "he", "they"]
Style = Literal["storybook", "cutout", "crayon"]
World = Literal["forest", "sea", "space", "town", "farm", "castle", "snow", "jungle"]

Kind = Literal[
    "child", "fox", "rabbit", "bear", "cat", "dog", "mouse", "owl", "penguin", "duck",
    "frog", "turtle", "hedgehog", "squirrel", "panda", "koala", "lion", "tiger", "elephant", "monkey",
    "giraffe", "zebra", "hippo", "crocodile", "wolf", "deer", "raccoon", "otter", "pig", "cow",
    "sheep", "horse", "chicken", "parrot", "unicorn", "dragon", "dinosaur", "robot",
]  # fmt: skip
Hair = Literal[
    "short", "curly", "afro", "long", "pigtails", "braids", "bun", "hijab", "ponytail", "locs", "wavy", "none",
]  # fmt: skip
Hat = Literal[
    "beanie", "cap", "wizard", "crown", "pirate", "helmet", "sunhat", "turban", "patka", "kippah", "headwrap",
]  # fmt: skip
Age = Literal["baby", "child", "adult", "grandparent"]  # of people; animals have a size
Trait = Literal[
    "brave", "shy", "curious", "kind", "clever", "gentle", "funny", "cheerful",
    "stubborn", "careful", "impatient", "dreamy", "loud", "quiet", "honest", "helpful",
]  # fmt: skip

Pose = Literal[
    "stand", "wave", "cheer", "point", "hold", "carry", "think", "cower", "shy", "hips",
    "walk", "run", "jump", "dance", "reach", "climb", "swim", "fly", "kneel", "sit",
    "read", "eat", "sleep", "hug", "hold_hands", "open",
]  # fmt: skip
Expression = Literal[
    "happy", "joyful", "excited", "proud", "determined", "thinking",
    "surprised", "worried", "scared", "sad", "angry", "sleepy",
]  # fmt: skip
Setting = Literal[
    "meadow", "garden", "park", "playground", "town", "market", "forest", "treehouse",
    "hill", "mountain", "cave", "river", "beach", "ship", "underwater", "farm",
    "barn", "castle", "throne_room", "snow", "desert", "jungle", "space", "spaceship",
    "bedroom", "kitchen", "classroom", "library",
    "bathroom", "living_room", "dining_room", "hallway", "cloakroom", "carpet", "school_hall", "waiting_room",
    "dentist", "doctor", "hospital", "shop", "bus", "train", "aeroplane", "place_of_worship",
    "pool", "stage", "garden_bed", "crossing",
]  # fmt: skip
Time = Literal["morning", "day", "sunset", "night"]
Weather = Literal["clear", "cloudy", "rain", "snow", "wind", "fog", "rainbow", "fireflies"]
Season = Literal["spring", "summer", "autumn", "winter"]
Mood = Literal["happy", "calm", "wonder", "tense", "sad", "funny", "celebrate"]
Shot = Literal["wide", "mid", "close"]
View = Literal["level", "above", "behind", "tiny", "near"]  # from where a scene is seen; near: a face fills it
Wall = Literal["window", "door"]  # which side of a room is seen
Facing = Literal["front", "side", "back"]
Gaze = Literal["ahead", "left", "right", "up", "down", "away"]  # of the picture; or at a name, or a thing
Wear = Literal[
    "backpack", "dark_glasses", "goggles", "bike_helmet", "plaster", "apron", "safety_vest", "white_coat",
]  # fmt: skip
# What the first of a scene's cast does to or with the second.
Event = Literal[
    "hug", "hold_hands", "give", "pull", "carry_together", "look_for", "hide", "chase", "comfort", "whisper",
    "read_together", "wash", "eat_at_table", "lie_in_bed", "sit_on_chair", "queue", "examine", "point_at",
    "high_five", "build_together", "play_ball", "cuddle_up", "wave_goodbye", "dance_together", "help_up",
]  # fmt: skip

# who has one of these faces in the pose "sleep" lies in bed, and is awake
AWAKE: frozenset[Expression] = frozenset({"surprised", "worried", "scared", "sad", "angry"})
# where no weather reaches anybody
INDOORS: frozenset[Setting] = frozenset({
    "barn", "throne_room", "cave", "underwater", "space", "spaceship", "bedroom", "kitchen", "classroom", "library",
    "bathroom", "living_room", "dining_room", "hallway", "cloakroom", "carpet", "school_hall", "waiting_room",
    "dentist", "doctor", "hospital", "shop", "bus", "train", "aeroplane", "place_of_worship", "pool", "stage",
})  # fmt: skip
# What was done to a story that is written: ``made`` by its provider, then changed by a teacher.
Edit = Literal[
    "made", "copied", "title", "text", "move", "insert", "delete", "duplicate", "split", "join", "restore"
]  # fmt: skip

AGE_BANDS: tuple[AgeBand, ...] = get_args(AgeBand)
TONES: tuple[Tone, ...] = get_args(Tone)
MORALS: tuple[Moral, ...] = get_args(Moral)
STORY_STATES: tuple[StoryState, ...] = get_args(StoryState)
PAGE_STATES: tuple[PageState, ...] = get_args(PageState)
REVIEWS: tuple[Review, ...] = get_args(Review)
EDITS: tuple[Edit, ...] = get_args(Edit)
ROLES: tuple[Role, ...] = get_args(Role)
PLANS: tuple[PlanName, ...] = get_args(PlanName)
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
DRAWN: tuple[Operation, ...] = ("draw", "portrait")  # operations that bring a picture
CALL_STATES: tuple[CallState, ...] = get_args(CallState)
ALERT_RULES: tuple[AlertRule, ...] = get_args(AlertRule)
ALERT_STATES: tuple[AlertState, ...] = get_args(AlertState)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
IMAGE_ROLES: tuple[ImageRole, ...] = get_args(ImageRole)
IMAGE_SIZES: tuple[ImageSize, ...] = get_args(ImageSize)
PRONOUNS: tuple[Pronouns, ...] = get_args(Pronouns)
STYLES: tuple[Style, ...] = get_args(Style)
WORLDS: tuple[World, ...] = get_args(World)
KINDS: tuple[Kind, ...] = get_args(Kind)
HAIRS: tuple[Hair, ...] = get_args(Hair)
HATS: tuple[Hat, ...] = get_args(Hat)
TRAITS: tuple[Trait, ...] = get_args(Trait)
POSES: tuple[Pose, ...] = get_args(Pose)
EXPRESSIONS: tuple[Expression, ...] = get_args(Expression)
SETTINGS: tuple[Setting, ...] = get_args(Setting)
TIMES: tuple[Time, ...] = get_args(Time)
WEATHERS: tuple[Weather, ...] = get_args(Weather)
SEASONS: tuple[Season, ...] = get_args(Season)
MOODS: tuple[Mood, ...] = get_args(Mood)
SHOTS: tuple[Shot, ...] = get_args(Shot)
VIEWS: tuple[View, ...] = get_args(View)
WALLS: tuple[Wall, ...] = get_args(Wall)
FACINGS: tuple[Facing, ...] = get_args(Facing)
GAZES: tuple[Gaze, ...] = get_args(Gaze)
EVENTS: tuple[Event, ...] = get_args(Event)
WEARS: tuple[Wear, ...] = get_args(Wear)
AGES: tuple[Age, ...] = get_args(Age)

STAND_IN = "kit"  # config.yaml's provider that is always ready, free and hand-written, and so stands in for others
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})  # languages
MIN_PAGES = 1
MAX_PAGES = 20
MAX_CAST = 4

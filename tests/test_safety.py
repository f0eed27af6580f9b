"""The warning layer: it sees what a teacher should look at again, and not what is harmless."""

from __future__ import annotations

import pytest

from storylib.safety.content_rules import findings


def kinds(text: str, language: str = "en") -> list[str]:
    return [finding.kind for finding in findings(text, language)]


@pytest.mark.parametrize(
    "text",
    [
        "Dick Whittington and his cat", "A trip to Scunthorpe", "The cockatoo and the peacock", "Essex and Sussex",
        "A cocktail of fruit", "Assembling a classic class picture", "Luna and the lost lantern", "Moby Dick swims",
        "A bath bomb for the bear", "Robin red breast", "The skilled knight", "Penistone railway station",
        "A shuttlecock on the roof", "He passed the grass", "Hello, shellfish!", "A fathom deep, father said",
        "Count with me: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10", "In the year 1969 and in 2026", "The number 1,000,000",
        "3.14159265 is a friendly number", "There are 12 ducks and 345 frogs", "Peter Pan and Robin Hood",
        "The Story Kit in New York", "Page 12 of 20", "Emma and Tom go to school", "Tom. Then Ben came.",
        "On the way to the river", "She lives in a wood on a hill", "The road to Bethlehem", "“Emma!” Mum called",
        "A close friend, 3 way street", "Ben’s dog", "Sam I AM", "School starts at 08:30", "Is it 20.12.2026 today?",
    ],
)  # fmt: skip
def test_what_is_harmless_is_not_pointed_out(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("They kill the wolf", "violence"), ("Killing time", "violence"), ("He has a gun.", "weapons"),
        ("a glass of wine", "drugs"), ("You STUPID goat", "insults"), ("What the fuck", "swearing"),
        ("naked mole rat", "sex"), ("a haunted house", "horror"), ("shut up, said the pig", "insults"),
    ],
)  # fmt: skip
def test_what_is_not_for_children_is_pointed_out(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("El lobo va a matar", "es", "violence"), ("Tu es stupide", "fr", "insults"),
        ("Der Mörder kommt", "de", "violence"), ("مسدس في البيت", "ar", "weapons"),
        ("ein dummer Bär mit gun", "de", "weapons"),
    ],
)  # fmt: skip
def test_every_language_has_its_own_words(text: str, language: str, kind: str) -> None:
    assert kind in kinds(text, language)


def test_a_word_of_another_language_is_not_mistaken() -> None:
    assert kinds("Die Hexe stirbt nicht; das Gift war Saft", "de") == []
    assert kinds("Le vin", "en") == []


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Write to emma.b@school.example.org now", "e-mail", "emma.b@school.example.org"),
        ("Call 020 7946 0958", "phone", "020 7946 0958"),
        ("Ruf an: +49 170 1234567", "phone", "+49 170 1234567"),
        ("(555) 123-4567", "phone", "(555) 123-4567"),
        ("She lives at 12 Oak Street", "address", "12 Oak Street"),
        ("Er wohnt in der Lindenstraße 7", "address", "Lindenstraße 7"),
        ("12 rue Lepic", "address", "12 rue Lepic"),
        ("see www.example.org/emma", "link", "www.example.org/emma"),
        ("Emma Thompson lost a tooth", "full name", "Emma Thompson"),
        ("a story about Lukas von Berg", "full name", "Lukas von Berg"),
    ],
)
def test_personal_data_is_pointed_out(text: str, kind: str, found: str) -> None:
    finding = next(finding for finding in findings(text) if finding.kind == kind)
    assert finding.found == (found,)
    assert finding.personal


def test_a_warning_says_what_it_is_about_and_what_to_do() -> None:
    assert findings("Kill! They kill it with a gun")[0].message == "This is about violence: “kill”."
    assert findings("Ask Emma Thompson")[0].message == (
        "This looks like a person's full name: “Emma Thompson”. A first name is enough."
    )


def test_each_word_is_named_once() -> None:
    assert [finding.found for finding in findings("Stupid, stupid, STUPID and dumb")] == [("stupid", "dumb")]

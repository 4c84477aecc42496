"""The catalogue is plain and short; the palette is legible."""

from __future__ import annotations

import re
import string

import pytest

from opencorridor.documents.style import contrast, load_style
from opencorridor.documents.texts import TEXTS, column_title, counted, text, word

GROUNDS = ("land", "sea", "paper")
STYLE = load_style()
LINES = {f"mode {k}": v["colour"] for k, v in STYLE["modes"].items()}
LINES |= {f"status {k}": v["colour"] for k, v in STYLE["status"].items()}
LINES |= {f"chart {k}": v for k, v in STYLE["chart"].items()}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_sentences_are_short_and_calm(key: str) -> None:
    for sentence in re.split(r"(?<=[.;:])\s", TEXTS[key]):
        assert len(sentence.split()) <= 20, sentence
    assert "!" not in TEXTS[key]
    assert " will " not in f" {TEXTS[key].lower()} "
    assert "  " not in TEXTS[key].replace("   ", "")


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_can_be_filled(key: str) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(TEXTS[key]) if name is not None}
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
    assert "{" not in text(key, **dict.fromkeys(names, "x"))


def test_counted_takes_the_singular_for_one_only() -> None:
    assert counted("measures.unexpressed", 1).startswith("1 measure has")
    assert counted("measures.unexpressed", 2).startswith("2 measures have")


def test_unknown_columns_and_words_are_still_readable() -> None:
    assert column_title("some_new_share") == "Some new share"
    assert word("very_new_state") == "very new state"


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", sorted(LINES))
def test_lines_and_signs_stand_out(name: str, ground: str) -> None:
    assert contrast(LINES[name], STYLE["base"][ground]) >= 3.0


@pytest.mark.parametrize("name", sorted(STYLE["text"]))
def test_text_is_legible(name: str) -> None:
    for ground in ("land", "paper"):
        assert contrast(STYLE["text"][name], STYLE["base"][ground]) >= 4.5


def test_texts_in_the_colour_of_a_line_are_legible() -> None:
    for name in ("plan", "no_new", "target"):
        assert contrast(STYLE["chart"][name], "#FFFFFF") >= 4.5


def test_contrast_meets_the_known_ends() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_modes_differ_without_colour() -> None:
    looks = [(v["dash"], v["pattern"]) for v in STYLE["modes"].values()]
    assert len(set(looks)) == len(looks)

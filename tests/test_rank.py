"""Putting options in order: on screen, on paper, in a report, in a group."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from test_exercises import (
    answer_of,
    anywhere_on_disk,
    button,
    context,
    field,
    lines,
    newest,
    nodes,
    state,
    walk,
    written,
)

from leefbaar_tools.exercises.parts import Part
from leefbaar_tools.exercises.rank import Rank
from leefbaar_tools.exercises.rank_screen import AS_IT_IS
from leefbaar_tools.exercises.recall import said
from leefbaar_tools.exercises.screens import screen_for
from leefbaar_tools.exercises.session import Session
from leefbaar_tools.paper import Bullets, Table, WriteLines

ORDER = Rank(
    id="m9-eerst",
    title="Wat eerst?",
    question="Zet op volgorde wat je eerst doet.",
    options=("Bellen", "Langsgaan", "Een ander vragen"),
    why="Waarom dat eerst?",
)


@pytest.fixture(autouse=True)
def no_log_left_open():
    yield
    Session(None)


@pytest.fixture
def here(tmp_path):
    return Session(tmp_path, strict=True)


def shown(screen) -> list[str]:
    """The options as they stand on the screen, from top to bottom."""
    texts = [w.value for w in walk(screen.widget) if "leefbaar-plek" in w._dom_classes]
    return [text.split("</strong> ")[1].removesuffix("</span>") for text in texts]


def arrows(screen):
    return [w for w in walk(screen.widget) if "leefbaar-pijl" in w._dom_classes]


def announced(screen) -> str:
    return " ".join(
        w.value for w in walk(screen.widget) if "leefbaar-status" in getattr(w, "_dom_classes", ())
    )


# --- on screen


def test_moving_keeps_the_order_at_once_and_says_where_it_stands(tmp_path, here):
    screen = screen_for(ORDER, here)
    assert shown(screen) == list(ORDER.options)
    button(screen, "Omhoog: Een ander vragen").click()
    assert shown(screen) == ["Bellen", "Een ander vragen", "Langsgaan"]
    assert "Een ander vragen staat nu op plek 2 van 3." in announced(screen)
    assert newest(tmp_path, ORDER)["volgorde"] == ["Bellen", "Een ander vragen", "Langsgaan"]
    button(screen, "Omlaag: Bellen").click()
    assert newest(tmp_path, ORDER)["volgorde"] == ["Een ander vragen", "Bellen", "Langsgaan"]


def test_nothing_is_kept_before_somebody_moves_or_agrees(tmp_path, here):
    screen = screen_for(ORDER, here)
    assert screen.value()["volgorde"] == []
    field(screen, "waarom").value = "Snel"
    assert newest(tmp_path, ORDER) == {"volgorde": [], "waarom": "Snel"}
    button(screen, AS_IT_IS).click()
    assert newest(tmp_path, ORDER)["volgorde"] == list(ORDER.options)
    assert button(screen, AS_IT_IS).layout.display == "none"


def test_order_is_there_again_in_a_new_session(tmp_path, here):
    screen = screen_for(ORDER, here)
    empty = state(screen)
    button(screen, "Omlaag: Bellen").click()
    field(screen, "waarom").value = "Eerst kijken"
    again = screen_for(ORDER, Session(tmp_path, strict=True))
    assert shown(again) == ["Langsgaan", "Bellen", "Een ander vragen"]
    assert state(screen) != empty
    assert again.value() == screen.value()
    kept = len(lines(tmp_path))
    again.flush()
    assert len(lines(tmp_path)) == kept, "showing an answer is not answering"


def test_somebody_else_begins_with_the_given_order(here):
    screen = screen_for(ORDER, here)
    button(screen, "Omlaag: Bellen").click()
    here.switch("Merel")
    assert shown(screen) == list(ORDER.options)
    assert screen.value()["volgorde"] == []
    assert button(screen, AS_IT_IS).layout.display is None
    here.switch("Deelnemer 1")
    assert shown(screen)[0] == "Langsgaan"


def test_first_cannot_go_up_and_last_cannot_go_down(here):
    screen = screen_for(ORDER, here)
    hidden = [b.description for b in arrows(screen) if b.layout.visibility == "hidden"]
    assert hidden == ["Omhoog: Bellen", "Omlaag: Een ander vragen"]
    button(screen, "Omhoog: Bellen").click()
    assert shown(screen) == list(ORDER.options)


def test_every_button_says_which_option_it_moves(here):
    screen = screen_for(ORDER, here)
    names = [b.description for b in arrows(screen)]
    assert len(set(names)) == len(names) == 6
    button(screen, "Omlaag: Bellen").click()
    names = [b.description for b in arrows(screen)]
    assert names[:2] == ["Omhoog: Langsgaan", "Omlaag: Langsgaan"]


def test_words_are_no_html(here):
    loud = Part.from_spec({**ORDER.spec(), "options": ["<b>A</b> & zo", "B"]})
    screen = screen_for(loud, here)
    assert shown(screen)[0] == "&lt;b&gt;A&lt;/b&gt; &amp; zo"
    button(screen, "Omlaag: <b>A</b> & zo").click()
    assert "<b>A" not in announced(screen)


def test_private_is_nowhere(tmp_path, here):
    private = Part.from_spec({**ORDER.spec(), "private": True})
    button(screen_for(private, here), "Omlaag: Bellen").click()
    assert "Langsgaan" not in anywhere_on_disk(tmp_path)
    assert private.group({"volgorde": ["Bellen"]}) == {}


# --- on paper, in a report, in a group


def test_paper_has_an_empty_box_per_option_and_lines_for_the_reason():
    blocks = ORDER.paper(context())
    (table,) = nodes(blocks, Table)
    assert table.rows == tuple(("", option) for option in ORDER.options)
    assert [line.label for line in nodes(blocks, WriteLines)] == [ORDER.why]


def test_report_without_an_order_has_the_options_to_number():
    blocks = ORDER.report({"volgorde": [], "waarom": "Snel geregeld"}, context())
    assert list(nodes(blocks, Table)) == list(nodes(ORDER.paper(context()), Table))
    assert "Snel geregeld" in written(blocks)


def test_report_has_the_order_that_was_given():
    value = {"volgorde": ["Langsgaan", "Bellen", "Een ander vragen"], "waarom": "Zien helpt"}
    blocks = ORDER.face(context({ORDER.id: answer_of(ORDER, value)}))
    (bullets,) = nodes(blocks, Bullets)
    assert bullets == Bullets(("Langsgaan", "Bellen", "Een ander vragen"), ordered=True)
    assert "Zien helpt" in written(blocks)


def test_in_a_group_only_the_first_counts_and_not_the_reason():
    value = {"volgorde": ["Langsgaan", "Bellen", "Een ander vragen"], "waarom": "Zien helpt"}
    assert ORDER.group(value) == {"volgorde": ["Langsgaan"], "waarom": []}
    assert ORDER.group({"volgorde": []})["volgorde"] == []
    assert ORDER.group({"volgorde": ["Iets van vroeger"]})["volgorde"] == []


def test_an_old_option_stays_and_a_new_one_comes_last():
    kept = ORDER.kept({"volgorde": ["Langsgaan", "Weg ermee", "Bellen"]})["volgorde"]
    assert kept == ["Langsgaan", "Weg ermee", "Bellen", "Een ander vragen"]


def test_a_journal_tells_it_without_the_notebook():
    value = {"volgorde": ["Langsgaan", "Bellen", "Een ander vragen"], "waarom": ""}
    told = dict(said(answer_of(ORDER, value)))
    assert told[ORDER.question].replace("\n", " ").index("Langsgaan") < told[
        ORDER.question
    ].replace("\n", " ").index("Bellen")


def test_spec_makes_the_same_again():
    again = Part.from_spec(json.loads(json.dumps(ORDER.spec())))
    assert again.spec() == ORDER.spec()
    assert again == ORDER


@pytest.mark.parametrize("wrong", [["A"], ["A", "A"], []])
def test_fewer_than_two_or_twice_the_same_is_refused(wrong):
    with pytest.raises(ValueError, match=ORDER.id):
        Part.from_spec({**ORDER.spec(), "options": wrong})


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)


@given(JSON | st.lists(st.sampled_from([*ORDER.options, "X", ""]), max_size=6), JSON)
@example(["Bellen", "Bellen"], None)
@settings(deadline=None, max_examples=60)
def test_a_damaged_value_never_raises(order, why):
    for value in ({"volgorde": order, "waarom": why}, order if isinstance(order, dict) else {}):
        answer = answer_of(ORDER, value)
        written(ORDER.face(context({ORDER.id: answer})))
        said(answer)
        kept = ORDER.kept(value)
        assert ORDER.kept(kept) == kept
        assert not kept["volgorde"] or set(ORDER.options) <= set(kept["volgorde"])
        assert len(ORDER.group(value)["volgorde"]) <= 1
        screen = screen_for(ORDER, Session(None, strict=True))
        screen.show(kept)
        assert screen.value()["volgorde"] == kept["volgorde"]

"""The drawing of the body: every region once, its state in colour and in words."""

from __future__ import annotations

from pathlib import Path
from xml.dom.minidom import parseString

import pytest

import dystonia_kg as dkg
from dystonia_kg.classification.body import STATES, body_svg, outlines
from dystonia_kg.errors import ParameterError
from dystonia_kg.graph import KnowledgeGraph


@pytest.fixture(scope="module")
def drawn(ontology: Path) -> KnowledgeGraph:
    """The outlines as the sources have them, whatever the release holds."""
    return dkg.load(extra=[ontology / "modules" / "drawing.ttl"])


def elements(svg: str, name: str) -> list[str]:
    return [str(node.firstChild.data) for node in parseString(svg).getElementsByTagName(name)]


def test_every_region_of_the_ontology_is_drawn(drawn: KnowledgeGraph) -> None:
    names = {outline.label for outline in outlines(drawn)}
    wide = {"upper limb", "lower limb"}  # drawn as their two sides
    assert names == {term.label for term in drawn.term("body region").descendants} - wide - {
        "left-sided body region",
        "right-sided body region",
    }


def test_each_region_says_its_state(drawn: KnowledgeGraph) -> None:
    svg = body_svg({"trunk region": "affected", "dyst:LeftUpperLimb": "unaffected"}, drawn)
    titles = elements(svg, "title")
    assert titles[0] == "Body regions with dystonia"
    assert "trunk region: affected" in titles
    assert "left upper limb: not affected" in titles
    assert titles.count("neck region: not known") == 1
    assert len(titles) == 1 + 9
    (description,) = elements(svg, "desc")
    assert description.startswith("affected: trunk region; not affected: left upper limb; not known: ")


def test_one_half_of_a_midline_region(drawn: KnowledgeGraph) -> None:
    titles = elements(body_svg({"neck region": "left"}, drawn), "title")
    assert "left neck: affected" in titles
    assert "neck region: not affected" in titles
    assert "right neck: affected" not in titles


def test_the_legend_names_all_states(drawn: KnowledgeGraph) -> None:
    texts = elements(body_svg({}, drawn), "text")
    assert texts == ["right", "left", "affected", "not affected", "not known"]
    assert len(STATES) == 3


def test_left_is_drawn_at_the_viewers_right(drawn: KnowledgeGraph) -> None:
    first = {o.label: float(o.path[1:].split()[0]) for o in outlines(drawn)}
    assert first["left upper limb"] > 100 > first["right upper limb"]


@pytest.mark.parametrize("states", [{"tail": "affected"}, {"trunk region": "sore"}, {"laryngeal region": "left"}])
def test_what_is_not_drawn_is_refused(states: dict[str, str], drawn: KnowledgeGraph) -> None:
    with pytest.raises(ParameterError):
        body_svg(states, drawn)


def test_a_title_is_text_whatever_it_holds(drawn: KnowledgeGraph) -> None:
    svg = body_svg({}, drawn, title='<script>alert("1")</script>\x00', identifier='"><b')
    assert elements(svg, "title")[0].startswith("<script>")
    assert not parseString(svg).getElementsByTagName("script")

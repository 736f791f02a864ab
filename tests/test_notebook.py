"""A classification in a real browser, as a notebook shows it: the drawing and the table are there, and can be read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import dystonia_kg as dkg

BROWSER = next((b for b in ("chromium", "chromium-browser", "google-chrome") if shutil.which(b)), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no Chromium (Debian: chromium)")]

MEASURE = """<script>
const box = (e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; };
const shapes = [...document.querySelectorAll("svg path")].map((p) =>
  [p.querySelector("title").textContent, getComputedStyle(p).fill, p.getBBox().width]);
const cells = [...document.querySelectorAll("td,th")].map((c) => c.scrollWidth - c.clientWidth);
const found = {shapes, cells, svg: box(document.querySelector("svg")), table: box(document.querySelector("table")),
  legend: [...document.querySelectorAll("svg text")].map((t) => t.textContent), width: document.body.scrollWidth,
  ids: [...document.querySelectorAll("[id]")].map((e) => e.id)};
document.body.innerHTML = "<pre id=found></pre>";
document.getElementById("found").textContent = JSON.stringify(found);
</script>"""


def shown(html: str, folder: Path, width: int) -> dict[str, Any]:
    """Return what a browser makes of some HTML."""
    page = folder / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><body style='margin:0'>{html}{MEASURE}", encoding="utf-8")
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run(
        [*command, f"--window-size={width},1200", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    text = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert text is not None, done.stderr[-2_000:]
    found: dict[str, Any] = json.loads(unescape(text[1]))
    return found


def test_the_drawing_stands_beside_the_table(kg: dkg.KnowledgeGraph, tmp_path: Path) -> None:
    case = dkg.Case(id="<b>", regions={"neck", "left lower face", "right arm"}, unaffected={"trunk"}, age_at_onset=40)
    answer = kg.classify(case)
    found = shown(answer._repr_html_() + answer._repr_html_(), tmp_path, 1200)
    fills = {title: fill for title, fill, _ in found["shapes"]}
    assert fills["neck region: affected"] == fills["right upper limb: affected"] == "rgb(213, 94, 0)"
    assert fills["trunk region: not affected"] == "rgb(207, 227, 241)"
    assert fills["left lower limb: not known"].startswith("url(")
    assert all(width > 0 for _, _, width in found["shapes"])
    assert found["legend"][-3:] == ["affected", "not affected", "not known"]
    assert found["svg"][2] <= found["table"][0], "side by side"
    assert max(found["cells"]) <= 1, "no cell is cut off"
    assert len(found["ids"]) == len(set(found["ids"])), "two answers on a page share no id"


def test_on_a_narrow_page_the_table_stands_below(kg: dkg.KnowledgeGraph, tmp_path: Path) -> None:
    found = shown(kg.classify(dkg.Case(regions={"neck"}))._repr_html_(), tmp_path, 500)
    assert found["svg"][3] <= found["table"][1]
    assert found["width"] <= 520

"""Sources: all that is wrong with modules, tables, mappings and accessions is told at once, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from edits import edit

from dystonia_kg.build.pipeline import build
from dystonia_kg.build.sources import read_sources
from dystonia_kg.build.tables import read_table
from dystonia_kg.errors import Problem, SourceError

PREFIXES = """@prefix dyst: <https://w3id.org/dystonia-kg/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def places(caught: pytest.ExceptionInfo[SourceError], root: Path) -> set[tuple[str, int | None, int | None]]:
    return {(str(Path(p.file).relative_to(root)), p.line, p.column) for p in caught.value.problems}


def test_the_sources_are_right(ontology: Path) -> None:
    found = read_sources(ontology)
    assert min(len(found.asserted), len(found.associations), len(found.mappings), len(found.imports)) > 500


def test_every_mistake_of_every_file_is_told_at_once(sources: Path) -> None:
    genes = sources / "tables" / "genes.tsv"
    rows = ["gene\tkind\tsymbol\tparent", "ID\tTYPE\tLABEL\tSC %"]
    rows += [f"HGNC:{n}\towl:Class\tTOR1A{n}\tdyst:Gene" for n in range(9_999_990, 10_000_000)]
    rows[4] = rows[4].replace("dyst:Gene", "dyst:Genne", 1)  # a term that stands nowhere: line 5, column 4
    rows[6] = "nonsense" + rows[6].removeprefix("HGNC")  # a prefix that is not known: line 7, column 1
    rows[8] = rows[8] + "\tone cell more"
    rows[9] = rows[2].replace("TOR1A9999990", "TOR1A ", 1)  # the key of line 3 again
    rows[10] = "\t" + rows[10].partition("\t")[2]
    genes.write_text("\n".join(rows) + "\n", encoding="utf-8")
    history = sources / "tables" / "natural_history.tsv"
    rows = history.read_text("utf-8").splitlines()
    cells = rows[3].split("\t")
    cells[7], cells[8] = "often", " many"
    history.write_text("\n".join([*rows[:3], "\t".join(cells), *rows[4:]]) + "\n", encoding="utf-8")
    (sources / "modules" / "broken.ttl").write_text(PREFIXES + "dyst:X a owl:Class ;\n  rdfs:label 'x .\n", "utf-8")
    hp = sources / "mappings" / "dystonia-to-hp.sssom.tsv"
    edit(hp, "subject_id\t", "subject\t")
    (sources / "tables" / "latin.tsv").write_bytes("a\tb\nID\tLABEL\ndyst:Caf\u00e9\tx\n".encode("latin-1"))
    with pytest.raises(SourceError) as caught:
        read_sources(sources, accessions=False)
    header = next(n for n, line in enumerate(hp.read_text("utf-8").splitlines(), 1) if not line.startswith("#"))
    assert places(caught, sources) >= {
        ("tables/genes.tsv", 7, 1),
        ("tables/genes.tsv", 9, None),
        ("tables/genes.tsv", 10, 1),
        ("tables/genes.tsv", 11, 1),
        ("tables/natural_history.tsv", 4, 8),
        ("tables/natural_history.tsv", 4, 9),
        ("modules/broken.ttl", 4, 14),
        ("mappings/dystonia-to-hp.sssom.tsv", header, None),
        ("tables/latin.tsv", 3, None),
    }
    unknown = [p for p in caught.value.problems if "dyst:Genne" in p.message]
    assert [(Path(p.file).name, p.line) for p in unknown] == [("genes.tsv", 5)]
    text = "\n".join(p.message for p in caught.value.problems)
    for part in [
        "prefix 'nonsense' of",
        "cells where the header has",
        "stands already on line 3: one row for each identifier",
        "no identifier: give the row a CURIE",
        "'often' is not a value of xsd:decimal",
        "white space around 'many'",
        "missing columns: subject_id",
        "not UTF-8 (byte",
    ]:
        assert part in text


TABLE = "term\tkind\tname\tgene\nID\tTYPE\tLABEL\tSC RO:0004003 some %\ndyst:A\towl:Class\ta\tHGNC:3098\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("\tLABEL\t", "\tLABLE\t", (2, 3, "unknown template 'LABLE'")),
        ("some %", "only %", (2, 4, "unknown class template")),
        ("RO:0004003", "XO:0004003", (2, 4, "prefix 'XO'")),
        ("ID\tTYPE", "TYPE\tID", (2, 1, "the first column must have the template ID")),
        ("\tname\tgene\n", "\tname\n", (2, None, "4 templates for 3 headers")),
        (TABLE.partition("\n")[2], "", (1, None, "a table needs a header row and a template row")),
        ("\ta\t", "\ta \t", (3, 3, "white space around 'a'")),
        ("HGNC:3098", "TOR1A", (3, 4, "'TOR1A' is not a CURIE")),
        ("HGNC:3098\n", "HGNC:3098\r\n", (3, 4, "white space around 'HGNC:3098'")),
        ("HGNC:3098\n", "HGNC:3098\n\n", (4, None, "1 cells where the header has 4")),
    ],
)
def test_a_mistake_of_a_table_has_its_place(
    tmp_path: Path, old: str, new: str, expected: tuple[int, int | None, str]
) -> None:
    path = tmp_path / "t.tsv"
    path.write_bytes(TABLE.encode())
    assert read_table(path).problems == []
    assert TABLE.count(old) == 1
    path.write_bytes(TABLE.replace(old, new).encode())
    problem = read_table(path).problems[0]
    assert (problem.file, problem.line, problem.column) == (str(path), *expected[:2])
    assert expected[2] in problem.message


def test_a_malformed_module_is_told_with_the_others(sources: Path) -> None:
    edit(sources / "modules" / "axis1.ttl", "dyst:FocalDystonia a owl:Class ;", "dyst:FocalDystonia a owl:Class ,, ;")
    (sources / "modules" / "latin.ttl").write_bytes("# caf\u00e9\n".encode("latin-1"))
    lines = (sources / "modules" / "axis1.ttl").read_text("utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if ",, ;" in text)
    with pytest.raises(SourceError) as caught:
        read_sources(sources)
    assert {("modules/axis1.ttl", line), ("modules/latin.ttl", 1)} <= {p[:2] for p in places(caught, sources)}


def test_an_unknown_term_is_told_where_it_stands(sources: Path) -> None:
    path = sources / "modules" / "syndromes.ttl"
    lines = path.read_text("utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, 1) if "dyst:affects" in text and "dyst:Neck" in text)
    lines[line - 1] = lines[line - 1].replace("dyst:Neck", "dyst:Nekc", 1)
    path.write_text("\n".join(lines), encoding="utf-8")
    mapping = sources / "mappings" / "dystonia-to-mondo.sssom.tsv"
    edit(mapping, "dyst:CervicalDystonia\tcervical dystonia\tskos:exactMatch", "dyst:Gone\tgone\tskos:exactMatch")
    with pytest.raises(SourceError) as caught:
        read_sources(sources)
    problems = {(Path(p.file).name, p.line, p.column): p.message for p in caught.value.problems}
    column = lines[line - 1].index("dyst:Nekc") + 1
    assert problems["syndromes.ttl", line, column] == "unknown term dyst:Nekc: describe it, or correct the name"
    assert [m for (file, _, column), m in problems.items() if file == mapping.name and column == 1] == [
        "unknown term dyst:Gone: describe it, or correct the name"
    ]


def test_a_prefix_of_a_mapping_must_mean_the_same(sources: Path) -> None:
    path = sources / "mappings" / "dystonia-to-mondo.sssom.tsv"
    edit(path, '"http://purl.obolibrary.org/obo/MONDO_"', '"http://example.org/"')
    with pytest.raises(SourceError, match=r"sssom\.tsv:\d+:4: the prefix MONDO stands for http://purl"):
        read_sources(sources)


def test_accessions(sources: Path) -> None:
    register = sources / "accessions.tsv"
    rows = register.read_text("utf-8").splitlines()
    gone, kept = rows[5], rows[6].partition("\t")
    rows[5] = kept[0] + "\tdyst:NeverThere"  # its number is that of the next row, its term is not there
    rows.append("DYST:12\tdyst:Dystonia")
    register.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_sources(sources)
    text = str(caught.value)
    assert f"{gone.partition('dyst:')[2]} has no accession: run 'dystonia-kg build --register'" in text
    assert f"accessions.tsv:7:1: {kept[0]} stands already on line 6" in text
    assert "NeverThere is registered but no longer there" in text
    assert f"accessions.tsv:{len(rows)}: 'DYST:12\\tdyst:Dystonia' is not" in text
    register.write_bytes(b"\xff\n")
    with pytest.raises(SourceError, match="not UTF-8"):
        read_sources(sources)


def test_the_register_only_grows(sources: Path) -> None:
    from dystonia_kg.build.accessions import extend_register, terms_of_ours

    register = sources / "accessions.tsv"
    before = register.read_text("utf-8")
    last = max(int(line.partition("\t")[0].removeprefix("DYST:")) for line in before.splitlines()[1:])
    (sources / "modules" / "new.ttl").write_text(PREFIXES + "dyst:New2 a owl:Class . dyst:New1 a owl:Class .", "utf-8")
    with pytest.raises(SourceError, match="New1 has no accession"):
        read_sources(sources)
    terms = terms_of_ours(read_sources(sources, accessions=False).asserted)
    assert extend_register(register, terms) == 2
    new = f"DYST:{last + 1:07d}\tdyst:New1\nDYST:{last + 2:07d}\tdyst:New2\n"
    assert register.read_text("utf-8") == before + new
    assert extend_register(register, terms) == 0
    read_sources(sources)


def test_a_folder_without_sources(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder 'modules' here"):
        build(tmp_path, tmp_path / "release")
    assert not (tmp_path / "release").exists()


def test_problems_show_their_place() -> None:
    error = SourceError([Problem("genes.tsv", n, 2, "bad") for n in range(1, 13)])
    assert str(error).splitlines()[0] == "genes.tsv:1:2: bad"
    assert str(error).splitlines()[-1] == "... and 2 more"

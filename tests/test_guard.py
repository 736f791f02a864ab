"""The guard: what it refuses, what it lets pass, and that what passes neither opens a socket nor ends the process.

Queries that could end the process run in a child process only.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from dystonia_kg import guard
from dystonia_kg.errors import InputError, QueryRefusedError, QuerySyntaxError
from dystonia_kg.guard import check_query, check_rdf, load_guarded, read_capped
from dystonia_kg.results import execute

if TYPE_CHECKING:
    from collections.abc import Iterator

SRC = Path(guard.__file__).parents[1]
UPDATES = ["INSERT DATA { <a:a> <a:a> 1 }", "DELETE WHERE { ?s ?p ?o }", "LOAD <http://e/>", "CLEAR ALL", "DROP ALL"]
UPDATES += ["CREATE GRAPH <a:a>", "COPY DEFAULT TO <a:a>", "MOVE <a:a> TO <a:b>", "ADD <a:a> TO <a:b>"]
UPDATES += ["PREFIX e: <http://e/> insert { ?s ?p 1 } where { ?s ?p ?o }", "ASK { } ; DROP ALL"]


@pytest.mark.parametrize("query", UPDATES)
def test_updates_are_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError, match=r"query\(\) only reads"):
        check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?x SERVICE ?x { ?s ?p ?o } }",
        "PREFIX a: <http://127.0.0.1:9/> SELECT * { SERVICE a:b { ?s ?p ?o } }",
        "PREFIX a: <http://127.0.0.1:9/> SELECT * { SERVICEa:b { ?s ?p ?o } }",
        "PREFIX SERVICEa: <http://e/> PREFIX a: <http://127.0.0.1:9/> SELECT * { SERVICEa:b { ?s ?p ?o } }",
        "PREFIX : <http://127.0.0.1:9/> SELECT * { SERVICE:b { ?s ?p ?o } }",
        "PREFIX a: <http://127.0.0.1:9/> SELECT * { ?s ?p trueSERVICEa:b { ?s ?p ?o } }",
        "ASK { FILTER EXISTS { SELECT * { OPTIONAL { SERVICE <http://127.0.0.1:9/> { } } } } }",
        "BASE <http://127.0.0.1:9/> SELECT * { SERVICE <x> { ?s ?p ?o } }",
        "SELECT * { SERVICE <file:///etc/passwd> { ?s ?p ?o } }",
        "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }",
        "SELECT * FROM NAMED <https://e.org/x> { ?s ?p ?o }",
        "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
        "PREFIX a: <http://127.0.0.1:9/> SELECT * FROM a:b { ?s ?p ?o }",
        "PREFIX dyst: <http://127.0.0.1:9/> SELECT * FROM dyst:graph\\/asserted { ?s ?p ?o }",
        "PREFIX FILTERa: <http://e/> ASK { FILTERa:f(?a<'>') SERVICE <http://127.0.0.1:9/> {} }",
    ],
)
def test_other_hosts_are_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError):
        check_query(query)
    with pytest.raises(QueryRefusedError):
        check_query(query, allow_hosts={"example.org", "127.0.0.1:99"})


@pytest.mark.parametrize("query", ["ASK { SERVICESILENT<http://a/> { } }", "ASK { ?s ?p trueSERVICE<http://a/>{} }"])
def test_words_run_together_are_refused(query: str) -> None:
    with pytest.raises(QuerySyntaxError, match="not a word of SPARQL"):
        check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service ?load { ?service ?load 'SERVICE <http://a/> { }' }",
        'PREFIX ex: <http://e/> SELECT * { ?s ex:service ex:insert . ?s ex:LOAD """DROP ALL""" } # SERVICE <http://a/>',
        'SELECT * { ?s <http://e/SERVICE> ?o FILTER(?o < 5 && STR(?o) = "FROM") }',
        "SELECT * FROM <https://w3id.org/dystonia-kg/graph/asserted> { ?s ?p ?o }",
        "SELECT * FROM NAMED dyst:graph\\/inferred { GRAPH ?g { ?s ?p ?o } }",
        "SELECT * FROM <urn:mine> { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o FILTER(?o IN (" + ", ".join(f"<http://e/{i}>" for i in range(9000)) + ")) }",
        "SELECT * { VALUES (?s ?o) {" + "(<http://e/a> 'b')" * 9000 + "} }",
    ],
)
def test_words_in_strings_names_and_comments_pass(query: str) -> None:
    check_query(query)
    execute(ox.Store(), query)


def test_allowed_hosts() -> None:
    query = "SELECT * FROM <http://a.org/g> { SERVICE SILENT <https://A.org:8080/sparql> { ?s ?p ?o } }"
    check_query(query, allow_hosts={"a.org"})
    with pytest.raises(QueryRefusedError, match="SERVICE"):
        check_query(query.replace("A.org", "a.org@evil.org"), allow_hosts={"a.org"})
    check_query("ASK { SERVICE <http://a.org:8080/> { } }", allow_hosts=["a.org:8080"])
    with pytest.raises(QueryRefusedError):
        check_query("ASK { SERVICE <http://a.org:8081/> { } }", allow_hosts=["a.org:8080"])


def test_length_depth_and_number() -> None:
    with pytest.raises(QueryRefusedError, match="more than 1,000,000"):
        check_query("ASK { ?s ?p '" + "é" * 500_000 + "' }")
    deep = "ASK { FILTER(" + "(" * 99 + "1" + ")" * 99 + ") }"
    with pytest.raises(QueryRefusedError, match="deeper than 100"):
        check_query(deep)
    check_query(deep.replace("((", "(", 1).replace("))", ")", 1))
    with pytest.raises(QueryRefusedError, match="more than 5,000 tokens"):
        check_query("ASK { FILTER(" + "!" * 5000 + "?o) }")
    with pytest.raises(QueryRefusedError, match="surrogate"):
        check_query("ASK { ?s ?p '\ud800' }")
    with pytest.raises(QueryRefusedError, match="a query is a str"):
        check_query(b"ASK {}")  # type: ignore[arg-type]


# --- in a child process --------------------------------------------------------------------------------------------

CHILD = """
import json, sys, threading
import pyoxigraph as ox
from dystonia_kg.errors import DystoniaKGError
from dystonia_kg.guard import check_query, load_guarded
from dystonia_kg.results import execute

store = ox.Store()
store.load(b'<http://s> <http://p> 1 , "a" ; <http://q> <http://s> .', ox.RdfFormat.TURTLE)

def run(kind, text):
    try:
        if kind == "query":
            check_query(text)
            passed.append(number)
            execute(store, text)
        else:
            load_guarded(text.encode(), kind)
            passed.append(number)
    except DystoniaKGError:
        pass

passed = []
for number, (kind, text) in enumerate(json.load(sys.stdin)):
    print(number, file=sys.stderr, flush=True)
    run(kind, text)
    threading.stack_size(262144)
    thread = threading.Thread(target=run, args=(kind, text))
    thread.start()
    thread.join()
    threading.stack_size(0)
print(json.dumps(passed))
"""


@contextmanager
def listener() -> Iterator[tuple[str, list[object]]]:
    """A server on loopback that notes who calls."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                calls.append(address)
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        host, port = server.getsockname()
        yield f"http://{host}:{port}/", calls
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def run_in_child(inputs: list[tuple[str, str]]) -> list[int]:
    """Run inputs on the main stack and on one of 256 KB; returns the numbers of those that passed (twice each)."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps(inputs),
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(SRC)},
        check=False,
    )
    last = done.stderr.strip().rpartition("\n")[2]
    assert done.returncode == 0, f"died of {inputs[int(last)][1][:300]!r}" if last.isdigit() else done.stderr[-2000:]
    passed: list[int] = json.loads(done.stdout)
    return passed


def deep_queries(n: int) -> dict[str, str]:
    pattern, filtered = "SELECT * {{ ?s ?p ?o {} }}", "SELECT * {{ ?s ?p ?o FILTER({}) }}"
    return {
        "parentheses": filtered.format("(" * n + "1" + ")" * n),
        "braces": "SELECT * " + "{" * n + "?s ?p ?o" + "}" * n,
        "functions": filtered.format("STR(" * n + "?o" + ")" * n),
        "if": filtered.format("IF(1, 1, " * n + "?o" + ")" * n),
        "exists": pattern.format("FILTER EXISTS { ?s ?p ?o " * n + "}" * n),
        "optional": pattern.format("OPTIONAL { ?s ?p ?o " * n + "}" * n),
        "minus": pattern.format("MINUS { ?s ?p ?o " * n + "}" * n),
        "union": "SELECT * " + "{ {} UNION " * n + "{ ?s ?p ?o }" + "}" * n,
        "selects": "SELECT * " + "{ SELECT * " * n + "{ ?s ?p ?o }" + "}" * n,
        "paths": "SELECT * { ?s " + "^(" * n + "<p:p>" + ")" * n + " ?o }",
        "terms": "SELECT * { ?s ?p " + "<<( ?s ?p " * n + "?o" + " )>>" * n + " }",
        "in": filtered.format("1 IN (" * n + "1" + ")" * n),
    }


def long_queries(n: int) -> dict[str, str]:
    pattern, filtered = "SELECT * {{ ?s ?p ?o {} }}", "SELECT * {{ ?s ?p ?o FILTER({}) }}"
    chains = {
        f"chain {sign}": filtered.format(f" {sign} ".join(["?o"] * n)) for sign in ("||", "&&", "+", "-", "*", "/")
    }
    return chains | {
        "not": filtered.format("!" * n + "?o"),
        "alternatives": "SELECT * { ?s " + "|".join(["<p:p>"] * n) + " ?o }",
        "unions": "SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * (n // 4)) + "}",
        "filters": pattern.format("FILTER(?o) " * (n // 4)),
        "binds": pattern.format("".join(f"BIND(?o AS ?v{i}) " for i in range(n // 6))),
        "minuses": pattern.format("MINUS { ?s ?p ?o } " * (n // 6)),
        "having": "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING " + "(?s) " * (n // 4),
        "expressions": "SELECT " + " ".join(f"(?o AS ?v{i})" for i in range(n // 6)) + " { ?s ?p ?o }",
    }


RDF = {
    "turtle terms": ("ttl", lambda n: "<a:s> <a:p> " + "<<( <a:s> <a:p> " * n + "1" + " )>>" * n + " ."),
    "n-triples terms": ("nt", lambda n: "<a:s> <a:p> " + "<<( <a:s> <a:p> " * n + '"1"' + " )>>" * n + " ."),
    "collections": ("ttl", lambda n: "<a:s> <a:p> " + "( " * n + "1" + " )" * n + " ."),
    "json objects": ("jsonld", lambda n: '{"http://p":' * n + "1" + "}" * n),
    "json arrays": ("jsonld", lambda n: "[" * n + "1" + "]" * n),
    "json contexts": (
        "jsonld",
        lambda n: '{"@context":{"a":' + '{"@id":"http://a","@context":{"a":' * n + '"http://a"' + "}}" * n + '},"a":1}',
    ),
}


def test_what_passes_does_not_end_the_process() -> None:
    deepest = guard.MAX_QUERY_DEPTH - 3
    inputs = [("query", text) for text in deep_queries(deepest).values()]
    inputs += [("query", text) for text in long_queries(guard.MAX_QUERY_TOKENS // 2 - 20).values()]
    inputs += [(kind, make(98 if kind != "jsonld" else 95)) for kind, make in RDF.values()]
    passed = run_in_child(inputs)
    # All of these pass, on both stacks, so that the bounds are tested where they are tightest.
    assert passed == [number for number in range(len(inputs)) for _ in "ab"]


def test_what_would_end_the_process_is_refused() -> None:
    inputs = [("query", text) for text in (deep_queries(5000) | long_queries(40_000)).values()]
    inputs += [(kind, make(20_000)) for kind, make in RDF.values()]
    inputs += [("owl", text) for text in BOMBS.values()]
    assert run_in_child(inputs) == []


def test_the_guard_is_needed() -> None:
    """Without it the process dies: if this fails, the engine has learnt, and the bounds can be reconsidered."""
    code = "import pyoxigraph, sys; pyoxigraph.Store().query(sys.stdin.read())"
    query = deep_queries(5000)["parentheses"]
    done = subprocess.run([sys.executable, "-c", code], input=query, capture_output=True, text=True, check=False)
    assert done.returncode < 0


FRAGMENTS = [
    *("SELECT *", "{", "}", "(", ")", "SERVICE", "SERVICE", "SILENT", "<URL>", "<URL>", "a:b", "SERVICEa:b", ":b"),
    *(
        "SERVICE:b",
        "?x",
        "?service",
        "'",
        '"',
        "'''",
        "\\'",
        "#",
        "\n",
        "<'>",
        "<",
        "?a<'>",
        "<#",
        "FILTER",
        "FILTERa:f(",
    ),
    *(
        "EXISTS",
        "OPTIONAL",
        "UNION",
        "{ ?s ?p ?o }",
        "true",
        "1",
        ".",
        ";",
        ",",
        "a",
        "@en",
        "[]",
        "[",
        "]",
        "{}",
        "} {",
    ),
    *("VALUES ?x {", "BIND(", "AS ?y )", "<<(", ")>>", "GRAPH", "MINUS", "LATERAL", "{|", "|}", "^", "/", "||", "&&"),
    *("FROM", "LOAD", "\\u0053ERVICE", '"\\u0022', "IN ("),
]


def test_fuzz_nothing_that_passes_opens_a_socket() -> None:
    rng = random.Random(20261123)
    head = "PREFIX a: <URL> PREFIX : <URL> SELECT * { "
    with listener() as (url, calls):
        inputs = []
        for _ in range(4000):
            body = rng.choice(["", " ", "", "\n"]).join(rng.choices(FRAGMENTS, k=rng.randint(1, 8)))
            tail = rng.choice(["", " { ?s ?p ?o }", "{}", "' #", '" #', "\n"]) + " }" * rng.randint(1, 2)
            inputs.append(("query", (head + body + tail).replace("URL", url)))
        inputs.append(("jsonld", f'{{"@context": "{url}", "a": 1}}'))
        inputs.append(("jsonld", f'{{"@context": {{"@import": "{url}"}}, "a": 1}}'))
        inputs.append(("owl", f'<!DOCTYPE r SYSTEM "{url}"><r/>'))
        passed = run_in_child(inputs)
        assert len(passed) > 20, "the fuzz makes nothing that passes"
        assert calls == []


def test_the_listener_hears() -> None:
    with listener() as (url, calls):
        run = "import pyoxigraph, sys; pyoxigraph.Store().query(sys.argv[1])"
        query = f"PREFIX a: <{url}> SELECT * {{ SERVICEa:b {{ ?s ?p ?o }} }}"
        subprocess.run([sys.executable, "-c", run, query], capture_output=True, check=False)
        assert calls


# --- files ---------------------------------------------------------------------------------------------------------

BODY = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    "<rdf:Description rdf:about='http://e/s'><e:p>{}</e:p></rdf:Description></rdf:RDF>"
)
LEVELS = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
BOMBS = {
    "levels": f"<!DOCTYPE r [{LEVELS}]>" + BODY.format("&a9;"),
    "levels in a comment": f"<!DOCTYPE r [<!-- {LEVELS} -->]>" + BODY.format(""),
    "levels in an entity": f"<!DOCTYPE r [<!ENTITY x '{LEVELS}'>]>" + BODY.format(""),
    "a long one often": f'<!DOCTYPE r [<!ENTITY a "{"x" * 9999}">]>' + BODY.format("&a;" * 9999),
    "in the middle": BODY.format("") + f"<!DOCTYPE r [{LEVELS}]>",
    "lower case": f"<!doctype r [{LEVELS}]>" + BODY.format("&a9;"),
    "external": '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + BODY.format("&e;"),
    "external document type": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">' + BODY.format(""),
    "parameter": "<!DOCTYPE r [<!ENTITY % p \"<!ENTITY a 'x'>\"> %p;]>" + BODY.format("&a;"),
    "markup": "<!DOCTYPE r [<!ENTITY a '<e:x/>'>]>" + BODY.format("&a;"),
    "deep": BODY.format("").replace("<e:p>", "<e:p><e:a>" * 200),
    "another encoding": "<?xml version='1.0' encoding='UTF-16'?>" + BODY.format(""),
    "many comments": "<!-- -->" * 60 + f"<!DOCTYPE r SYSTEM 'x' [{LEVELS}]>" + BODY.format(""),
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_xml_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        check_rdf(BOMBS[name].encode(), "owl")


def test_entities_as_protege_writes_them() -> None:
    entity = '<!ENTITY xsd "http://www.w3.org/2001/XMLSchema#" >'
    head = f'<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [\n  {entity}\n<!-- n -->\n]>\n'
    (quad,) = load_guarded((head + BODY.format("&xsd;int &amp; &lt;")).encode(), "rdf")
    assert quad.object == ox.Literal("http://www.w3.org/2001/XMLSchema#int & <")


@pytest.mark.parametrize(
    "text",
    [
        '{"@context": "http://127.0.0.1:9/"}',
        '{"@context": [{"a": "http://e/a"}, "http://127.0.0.1:9/"]}',
        '{"@graph": [{"@context": "context.json"}]}',
        '{"@context": {"@import": "http://127.0.0.1:9/"}}',
        '{"@context": {"a": {"@id": "http://e/a", "@context": "http://127.0.0.1:9/"}}}',
        '{"\\u0040context": "http://127.0.0.1:9/", "\\u0040context": {}}',
        "[" * 201 + "]" * 201,
        '{"a": "' + '\\"' * 1000,
        "{",
        "\ufeff[",
    ],
)
def test_hostile_json_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        load_guarded(text.encode(), "jsonld")


def test_json_ld_with_its_own_context_is_read() -> None:
    (quad,) = load_guarded(b'{"@context": {"p": "http://e/p"}, "@id": "http://e/s", "p": "[[["}', "jsonld")
    assert quad.object == ox.Literal("[[[")


def test_brackets_in_strings_iris_and_comments_do_not_count() -> None:
    many = "[(" * 200
    text = f'<http://e/s> <http://e/p%28> \'{many}\', """{many}" """ . # {many}\n' * 2
    assert len(load_guarded(text.encode(), "ttl")) == 4


@pytest.mark.parametrize(
    ("text", "format_", "place"),
    [
        ("<http://e/s> <http://e/p> <http://e/o> .\n<http://e/s> oops .", "ttl", (2, 14)),
        ("<http://e/s> <http://e/p> 'abc .\n", "ttl", (1, 27)),
        ("<http://e/s> <http://e/p> " + "[ <http://e/p> " * 200, "ttl", (1, 1527)),
        ('{\n "a": }', "jsonld", (2, 7)),
        ("<a>\n<b></a>", "owl", (2, 6)),
    ],
)
def test_problems_have_file_line_and_column(tmp_path: Path, text: str, format_: str, place: tuple[int, int]) -> None:
    path = tmp_path / f"mine.{format_}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_guarded(path)
    (problem,) = caught.value.problems
    assert problem.file == str(path)
    assert (problem.line, problem.column) == place


def test_nothing_is_half_loaded_and_relative_iris_are_explained() -> None:
    with pytest.raises(InputError, match="base_iri="):
        load_guarded(b"<a> <b> <c> .", "ttl")
    (quad,) = load_guarded(b"<a> <b> <c> .", "ttl", "http://e/")
    assert quad.subject == ox.NamedNode("http://e/a")
    with pytest.raises(InputError, match="format of bytes"):
        load_guarded(b"")
    with pytest.raises(InputError, match=r"known; name one of: ttl"):
        load_guarded("my.xlsx")
    with pytest.raises(InputError, match="not UTF-8"):
        load_guarded(b"<a:a> <a:b> '\xff' .", "ttl")


def test_blank_nodes_of_two_files_stay_apart() -> None:
    data = b"_:x <http://e/p> 1 ."
    assert load_guarded(data, "ttl")[0].subject != load_guarded(data, "ttl")[0].subject


def test_files_are_capped_after_decompression(tmp_path: Path) -> None:
    path = tmp_path / "big.nt.gz"
    path.write_bytes(gzip.compress(b"#" * 5_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(InputError, match="more than 1,000,000 bytes"):
        read_capped(path, 1_000_000)
    assert load_guarded(path) == []
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="cannot be read"):
        read_capped(path)
    with pytest.raises(InputError, match="No such file"):
        read_capped(tmp_path / "none.ttl")
    with pytest.raises(InputError, match="more than 10"):
        check_rdf(b"#" * 11, "ttl", max_bytes=10)


@pytest.mark.parametrize("format_", ["ttl", "nt", "nq", "trig", "rdf", "jsonld"])
def test_every_format_is_read(tmp_path: Path, format_: str) -> None:
    quad = ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"))
    kind = guard.rdf_format(format_)
    quads = [quad] if kind.supports_datasets else [quad.triple]
    path = tmp_path / f"x.{format_}"
    path.write_bytes(ox.serialize(quads, format=kind) or b"")
    assert load_guarded(path) == [quad]

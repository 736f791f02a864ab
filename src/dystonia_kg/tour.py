"""The five-minute tour: what the library is asked first, with the real answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from dystonia_kg.graph import load

if TYPE_CHECKING:
    from rich.console import Console

_QUESTION = """SELECT ?syndrome ?task WHERE {
  ?s rdfs:subClassOf dyst:DystoniaSyndrome , dyst:FocalDystonia ; dyst:isEvokedBy ?t ; rdfs:label ?syndrome .
  ?t rdfs:subClassOf dyst:Task ; rdfs:label ?task
} ORDER BY ?syndrome ?task"""


def take(console: Console) -> None:
    """Walk through the tour on a console."""

    def show(title: str, code: str, answer: object) -> None:
        console.print(f"\n[bold]{escape(title)}[/bold]", soft_wrap=True)
        console.print(f"[dim]>>> {escape(code)}[/dim]", soft_wrap=True)
        console.print(escape(str(answer)), soft_wrap=True)

    kg = load()
    show("Load the graph", "kg = dystonia_kg.load()", kg)
    title = "Ask SPARQL: which focal dystonias come only with a task, and with which?"
    show(title, f"kg.query('''{_QUESTION}''')", kg.query(_QUESTION))
    query, call = kg.queries["focal-syndromes"], "kg.run('focal-syndromes', region='neck')"
    show(f"A named query: {query.title}", call, kg.run("focal-syndromes", region="neck"))
    show(
        "Why is writer's cramp a focal dystonia?",
        'kg.explain("writer\'s cramp", "focal dystonia")',
        kg.explain("writer's cramp", "focal dystonia"),
    )
    show(
        "Which genes go with recessive dystonia and degeneration?",
        'kg.genes(inheritance="autosomal recessive", pathology="degeneration")',
        ", ".join(t.label for t in kg.genes(inheritance="autosomal recessive", pathology="degeneration")),
    )
    call, paths = 'kg.paths("TOR1A", "basal ganglia", limit=1)', kg.paths("TOR1A", "basal ganglia", limit=1)
    show("How is TOR1A related to the basal ganglia?", call, "\n".join(map(str, paths)))
    console.print("\nGo on with [bold]dystonia-kg --help[/bold]. For research and education; not a medical device.")

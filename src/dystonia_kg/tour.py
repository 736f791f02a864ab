"""The five-minute tour: what the library is asked first, with the real answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from dystonia_kg.graph import load

if TYPE_CHECKING:
    from rich.console import Console

_QUESTION = """SELECT ?syndrome ?region WHERE {
  ?s rdfs:subClassOf dyst:DystoniaSyndrome , dyst:ActionSpecificDystonia , dyst:FocalDystonia ; rdfs:label ?syndrome ; dyst:affects ?r .
  ?r rdfs:subClassOf dyst:BodyRegion ; rdfs:label ?region
} ORDER BY ?region ?syndrome"""


def take(console: Console) -> None:
    """Walk through the tour on a console."""

    def show(title: str, code: str, answer: object) -> None:
        console.print(f"\n[bold]{escape(title)}[/bold]", soft_wrap=True)
        console.print(f"[dim]>>> {escape(code)}[/dim]", soft_wrap=True)
        console.print(escape(str(answer)), soft_wrap=True)

    kg = load()
    show("Load the graph", "kg = dystonia_kg.load()", kg)
    show("Ask SPARQL: which focal dystonias come only with an action, and where?", f"kg.query('''{_QUESTION}''')", kg.query(_QUESTION))
    query = kg.queries["focal-syndromes"]
    show(f"A named query: {query.title}", "kg.run('focal-syndromes', region='neck')", kg.run("focal-syndromes", region="neck"))
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
    path = kg.paths("TOR1A", "basal ganglia", limit=1)
    show("How is TOR1A related to the basal ganglia?", 'kg.paths("TOR1A", "basal ganglia", limit=1)', path[0] if path else "not")
    console.print("\nGo on with [bold]dystonia-kg --help[/bold]. For research and education; not a medical device.")

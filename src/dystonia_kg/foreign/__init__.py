"""Other people's ontologies, read into RDF: OBO, OBO Graphs JSON and the syntaxes of OWL, besides RDF itself.

``read`` tells what a file is and reads it; ``documents`` has the checks before, ``obo`` and ``owl`` the readers.
"""

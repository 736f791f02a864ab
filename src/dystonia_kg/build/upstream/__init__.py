"""Upstream releases as sources: their tables, read as they are, become classes, records and associations.

``ontology/upstream/`` holds the rows of a release as they came. ``rows`` reads them and reports every mistake with its
place, ``codes`` says what their codes mean in the ontology, ``genes``, ``phenotypes``, ``diseases`` and
``annotations`` turn them into RDF. So a new release is new files: ``dystonia-kg refresh`` takes them in.
"""

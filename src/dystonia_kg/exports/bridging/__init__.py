"""Bridges into other ontologies: ours said in their identifiers, and the axioms that link the two.

``targets`` reads what there is to know of each ontology; ``candidates`` makes axioms from the mappings; ``check`` asks
the reasoner what they would do; ``bridge`` puts these together; ``module`` writes our graph in their identifiers.
"""

"""Reasoning: the OWL API and HermiT in this process, completion without them, and owlready2's view.

``jvm`` starts the JVM, ``lane`` keeps time limits and threads, ``owlapi`` is an ontology with its reasoner, ``justify``
finds minimal sets of axioms, ``render`` and ``english`` put them into words, ``expressions`` and ``placing`` answer DL
queries, ``session`` is the reasoner of one graph. ``structure``, ``completion`` and ``materialise`` need no JVM.
Nothing
here is imported by ``import dystonia_kg``.
"""

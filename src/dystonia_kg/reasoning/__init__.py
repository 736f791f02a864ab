"""Reasoning: the OWL API and HermiT in this process, materialisation of consequences, explanations.

Nothing here is imported by `import dystonia_kg`; only :mod:`dystonia_kg.reasoning.jvm` knows the JVM.
"""

"""The tools behind ``python -m scripts.notebooks``: they run notebooks strictly, and keep them normal and fresh."""

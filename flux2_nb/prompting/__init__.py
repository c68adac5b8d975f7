"""What a FLUX.2 prompt is made of: JSON, colours, languages, reference roles, tokens and checks.

Pure text work: nothing here reads a file but the package's own tables, and nothing draws or calls a provider.
Import the module you need (``from flux2_nb.prompting import colours``); importing the package loads none of them.
"""

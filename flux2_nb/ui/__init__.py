"""What people see, rendered from capabilities and cards: the Gradio app, and panels for notebooks.

`view` decides what both of them say; neither loads the other's toolkit.
"""

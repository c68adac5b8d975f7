"""The Gradio app, rendered from capabilities and cards. `view` decides what it says."""

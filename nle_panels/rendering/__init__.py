"""How the next takes are rendered: by what, of how much of the face, with which weights and settings."""

"""Kdenlive projects: MLT XML, document versions 0.9x to 1.1."""

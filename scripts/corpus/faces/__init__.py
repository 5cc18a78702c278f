"""Faces: detect them, score their quality, join them into tracks, and embed the best of each."""

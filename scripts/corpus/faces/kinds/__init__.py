"""Kinds of faces: living people, still pictures of people, and live copies of other faces."""

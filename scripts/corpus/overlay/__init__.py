"""Draw videos for viewing and sharing: skeletons, names and a timeline, or masked faces.

`renderers` makes the image of each frame; the other modules draw its parts.
"""

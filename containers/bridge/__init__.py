"""Commands of the host for programs in a container, and the launcher around it.

Runs with the python3 of the host and that of the image: standard library, Python 3.6 or newer.
"""

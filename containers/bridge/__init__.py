"""The bridge, which runs commands of the host for programs in a container, and its launcher.

It runs with the python3 of the host and with that of the image, so it uses only the standard
library of Python 3.6 or newer.
"""

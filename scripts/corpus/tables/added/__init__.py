"""Tables of added stages: one module for each, with its declaration in `TABLE`.

The script of a stage imports the module of its table. No other stage does, so a new or changed
table makes no other stage run again, as a change in corpus.tables.schemas would.
"""

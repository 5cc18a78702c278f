"""Identity stage: which face tracks of the corpus are the same person, and who that person is.

`track_clustering` finds the people, `known_people` keeps their ids across runs, and `people`
applies names.
"""

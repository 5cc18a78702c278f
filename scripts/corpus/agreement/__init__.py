"""Agreement of the workflow with coders, and of coders with each other.

Events of two coders (events), matched (matching) and compared by time (time_agreement), by events
(event_agreement, linked_annotations, organization), and by all measures (comparison). coding_table
reads which tiers are compared; coder_streams, workflow_streams and corpus_streams take the events
from the tables. tuning chooses settings of the movement stage.
"""

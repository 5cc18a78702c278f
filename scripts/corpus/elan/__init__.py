"""Write ELAN files from the tables (tiers, vocabularies, eaf_writer, corpus_documents), and read
annotations back (eaf_reader, edit_detection, import_annotations)."""

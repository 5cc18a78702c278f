"""Controlled vocabularies of the ELAN files: the lists from which coders choose texts.

A linguistic type refers to one vocabulary. When an annotation on a tier of this type is edited,
ELAN shows the entries as a list. An annotation with another text stays as it is.
"""

from collections.abc import Iterable, Mapping

from pympi.Elan import Eaf

from corpus.core.safe_text import xml_text
from corpus.elan.document import Tier
from corpus.tables.values import GESTURE_PHASES, PHASES

LANGUAGE = {
    "lang_id": "eng",
    "lang_def": "http://cdb.iso.org/lg/CDB-00138502-001",
    "lang_label": "English (eng)",
}
"""Language of the entries, as ELAN writes it for English."""

HAND_PHASES = {phase: PHASES[phase] for phase in GESTURE_PHASES}
"""Texts on the tiers of hands, with their meaning."""

CODED_PHASES = {
    "preparation": "the hand moves to where the stroke begins",
    "pre-stroke hold": "the hand waits at the end of the preparation",
    "stroke": "the part of the movement that carries the meaning and the most effort",
    "independent hold": "a still hand carries the meaning, in place of a stroke",
    "post-stroke hold": "the hand keeps its place and shape after the stroke",
    "retraction": "the hand returns to rest",
    "partial retraction": "the hand begins to return to rest, but a new preparation follows",
}
"""Phases of gestures for coders, with their meaning: Kendon (1980), and Kita, van Gijn and van der
Hulst (1998, Movement phases in signs and co-speech gestures, and their transcription by human
coders, section 3)."""

VOCABULARY_OF_KIND = {
    "presence": "people",
    "hand": "hand phases",
    "gesture phase": "gesture phases",
}
"""Vocabulary of each linguistic type that has one."""


def add_vocabularies(eaf: Eaf, tiers: Iterable[Tier]) -> None:
    """Add all vocabularies to a document, and refer to them in its linguistic types.

    The vocabulary `people` has the texts that occur on the tiers of presence in this file.

    Annotations do not refer to the entries (CVE_REF), which the format leaves open for vocabularies
    in the file itself: R's package act finds the times of annotations only without it.
    """
    eaf.add_language(**LANGUAGE)
    presence = [
        each.value for tier in tiers if tier.kind == "presence" for each in tier.annotations
    ]
    entries: dict[str, Mapping[str, str | None]] = {
        "people": dict.fromkeys(sorted(set(presence))),
        "hand phases": HAND_PHASES,
        "gesture phases": CODED_PHASES,
    }
    n_entries = 0
    for vocabulary, descriptions in entries.items():
        eaf.add_controlled_vocabulary(vocabulary)
        for value, description in descriptions.items():
            n_entries += 1
            text = (xml_text(value), LANGUAGE["lang_id"], description)
            eaf.add_cv_entry(vocabulary, f"cveid{n_entries}", [text])
    for kind, vocabulary in VOCABULARY_OF_KIND.items():
        eaf.linguistic_types[kind]["CONTROLLED_VOCABULARY_REF"] = vocabulary

"""Write config/config.yaml, its schema, and docs/settings.md from the model of the configuration.

python tools/document_settings.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.inputs import settings_documents

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = {
    "config/config.yaml": settings_documents.config_yaml,
    "config/schemas/config.schema.yaml": settings_documents.schema_yaml,
    "docs/settings.md": settings_documents.reference_page,
}
"""Each file, and the function that gives its text."""


def main() -> None:
    for path, text in DOCUMENTS.items():
        (ROOT / path).write_text(text(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""Write docs/tables.md, the reference of all tables, from their schemas.

python tools/document_tables.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.tables import reference_page

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"


def main() -> None:
    PAGE.write_text(reference_page.page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

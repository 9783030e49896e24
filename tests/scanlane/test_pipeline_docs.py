"""docs/pipeline.md names what the code has: stages, and warnings about sitemaps."""

import re
from pathlib import Path

from scanlane.services.pipeline import STAGES

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docs" / "pipeline.md").read_text()
NOTED = re.compile(r"(?:notes\.add|_end)\(\"(\w+)\"|^(?:TOO|CROSS|UNUSABLE)_\w+ = \"(\w+)\"", re.MULTILINE)


def codes() -> set[str]:
    """Every warning code in the code."""
    sources = [*ROOT.glob("src/scanlane/domain/sitemap*.py"), ROOT / "src/scanlane/services/sitemap_import.py"]
    found = (match for source in sources for match in NOTED.finditer(source.read_text()))
    return {match[1] or match[2] for match in found}


class TestThePage:
    def test_names_every_stage(self) -> None:
        assert {stage.name for stage in STAGES} <= set(re.findall(r"`(\w+)`", TEXT))

    def test_explains_every_warning_about_a_sitemap(self) -> None:
        table = TEXT.partition("## What is odd about a sitemap")[2].partition("\n## ")[0]
        explained = {
            code for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for code in re.findall(r"`(\w+)`", row)
        }

        assert len(codes()) > 20
        assert explained == codes()

"""The generated pages of docs/ say what the code does."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from jaboti_entrypoints.settings import Settings

GENERATE = Path(__file__).parents[3] / "docs" / "generate.py"


def test_the_reference_is_what_the_code_would_write() -> None:
    spec = spec_from_file_location("generate", GENERATE)
    assert spec is not None
    assert spec.loader is not None
    generate = module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert generate.outdated() == [], "run `make docs`"


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []

"""The generated pages of docs/ say what the code does."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def generate() -> Any:
    """`docs/generate.py`"""
    spec = spec_from_file_location("generate", Path(__file__).parents[3] / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_would_write(generate: Any) -> None:
    assert generate.outdated() == [], "run `make docs`"


def test_every_setting_says_what_it_is_for(generate: Any) -> None:
    assert [name for name, about in generate.about_settings().items() if not about] == []

"""What the installed distribution tells of itself."""

from __future__ import annotations

from importlib import metadata, resources

import pytest

import zenrun_torch_examples


def test_package_is_marked_as_typed():
    """The marker of typed packages is inside the import package."""
    assert resources.files(zenrun_torch_examples).joinpath("py.typed").is_file()


def test_package_requires_torch_and_offers_plot():
    """Torch is required, matplotlib only by the extra."""
    required = metadata.requires("zenrun-torch-examples")

    assert any(item.startswith("torch") and "extra" not in item for item in required)
    assert [item for item in required if item.startswith("matplotlib")] == [
        item for item in required if "extra" in item
    ]
    assert metadata.metadata("zenrun-torch-examples").get_all("Provides-Extra") == ["plot"]


def test_package_lists_its_public_names():
    """Every public name is there, and no other is shown."""
    assert dir(zenrun_torch_examples) == sorted(zenrun_torch_examples.__all__)
    for name in zenrun_torch_examples.__all__:
        assert getattr(zenrun_torch_examples, name) is not None
    assert zenrun_torch_examples.__version__ == metadata.version("zenrun-torch-examples")
    with pytest.raises(AttributeError, match="no attribute 'parabaloid'"):
        _ = zenrun_torch_examples.parabaloid

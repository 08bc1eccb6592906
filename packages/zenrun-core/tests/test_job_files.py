"""The yaml files of a job say what OmegaConf would say."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from zenrun import hydra_run

# What yaml quotes, folds or leaves as it is, depending on where it stands.
WORDS = st.sampled_from(
    [
        *[
            "a",
            "no",
            "1",
            "1e3",
            "_",
            "-",
            "#x",
            "x#",
            "b:",
            "k=v",
            "~",
            "=",
            "...",
            "'",
            '"',
            "%Y",
            "(x)",
            "x,y",
            "[x]",
            "{x}",
            "/x",
            "x\\y",
            "0x1",
            "2020-01-01",
            "null",
        ],
        *["c: d", "w" * 30, "", "é", "\t", "\n"],
    ]
)
TEXTS = st.lists(WORDS, max_size=6).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda gap: gap.join(words))
)
SCALARS = TEXTS | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none()
KEYS = st.from_regex(r"[A-Za-z_]{1,6}", fullmatch=True) | st.sampled_from(
    ["no", "a b", "k" * 70, "1", "é"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=settings.default.max_examples // 2)
@given(st.dictionaries(KEYS.filter(lambda key: key != "hydra"), VALUES, max_size=4))
def test_config_file_of_a_job_has_the_bytes_of_omegaconf(config):
    """Whatever a config holds: short texts and long ones, at any depth, with signs that yaml knows."""
    expected = OmegaConf.to_yaml(OmegaConf.create(config))
    hydra_run(config, lambda _: None, ["hydra.run.dir=out"], with_log_configuration=False)
    written = Path("out/.hydra/config.yaml").read_bytes()
    assert written == expected.encode()

"""Defaults lists of any kind, those with interpolations too, lead to what Hydra makes of them."""

from __future__ import annotations

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reference import Case, assert_as_hydra
from strategies import examples
from worlds import FILES, STORED

DB = ("sqlite", "mysql", "plain", "needs")
# What a choice may be: a name, one that another group has, a few that nobody has, and no names at all.
NAMED = [
    "${db}",
    "${backup}",
    "${defaults.0.db}",
    "${db}${nope}",
    "${nope}",
    "${oc.env:HOME}",
    "${a.b}",
]
CHOICES = st.one_of(
    st.sampled_from(DB),
    st.sampled_from(NAMED),
    st.sampled_from(["???", "absent", None]),
    st.lists(st.sampled_from([*DB, "${db}"]), max_size=2),
)
GROUPS = st.sampled_from(
    ["db", "db@backup", "db@_global_", "override db", "optional db@third", "/db@fourth"]
)
ENTRIES = st.one_of(
    st.just("_self_"),
    st.sampled_from([{"db": "mysql"}, {"model": "net"}, {"server": "nginx"}, {"exp": "swap"}]),
    st.fixed_dictionaries({"model": st.sampled_from(["tree", "${db}", "absent"])}),
    st.builds(lambda group, choice: {group: choice}, GROUPS, CHOICES),
    st.sampled_from(["server/apache", "db/${db}", "server/${server}", "absent"]),
)
OVERRIDES = st.lists(
    st.sampled_from(
        [
            "db=plain",
            "+db=mysql",
            "~db",
            "db=${backup}",
            "+server=apache",
            "db@backup=mysql",
            "model=tree",
        ]
    ),
    max_size=2,
    unique=True,
)


@settings(max_examples=examples(6), suppress_health_check=list(HealthCheck))
@given(st.lists(ENTRIES, max_size=5), OVERRIDES)
@example([{"db": "mysql"}, {"db@backup": "${db}"}], ["db=plain"])
@example([{"db": "mysql"}, "db/${db}", {"db@backup": "${nope}"}], [])
def test_defaults_list_is_resolved_as_by_hydra(defaults, overrides):
    """Groups, packages, options, overrides and interpolations, right and wrong ones."""
    config = {"defaults": defaults, "a": 1}
    assert_as_hydra(Case(config, tuple(overrides), stored=STORED, files=FILES, many=False))

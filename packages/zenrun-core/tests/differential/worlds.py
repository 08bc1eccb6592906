"""The configs, config groups and yaml files that the runs are about.

Their values are what a test makes of them; this module only says what there is.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional  # noqa: UP035 - OmegaConf of Hydra's minimums reads these

from omegaconf import MISSING


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclass
class Leaf:
    width: int = 3
    label: str = "leaf"


@dataclass
class Inner:
    depth: int = 2
    name: str = "inner"
    leaf: Leaf = field(default_factory=Leaf)
    up: Any = "${..a}"


@dataclass
class Typed:
    a: int = 1
    x: float = 0.5
    s: str = "text"
    flag: bool = False
    maybe: Optional[int] = None  # noqa: UP045
    color: Color = Color.RED
    path: Path = Path("some/where")
    inner: Inner = field(default_factory=Inner)
    xs: List[int] = field(default_factory=lambda: [1, 2])  # noqa: UP006
    leaves: List[Leaf] = field(default_factory=lambda: [Leaf(), Leaf(7)])  # noqa: UP006
    table: Dict[str, float] = field(default_factory=lambda: {"p": 1.0})  # noqa: UP006
    anything: Any = None
    must: int = MISSING
    sum: Any = "${a}-${inner.depth}"
    num: Any = "${hydra:job.num}"
    job: Any = "${hydra:job.name}"
    year: Any = "${now:%Y}"
    env: Any = "${oc.env:ZENRUN_DIFFERENTIAL,unset}"
    same: Any = "${inner.leaf}"
    db: Any = None
    backup: Any = None
    model: Any = None
    server: Any = None
    hydra: Any = field(default_factory=dict)


@dataclass
class Sqlite:
    file: str = "db.sqlite"
    port: Optional[int] = None  # noqa: UP045


@dataclass
class MySql:
    host: str = "localhost"
    port: int = 3306
    url: str = "${.host}:${.port}/${a}"


@dataclass
class TypedWithDefaults(Typed):
    defaults: List[Any] = field(  # noqa: UP006
        default_factory=lambda: [{"db": "mysql"}, "_self_", {"optional model": "nowhere"}]
    )


PLAIN = {
    "a": 1,
    "x": 0.5,
    "s": "text",
    "flag": True,
    "none": None,
    "must": "???",
    "xs": [1, 2, {"deep": "${a}"}],
    "inner": {"depth": 2, "name": "inner", "leaf": {"width": 3}, "up": "${..a}"},
    "sum": "${a}-${inner.depth}",
    "num": "${hydra:job.num}",
    "dir": "${hydra:runtime.output_dir}",
    "choice": "${hydra:runtime.choices}",
    "text with spaces": 1,
    "env": "${oc.env:ZENRUN_DIFFERENTIAL,unset}",
    "select": "${oc.select:inner.nothing,${inner.depth}}",
}

# Groups in the ConfigStore.
STORED = (
    {"group": "db", "name": "sqlite", "node": Sqlite},
    {"group": "db", "name": "mysql", "node": MySql},
    {"group": "db", "name": "plain", "node": {"host": "plain", "opts": {"a": 1, "b": [1]}}},
    {"group": "db", "name": "needs", "node": {"host": "???", "port": 1}},
    {"group": "model", "name": "tree", "node": {"defaults": [{"head": "small"}, "_self_"], "k": 1}},
    {
        "group": "model",
        "name": "net",
        "node": {"defaults": ["_self_", {"head": "big"}, {"/db@second": "sqlite"}], "k": 2},
    },
    {"group": "model/head", "name": "small", "node": {"size": 1, "of": "${..k}"}},
    {"group": "model/head", "name": "big", "node": {"size": 100}},
    {"group": "opt", "name": "global", "node": {"s": "by opt", "fresh": 1}, "package": "_global_"},
    {"group": "opt", "name": "inner", "node": {"depth": 9}, "package": "inner"},
)

# Groups in yaml files, with packages in their headers.
FILES = {
    "server/apache.yaml": "name: apache\nport: 80\nurl: ${.name}:${.port}\n",
    "server/nginx.yaml": "defaults:\n  - base\n  - _self_\nname: nginx\n",
    "server/base.yaml": "workers: 4\nname: base\n",
    "exp/fast.yaml": "# @package _global_\na: 10\ninner:\n  depth: 11\n",
    "exp/swap.yaml": ("# @package _global_\ndefaults:\n  - override /server: nginx\ns: swapped\n"),
    "deep/one.yaml": "# @package inner.leaf\nwidth: 77\n",
    "deep/group.yaml": "# @package _group_\nwidth: 78\n",
}

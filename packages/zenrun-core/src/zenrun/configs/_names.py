"""The dotted paths of zenrun's own targets, which stand in yaml files and stay.

This module must not know what they do.
"""

from __future__ import annotations

GET_OBJ = "zenrun.funcs.get_obj"
ZEN_PROCESSING = "zenrun.funcs.zen_processing"

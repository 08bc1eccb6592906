"""A Python value, and what stands for it in a config.

`config_value` is the way in. A value that OmegaConf holds stays as it is; any other becomes a config
whose target makes the value again. The modules beside this one each know some types.

This room must not know which config the value goes into.
"""

from zenrun.configs._values._convert import config_value, just_config
from zenrun.configs._values._parts import Conversion

__all__ = ["Conversion", "config_value", "just_config"]

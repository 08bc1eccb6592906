"""`BuildsFn`: the functions that make configs as a class, whose rules users change by inheriting from it.

This module must not know how configs are stored or run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Optional, TypeVar, get_origin

from zenrun.configs._build import build_config
from zenrun.configs._checks import check_convert, check_recursive, checked_zen_convert
from zenrun.configs._dataclass import make_config_class
from zenrun.configs._kwargs_of import config_of_kwargs, kwargs_of
from zenrun.configs._make_config import MAKE_CONFIG_OPTIONS, config_of_fields, make_config
from zenrun.configs._names import GET_OBJ
from zenrun.configs._options import checked_options, split_options
from zenrun.configs._protocols import StdBuilds
from zenrun.configs._rules import RULES, Rules
from zenrun.configs._types import config_hint, is_config
from zenrun.configs._values import Conversion, config_value
from zenrun.typing import SupportedPrimitive

T = TypeVar("T")
V = TypeVar("V")


class BuildsFn(Generic[T]):
    """`builds`, `just`, `kwargs_of` and `make_config` as methods of a class that can be changed.

    - Override ``_make_hydra_compatible`` to have values of your own types turned into configs.
    - Override ``_sanitized_type`` to change the type hints that fields get.
    - Override ``_get_obj_path`` to change the paths that targets get.

    For a type checker, ``BuildsFn[CustomConfigType[MyType]]`` takes values of ``MyType`` too.

    Example:
        >>> from datetime import time
        >>> from zenrun import BuildsFn, instantiate
        >>> class MyBuilds(BuildsFn):
        ...     @classmethod
        ...     def _make_hydra_compatible(cls, value, **options):
        ...         if isinstance(value, time):
        ...             return cls.builds(time, value.hour, value.minute)
        ...         return super()._make_hydra_compatible(value, **options)
        >>> instantiate(MyBuilds.builds(dict, start=time(8, 30)))
        {'start': datetime.time(8, 30)}
    """

    @classmethod
    def _make_hydra_compatible(
        cls,
        value: Any,
        *,
        field_name: str = "",
        convert_dataclass: bool = True,
        conversion: Conversion | None = None,
        **_: Any,
    ) -> Any:
        """Give what stands for a value in a config.

        Args:
            value: The value.
            field_name: Where it stands.
            convert_dataclass: Whether dataclasses without a target become configs of themselves.
            conversion: All of what is asked for, where it is a part of another value.

        Returns:
            The value itself where OmegaConf can hold it, or a config of it.

        Raises:
            UnsupportedValueError: No config can hold the value.
            InvalidTargetError: It is a function or a class that no path leads to.
        """
        name = getattr(value, "__name__", None)
        named = callable(value) and isinstance(name, str) and not is_config(value)
        if named and cls._names_targets():
            return make_config_class(
                f"Just_{name}",
                [("_target_", str, GET_OBJ), ("path", str, cls._get_obj_path(value))],
                hidden=frozenset({"_target_"}),
                doc=f"A config of {name} itself.",
            )
        if conversion is None:
            conversion = Conversion(convert_dataclass, nested=cls._part)
        return config_value(value, field_name, conversion)

    @classmethod
    def _part(cls, value: Any, field_name: str, conversion: Conversion) -> Any:
        return cls._make_hydra_compatible(
            value,
            field_name=field_name,
            convert_dataclass=conversion.dataclasses,
            conversion=conversion,
        )

    @classmethod
    def _sanitized_type(
        cls,
        type_: Any,
        *,
        primitive_only: bool = False,
        wrap_optional: bool = False,
        nested: bool = False,
    ) -> Any:
        """Give the type hint that OmegaConf can hold in the place of another.

        Args:
            type_: The type hint of a parameter.
            primitive_only: Whether only bool, int, float, str and the like will do.
            wrap_optional: Whether None is taken too.
            nested: Whether the hint stands inside of a container's.
        """
        found = config_hint(type_)
        if (primitive_only or nested) and get_origin(found) is not None:
            found = Any
        return Optional[found] if wrap_optional and found is not Any else found  # noqa: UP045

    @classmethod
    def _get_obj_path(cls, target: Any) -> str:
        """Give the dotted path that stands for a target in a config.

        Args:
            target: A function or a class.

        Raises:
            InvalidTargetError: No path leads to it.
        """
        return RULES.path(target)

    @classmethod
    def _names_targets(cls) -> bool:
        return cls._get_obj_path.__func__ is not BuildsFn._get_obj_path.__func__  # type: ignore[attr-defined]

    @classmethod
    def _rules(cls) -> Rules:
        def value(item: Any, place: str, convert_dataclass: bool) -> Any:
            return cls._make_hydra_compatible(
                item, field_name=place, convert_dataclass=convert_dataclass
            )

        plain = cls._sanitized_type.__func__ is BuildsFn._sanitized_type.__func__  # type: ignore[attr-defined]
        return Rules(value, config_hint if plain else cls._sanitized_type, cls._get_obj_path)

    if TYPE_CHECKING:  # what they take is said once, by the functions
        builds: ClassVar[StdBuilds]
        just: ClassVar[Callable[..., Any]]
        kwargs_of = staticmethod(kwargs_of)
        make_config = staticmethod(make_config)
    else:

        @classmethod
        def builds(cls, target: Any, /, *args: Any, **kwargs: Any) -> Any:
            """Do what `zenrun.builds` does, by the rules of this class."""
            options, arguments = split_options(kwargs)
            return build_config(target, args, arguments, checked_options(**options), cls._rules())

        @classmethod
        def just(
            cls,
            obj: Any,
            *,
            zen_convert: Any = None,
            hydra_recursive: Any = None,
            hydra_convert: Any = None,
            zen_dataclass: Any = None,  # noqa: ARG003 - as hydra-zen's has it
        ) -> Any:
            """Do what `zenrun.just` does, by the rules of this class."""
            check_recursive(hydra_recursive)
            check_convert(hydra_convert)
            dataclasses, _ = checked_zen_convert(zen_convert, dataclass=True)
            conversion = Conversion(dataclasses, hydra_recursive, hydra_convert, nested=cls._part)
            return cls._part(obj, "", conversion)

        @classmethod
        def kwargs_of(cls, target: Any, /, **kwargs: Any) -> Any:
            """Do what `zenrun.kwargs_of` does, by the rules of this class."""
            options, overrides = split_options(kwargs)
            return config_of_kwargs(target, overrides, options, cls._rules())

        @classmethod
        def make_config(cls, /, *fields_as_args: Any, **kwargs: Any) -> Any:
            """Do what `zenrun.make_config` does, by the rules of this class."""
            options = {key: item for key, item in kwargs.items() if key in MAKE_CONFIG_OPTIONS}
            fields = {key: item for key, item in kwargs.items() if key not in options}
            return config_of_fields(fields_as_args, fields, options, cls._rules())


class DefaultBuilds(BuildsFn[SupportedPrimitive]):
    """The rules of `builds`, `just`, `kwargs_of` and `make_config` themselves."""

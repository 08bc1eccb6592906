"""Values of libraries that may not be there: numpy's arrays, torch's tensors.

A library is looked for among the loaded modules: a value is of one of its types only if it is there.

This module must not import any of them.
"""

from __future__ import annotations

import sys
from typing import Any

from zenrun.configs._values._made import call_config, instance_of, literal, value_config
from zenrun.configs._values._parts import Parts
from zenrun.configs._values._standard import named_object

_ARRAY = "zenrun.funcs.numpy_array"
_TENSOR = "zenrun.funcs.torch_tensor"


def of_library(value: Any, parts: Parts) -> Any:
    """Give the config of a value of numpy or torch.

    Args:
        value: The value.
        parts: Makes configs of what it holds.

    Returns:
        The config, or None where it is of neither.

    Raises:
        UnsupportedValueError: No config can hold such an array.
    """
    numpy: Any = sys.modules.get("numpy")
    # While another thread is still loading numpy, nobody has an array yet.
    if numpy is not None and hasattr(numpy, "generic"):
        if isinstance(value, numpy.generic):
            return _scalar(numpy, value, parts)
        if isinstance(value, numpy.dtype):
            return _dtype(numpy, value, parts)
        if isinstance(value, numpy.ndarray):
            return _array(numpy, value, parts)
    torch: Any = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "Tensor"):
        if isinstance(value, torch.Tensor):
            return _tensor(torch, value, parts)
        if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
            return named_object(str(value))
        if isinstance(value, torch.device):
            return value_config("torch.device", [str(value)])
        if isinstance(value, torch.Size):
            return value_config("torch.Size", [list(value)])
    return None


def _scalar(numpy: Any, value: Any, parts: Parts) -> Any:
    kind = value.dtype.kind
    target = f"numpy.{type(value).__name__}"
    if kind in "Mm":
        unit, count = numpy.datetime_data(value.dtype)
        number = int(value.view("int64"))
        if unit == "generic":
            if not numpy.isnat(value):
                return value_config(target, [number])
            return value_config(target, ["NaT"])
        return value_config(target, [number, unit if count == 1 else f"{count}{unit}"])
    plain = value.item() if kind in "biufcUS" else None
    if not isinstance(plain, (bool, int, float, complex, str, bytes)):
        parts.refuse(_no_numbers(value.dtype))
    return value_config(target, [literal(plain) if type(plain) is str else parts(plain)])


def _dtype(numpy: Any, value: Any, parts: Parts) -> Any:
    told = value.str if value.names is None and value.subdtype is None else value.descr
    try:
        same = numpy.dtype(told) == value
    except (TypeError, ValueError):
        same = False
    if not same:
        parts.refuse("is a dtype that its own description does not make again")
    return value_config("numpy.dtype", [parts(told)])


def _array(numpy: Any, value: Any, parts: Parts) -> Any:
    if type(value) is not numpy.ndarray:
        kind = type(value).__name__
        parts.refuse(f"is a {kind}. Give it as numpy.asarray(...), or builds({kind}, ...)")
    kind = value.dtype.kind
    plain = value
    if kind in "Mm":
        plain = value.astype(value.dtype.newbyteorder("=")).view("int64")
    elif kind == "c" and value.dtype.itemsize <= 16:
        plain = numpy.stack([value.real, value.imag], axis=-1)
    elif kind not in "biufSU" or (kind == "f" and value.dtype.itemsize > 8):
        parts.refuse(_no_numbers(value.dtype))
    items = plain.tolist()
    if kind == "U":
        items = _literals(items)
    kwargs: dict[str, Any] = {"values": items, "dtype": value.dtype.str}
    if value.size == 0:
        kwargs["shape"] = list(value.shape)
    return instance_of(call_config("Builds", "array", _ARRAY, kwargs))


def _literals(items: Any) -> Any:
    return [_literals(item) for item in items] if isinstance(items, list) else literal(items)


def _no_numbers(dtype: Any) -> str:
    return (
        f"is of numpy's dtype {dtype}, which no config can hold exactly. It can hold bools, integers, "
        "floats and complex numbers of up to 64 bits a part, texts, bytes, dates and times"
    )


def _tensor(torch: Any, value: Any, parts: Parts) -> Any:
    if type(value) not in (torch.Tensor, torch.nn.Parameter):
        kind = type(value).__name__
        parts.refuse(f"is a {kind}. Describe how to make it instead: builds({kind}, ...)")
    if value.layout is not torch.strided or value.is_quantized or value.device.type == "meta":
        parts.refuse("is a sparse, quantized or meta tensor, whose numbers no config can hold")
    plain = value.detach().cpu()
    items = (torch.view_as_real(plain.resolve_conj()) if plain.is_complex() else plain).tolist()
    kwargs: dict[str, Any] = {"values": items, "dtype": str(value.dtype).removeprefix("torch.")}
    if value.device.type != "cpu":
        kwargs["device"] = str(value.device)
    if value.requires_grad != (type(value) is torch.nn.Parameter):
        kwargs["requires_grad"] = value.requires_grad
    if type(value) is torch.nn.Parameter:
        kwargs["parameter"] = True
    if value.numel() == 0:
        kwargs["shape"] = list(value.shape)
    return instance_of(call_config("Builds", "tensor", _TENSOR, kwargs))

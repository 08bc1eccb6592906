"""Values of numpy and torch in configs, where the libraries are there."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zenrun import builds, instantiate, just, load_from_yaml, to_yaml
from zenrun.errors import UnsupportedValueError
from zenrun.funcs import numpy_array, torch_tensor

FEW = settings(max_examples=min(40, settings.default.max_examples))


def there_and_back(value):
    """Give what a value's config makes, by yaml, which has to be what it makes without."""
    config = just([value])
    (made,) = instantiate(config, _convert_="all")
    (read,) = instantiate(load_from_yaml(io.StringIO(to_yaml(config))), _convert_="all")
    assert type(read) is type(made)
    assert repr(read) == repr(made)
    return read


def test_value_of_numpy_scalars():
    """A number of numpy comes back as that number, of its type."""
    np = pytest.importorskip("numpy")
    for value in [
        np.float64(0.1),
        np.float32(0.1),
        np.float16(0.1),
        np.float64("nan"),
        np.float64("-0.0"),
        np.int8(-3),
        np.uint64(2**64 - 1),
        np.bool_(True),
        np.complex64(1 - 2j),
        np.complex128(complex("-0.0-infj")),
        np.str_("a ${b}"),
        np.str_("???"),
        np.bytes_(b"ab"),
        np.datetime64("2020-01-02T03:04:05"),
        np.datetime64(7, "25s"),
        np.datetime64("NaT"),
        np.timedelta64(3, "D"),
        np.timedelta64(3),
        np.timedelta64("NaT", "ms"),
    ]:
        made = there_and_back(value)
        assert (type(made), made.dtype, repr(made)) == (type(value), value.dtype, repr(value))


def test_value_of_numpy_arrays():
    """An array comes back with its dtype, its shape and its numbers, the sign of zero too."""
    np = pytest.importorskip("numpy")
    dtypes = ["?", "i1", "<u8", ">i4", "f2", "<f4", ">f8", "c8", ">c16", "M8[ns]", ">m8[3h]"]
    dtypes += ["U3", "S2"]
    shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)

    @FEW
    @given(st.sampled_from(dtypes), shapes, st.randoms(use_true_random=False))
    def check(name, shape, random):
        dtype = np.dtype(name)
        size = int(np.prod(shape))
        if dtype.kind in "fc":
            odd = [0.1, -0.0, np.inf, -np.inf, np.nan, 1e300, 5e-324, 1.5]
            with np.errstate(all="ignore"):
                parts = np.array([random.choice(odd) for _ in range(2 * size)]).astype(dtype)
            value = parts[:size].copy()
            if dtype.kind == "c":
                value.imag = parts[size:].real
        elif dtype.kind in "bUS":
            some = {"b": [True, False], "U": ["${a", "", "???"], "S": [b"a", b""]}[dtype.kind]
            value = np.array([random.choice(some) for _ in range(size)], dtype)
        else:
            raw = bytes(random.randrange(256) for _ in range(size * dtype.itemsize))
            value = np.frombuffer(raw, dtype)
        value = value.astype(dtype).reshape(shape)
        made = there_and_back(value)
        assert type(made) is np.ndarray
        assert (made.dtype, made.shape, bits(np, made)) == (dtype, shape, bits(np, value))

    check()


def bits(np, array):
    """Give the bytes of an array, with one kind of nan, as Python and yaml know one alone."""
    if array.dtype.kind not in "fc":
        return array.tobytes()
    parts = np.ascontiguousarray(array).reshape(-1).view(array.real.dtype).copy()
    parts[np.isnan(parts)] = np.nan
    return parts.tobytes()


def test_value_of_numpy_dtypes_and_functions():
    """Dtypes, ufuncs, functions and types are named."""
    np = pytest.importorskip("numpy")
    record = np.dtype([("a", "<i4"), ("b", "<f8", (2,))])
    for value in [np.dtype("f4"), np.dtype(">U5"), np.dtype("O"), np.dtype("M8[ms]"), record]:
        assert there_and_back(value) == value
    for value in [np.add, np.sin, np.mean, np.float32, np.ndarray, np.random.default_rng]:
        assert instantiate(just(value)) is value


def test_value_of_numpy_that_no_config_holds_is_refused():
    """The error names the place, the dtype, and what can be held."""
    np = pytest.importorskip("numpy")
    for value in (
        np.array([object()]),
        np.zeros(2, [("a", "i4")]),
        np.zeros(2, np.longdouble),
        np.longdouble(1),
        np.ma.masked_array([1, 2]),
    ):
        with pytest.raises(UnsupportedValueError) as caught:
            builds(dict, a=[value])
        assert caught.value.path == "a[0]"


def test_value_of_numpy_as_a_default_and_a_key():
    """Arrays are populated from signatures, and numbers of numpy are keys like others."""
    np = pytest.importorskip("numpy")
    config = builds(with_array(np), populate_full_signature=True)

    assert instantiate(config).tolist() == [1.0, 2.0]
    assert instantiate(just({np.int64(1): 2, (np.float32(3),): 4})) == {1: 2, (3.0,): 4}
    assert instantiate(config(a=3)) == 3


def with_array(np):
    """Give a function of this module whose default is an array."""
    function_with_array.__defaults__ = (np.array([1.0, 2.0]),)
    return function_with_array


def function_with_array(a=None):
    """Give the argument back."""
    return a


def test_numpy_array_of_nested_lists():
    """The target of configs of arrays can be named in a yaml file by hand."""
    pytest.importorskip("numpy")

    assert numpy_array([[1, 2], [3, 4]], dtype="<i2").tolist() == [[1, 2], [3, 4]]
    assert numpy_array([[1, 2]], "<c16").tolist() == [1 + 2j]
    assert numpy_array([], "<f4", shape=[0, 2]).shape == (0, 2)


def test_value_of_torch():
    """Tensors, parameters, dtypes, devices and sizes come back as they are."""
    torch = pytest.importorskip("torch")
    for value in [
        torch.tensor([1.5, float("nan"), -0.0]),
        torch.tensor([[True], [False]]),
        torch.tensor(7, dtype=torch.int8),
        torch.zeros((2, 0, 3), dtype=torch.float64),
        torch.tensor([1.1, 2.0], dtype=torch.bfloat16),
        torch.tensor([1 - 2j, 3j], dtype=torch.complex64),
        torch.ones(2, requires_grad=True),
        torch.nn.Parameter(torch.ones(2)),
        torch.nn.Parameter(torch.ones(2), requires_grad=False),
    ]:
        made = there_and_back(value)
        assert (type(made), made.dtype, made.shape) == (type(value), value.dtype, value.shape)
        assert made.requires_grad == value.requires_grad
        assert torch.equal(torch.nan_to_num(made.detach()), torch.nan_to_num(value.detach()))
    for value in [torch.float32, torch.device("cuda", 1), torch.Size([2, 3]), torch.strided]:
        assert there_and_back(value) == value
    for value in [torch.relu, torch.nn.Linear, torch.optim.Adam]:
        assert instantiate(just(value)) is value
    with pytest.raises(UnsupportedValueError, match="sparse"):
        just(torch.ones(2).to_sparse())
    with pytest.raises(ValueError, match="no dtype 'load'"):
        torch_tensor([1], dtype="load")


def test_value_of_attrs(monkeypatch):
    """An instance of an attrs class comes back as one, with what it holds."""
    attrs = pytest.importorskip("attrs")
    Item = attrs.make_class("Item", {"x": attrs.field(), "_y": attrs.field(default=1)}, frozen=True)
    Item.__module__ = __name__
    monkeypatch.setitem(globals(), "Item", Item)

    for value in [Item(1), Item((1, {2}), y=[Item(2j)])]:
        assert there_and_back(value) == value
    assert instantiate(just(Item)) is Item
    assert just(Item(1)).y == 1


def test_value_of_pydantic(monkeypatch):
    """An instance of a pydantic model comes back as one, with what it holds."""
    pydantic = pytest.importorskip("pydantic")

    class Model(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(extra="allow")
        x: int
        y: complex = 1j
        z: set[int] = pydantic.Field(default_factory=set, alias="zed")

    Model.__qualname__ = "Model"
    monkeypatch.setitem(globals(), "Model", Model)
    for value in [Model(x=1), Model(x=1, y=2j, zed={1, 2}, more=(1, 2))]:
        assert there_and_back(value) == value
    assert instantiate(just(Model)) is Model
    assert just(Model(x=3)).x == 3


def test_value_of_libraries_loads_none_of_them():
    """Making configs of other values imports neither numpy nor torch."""
    code = (
        "import sys; from zenrun import just; just({1}), just({(1,): 2j}); "
        "print('numpy' in sys.modules, 'torch' in sys.modules, 'omegaconf' in sys.modules, "
        "'decimal' in sys.modules, 'uuid' in sys.modules and 'zoneinfo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False False False False False\n"

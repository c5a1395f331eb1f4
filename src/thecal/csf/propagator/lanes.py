"""Vector lanes for compiled kernels: values of eight numbers that the processor handles together.

Numba's loops over a short last axis are not vectorised when arrays may overlap; these types are
LLVM vectors, so they always are. Only what the kernels need is here.
"""

from __future__ import annotations

from typing import Any

import numba as nb
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

WIDTH = 8
_FUSE = ("contract",)


def compiled(function: Any) -> Any:
    """Compile on first use and keep the machine code on disk where that is possible."""
    try:
        return nb.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # no folder to write to: compile in every process
        return nb.njit(nogil=True, error_model="numpy")(function)


class Lanes(types.Type):  # type: ignore[misc]
    """The Numba type of one vector."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Lanes({dtype})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, lanes: Any) -> None:
        element = ir.DoubleType() if lanes.dtype == types.float64 else ir.FloatType()
        super().__init__(manager, lanes, ir.VectorType(element, WIDTH))


def _place(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    array_type = signature.args[0]
    array = context.make_array(array_type)(context, builder, args[0])
    vector = context.get_value_type(Lanes(array_type.dtype))
    return builder.bitcast(builder.gep(array.data, [args[1]]), vector.as_pointer())


@intrinsic  # type: ignore[untyped-decorator]
def load(_: Any, array: Any, index: Any) -> Any:
    """Eight numbers of a contiguous one-dimensional array, from ``index`` on."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_place(context, builder, signature, args))
        value.align = signature.args[0].dtype.bitwidth // 8
        return value

    return Lanes(array.dtype)(array, index), generate


@intrinsic  # type: ignore[untyped-decorator]
def store(_: Any, array: Any, index: Any, lanes: Any) -> Any:
    """Put them there."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        done = builder.store(args[2], _place(context, builder, signature, args))
        done.align = signature.args[0].dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.none(array, index, lanes), generate


@intrinsic  # type: ignore[untyped-decorator]
def splat(_: Any, number: Any) -> Any:
    """One number in every lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector = context.get_value_type(signature.return_type)
        first = builder.insert_element(
            ir.Constant(vector, ir.Undefined), args[0], cgutils.int32_t(0)
        )
        mask = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
        return builder.shuffle_vector(first, first, mask)

    return Lanes(number)(number), generate


@intrinsic  # type: ignore[untyped-decorator]
def total(_: Any, lanes: Any) -> Any:
    """The sum over the lanes, in pairs."""

    def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        vector, width = args[0], WIDTH
        while width > 1:
            width //= 2
            kind = ir.VectorType(ir.IntType(32), width)
            low = builder.shuffle_vector(vector, vector, ir.Constant(kind, list(range(width))))
            high = builder.shuffle_vector(
                vector, vector, ir.Constant(kind, list(range(width, 2 * width)))
            )
            vector = builder.fadd(low, high)
        return builder.extract_element(vector, cgutils.int32_t(0))

    return lanes.dtype(lanes), generate


def _arithmetic(operation: str, meaning: str) -> Any:
    def typed(_: Any, a: Any, b: Any) -> Any:
        def generate(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            return getattr(builder, operation)(args[0], args[1], flags=_FUSE)

        return a(a, b), generate

    typed.__doc__ = meaning
    return intrinsic(typed)


add = _arithmetic("fadd", "a + b")
sub = _arithmetic("fsub", "a − b")
mul = _arithmetic("fmul", "a · b")
div = _arithmetic("fdiv", "a / b")

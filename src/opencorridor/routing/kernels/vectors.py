"""Vector steps that the compiler would not find: the lesser of two sums, with a tag, in place.

Two rows of one array might overlap for all that a compiler knows, so that it goes element by
element. In numpy a step is ``better = offer < to; to[better] = offer[better]; tags[better] = tag``.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

__all__ = ["LANES", "ZONES", "relax", "relax_from"]

# Lanes fill vectors; zones come in spans of all lengths, of which long vectors would waste more.
LANES = 8
ZONES = 4


def _numbers(width: int) -> Any:
    return ir.VectorType(ir.DoubleType(), width)


def _tags(width: int) -> Any:
    return ir.VectorType(ir.IntType(32), width)


def _at(context: Any, builder: Any, kind: Any, array: Any, index: Any, vector: Any) -> Any:
    """Return the pointer to the elements of an array from a flat index on, as a vector."""
    data = context.make_array(kind)(context, builder, value=array).data
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


def _spread(builder: Any, value: Any, vector: Any) -> Any:
    """Return a vector with one value in all places."""
    one = builder.insert_element(
        ir.Constant(vector, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
    )
    none = ir.Constant(_tags(vector.count), None)
    return builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), none)


def _loaded(builder: Any, pointer: Any, align: int) -> Any:
    found = builder.load(pointer)
    found.align = align
    return found


class _WholeStore(ir.instructions.StoreInstr):  # type: ignore[misc]
    """A store that stays a store of the whole vector.

    Of "select, then store where it came from" the compiler makes a masked store, which takes tens
    of cycles on many processors; of a volatile one it does not.
    """

    def descr(self, buf: list[str]) -> None:
        """Write the instruction."""
        plain: list[str] = []
        super().descr(plain)
        buf.append("".join(plain).replace("store ", "store volatile ", 1))


def _store(builder: Any, value: Any, pointer: Any, align: int) -> None:
    kept = _WholeStore(builder.block, value, pointer)
    kept.align = align
    builder._insert(kept)


def _keep_less(context: Any, builder: Any, types_: Any, args: Any, offer: Any) -> None:
    """Write ``offer`` and its tag where it is less: (to, index, tags, index, tag)."""
    numbers, words = offer.type, _tags(offer.type.count)
    to = _at(context, builder, types_[0], args[0], args[1], numbers)
    tags = _at(context, builder, types_[2], args[2], args[3], words)
    old = _loaded(builder, to, 8)
    better = builder.fcmp_ordered("<", offer, old)
    tag = _spread(builder, builder.trunc(args[4], ir.IntType(32)), words)
    _store(builder, builder.select(better, offer, old), to, 8)
    _store(builder, builder.select(better, tag, _loaded(builder, tags, 4)), tags, 4)


def _relax(
    typing: Any, a: Any, i: Any, b: Any, j: Any, to: Any, t: Any, tags: Any, m: Any, tag: Any
) -> Any:
    """Let to[t:] be the less of itself and a[i:] + b[j:], over LANES elements of flat arrays.

    Where it falls, tags[m:] becomes ``tag``.
    """
    count = types.int64

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds, wide = signature.args, _numbers(LANES)
        one = _loaded(builder, _at(context, builder, kinds[0], args[0], args[1], wide), 8)
        two = _loaded(builder, _at(context, builder, kinds[2], args[2], args[3], wide), 8)
        _keep_less(context, builder, kinds[4:], args[4:], builder.fadd(one, two))
        return context.get_dummy_value()

    return types.void(a, count, b, count, to, count, tags, count, count), code


def _relax_from(
    typing: Any, start: Any, b: Any, j: Any, to: Any, t: Any, tags: Any, m: Any, tag: Any
) -> Any:
    """Do as :data:`relax` over ZONES elements, with one number ``start`` for all of a[i:]."""
    count = types.int64

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds, wide = signature.args, _numbers(ZONES)
        two = _loaded(builder, _at(context, builder, kinds[1], args[1], args[2], wide), 8)
        offer = builder.fadd(_spread(builder, args[0], wide), two)
        _keep_less(context, builder, kinds[3:], args[3:], offer)
        return context.get_dummy_value()

    return types.void(types.float64, b, count, to, count, tags, count, count), code


relax: Any = intrinsic(_relax)
relax_from: Any = intrinsic(_relax_from)

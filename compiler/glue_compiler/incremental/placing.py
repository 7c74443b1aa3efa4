"""From addresses to offsets: facts whose statements are where they were are taken as they are."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from glue_compiler.facts.model import ModelFacts
from glue_compiler.incremental.pieces import SLOT_BITS
from glue_compiler.text.source import Span

T = TypeVar("T")

def placed(facts: ModelFacts, shifts: dict[int, int]) -> ModelFacts:
    import dataclasses
    def move(value, name=""):
        if value.__class__ is Span:
            return Span(value.start + shifts[value.start >> SLOT_BITS], value.end + shifts[value.end >> SLOT_BITS])
        if value.__class__ is tuple:
            return tuple(move(v) for v in value)
        if is_dataclass(value):
            ch={}
            for f in fields(value):
                v=getattr(value,f.name)
                if f.name in ("line_start","body_start"):
                    ch[f.name]=v+shifts[v>>SLOT_BITS]
                else:
                    ch[f.name]=move(v)
            return type(value)(**ch)
        return value
    ch={}
    for f in fields(facts):
        v=getattr(facts,f.name)
        ch[f.name]= v if f.name in ("first_code","comments","braces","syntax_errors","limits") else move(v)
    return ModelFacts(**ch)

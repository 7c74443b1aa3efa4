"""What can be completed, as items for the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.text.positions import to_range

if TYPE_CHECKING:
    from glue_compiler.editor.completion import Completions, Item

    from glue_lsp.session.snapshot import Snapshot

_KINDS = {
    "model": types.CompletionItemKind.Module,
    "source": types.CompletionItemKind.Folder,
    "table": types.CompletionItemKind.Struct,
    "column": types.CompletionItemKind.Field,
    "method": types.CompletionItemKind.Method,
    "property": types.CompletionItemKind.Property,
    "config": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
    "package": types.CompletionItemKind.Module,
    "version": types.CompletionItemKind.Value,
    "keyword": types.CompletionItemKind.Keyword,
}


def to_completion_list(found: Completions, snapshot: Snapshot) -> types.CompletionList:
    """The items in the compiler's order; `data` says what to ask about each when it is looked at."""
    where = to_range(snapshot.source, found.span, snapshot.encoding)
    uri = snapshot.document.uri
    items = [_item(item, index, where, uri) for index, item in enumerate(found.items)]
    return types.CompletionList(is_incomplete=False, items=items)


def _item(item: Item, index: int, where: types.Range, uri: str) -> types.CompletionItem:
    return types.CompletionItem(
        label=item.label,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        sort_text=f"{index:04}",
        filter_text=item.text if item.text != item.label else None,
        text_edit=types.TextEdit(where, item.text),
        data={"uri": uri, "topic": list(item.topic)} if item.topic else None,
    )

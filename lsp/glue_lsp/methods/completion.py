"""`textDocument/completion`: what can be written here; null outside of dbt's contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from glue_lsp.text.positions import to_range

if TYPE_CHECKING:
    from glue_compiler.editor.completion import Item

    from glue_lsp.server import GlueServer

METHOD = types.TEXT_DOCUMENT_COMPLETION
OPTIONS = types.CompletionOptions(trigger_characters=[".", '"', "'"], resolve_provider=True)

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


def handle(ls: GlueServer, params: types.CompletionParams) -> types.CompletionList | None:
    """The things that can be written at the cursor; their documentation comes on resolve."""
    from glue_compiler.editor.completion import complete

    view = ls.session.view(params.text_document.uri)
    if view is None:
        return None
    found = complete(view.place(view.offset(params.position)))
    if found is None:
        return None
    where = to_range(view.source, found.span, view.encoding)
    uri = params.text_document.uri
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

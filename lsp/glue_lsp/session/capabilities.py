"""What the client can do, resolved once from its capabilities to plain booleans."""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types
from pygls.capabilities import get_capability


@dataclass(frozen=True, slots=True)
class ClientFeatures:
    """The client's abilities that change what the server sends."""

    pull_diagnostics: bool = False
    refresh_diagnostics: bool = False
    related_information: bool = False
    diagnostic_tags: bool = False
    code_description: bool = False
    diagnostic_data: bool = False
    watch_files: bool = False
    watch_outside: bool = False
    configuration: bool = False
    configuration_events: bool = False
    resolve_code_action_edit: bool = False
    code_action_data: bool = False
    document_changes: bool = False
    rename_files: bool = False
    markdown_hover: bool = False
    markdown_completion: bool = False
    plain_completion: bool = True
    show_document: bool = False
    refresh_inlay_hints: bool = False
    hierarchical_symbols: bool = False
    signature_offsets: bool = False
    link_tooltips: bool = False
    work_done_progress: bool = False
    refresh_code_lenses: bool = False

    @staticmethod
    def of(capabilities: types.ClientCapabilities) -> ClientFeatures:
        """The features of a client, as it describes itself in `initialize`."""

        def has(path: str) -> bool:
            return bool(get_capability(capabilities, path, default=False))

        def lists(path: str, value: str) -> bool:
            return value in (get_capability(capabilities, path, default=None) or ())

        resolve = "text_document.code_action.resolve_support.properties"
        documentation = "text_document.completion.completion_item.documentation_format"
        publish = "text_document.publish_diagnostics"
        pull = "text_document.diagnostic"
        pulls = get_capability(capabilities, pull, default=None) is not None
        return ClientFeatures(
            pull_diagnostics=pulls,
            refresh_diagnostics=has("workspace.diagnostics.refresh_support"),
            related_information=has(f"{publish}.related_information")
            or has(f"{pull}.related_information"),
            diagnostic_tags=has(f"{publish}.tag_support") or has(f"{pull}.tag_support"),
            code_description=has(f"{publish}.code_description_support")
            or has(f"{pull}.code_description_support"),
            diagnostic_data=has(f"{publish}.data_support") or has(f"{pull}.data_support"),
            watch_files=has("workspace.did_change_watched_files.dynamic_registration"),
            watch_outside=has("workspace.did_change_watched_files.relative_pattern_support"),
            configuration=has("workspace.configuration"),
            configuration_events=has("workspace.did_change_configuration.dynamic_registration"),
            resolve_code_action_edit=lists(resolve, "edit"),
            code_action_data=has("text_document.code_action.data_support"),
            document_changes=has("workspace.workspace_edit.document_changes"),
            rename_files=lists(
                "workspace.workspace_edit.resource_operations", types.ResourceOperationKind.Rename
            ),
            markdown_hover=lists("text_document.hover.content_format", types.MarkupKind.Markdown),
            markdown_completion=lists(documentation, types.MarkupKind.Markdown),
            plain_completion=get_capability(capabilities, documentation, default=None) is None,
            show_document=has("window.show_document.support"),
            refresh_inlay_hints=has("workspace.inlay_hint.refresh_support"),
            link_tooltips=has("text_document.document_link.tooltip_support"),
            work_done_progress=has("window.work_done_progress"),
            refresh_code_lenses=has("workspace.code_lens.refresh_support"),
            hierarchical_symbols=has(
                "text_document.document_symbol.hierarchical_document_symbol_support"
            ),
            signature_offsets=has(
                "text_document.signature_help.signature_information"
                ".parameter_information.label_offset_support"
            ),
        )

"""What dbt may ask of this adapter beyond what every adapter has, and what stands behind each answer."""

from __future__ import annotations

import importlib.metadata
import re
from typing import TYPE_CHECKING

from dbt.adapters.capability import Capability, CapabilityDict, CapabilitySupport, Support

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CAPABILITIES", "declared"]

CAPABILITIES: Mapping[str, Support] = {
    # get_filtered_catalog, get_catalog_by_relations: few tables of a schema by GetTable, more by GetTables.
    "SchemaMetadataByRelations": Support.Full,
    # calculate_freshness_from_metadata: the Data Catalog, and the logs of tables that have one.
    "TableLastModifiedMetadata": Support.Full,
    # calculate_freshness_from_metadata_batch: all sources of a schema at once.
    "TableLastModifiedMetadataBatch": Support.Full,
    # get_catalog_for_single_relation: one GetTable.
    "GetCatalogForSingleRelation": Support.Full,
    # writers.py: batches have staged tables of their own, commits of one table follow one another.
    "MicrobatchConcurrency": Support.Full,
    # bridge_v2_catalog: catalogs.yml of the second version.
    "CatalogsV2": Support.Full,
}
"""By dbt's name of a capability: what is not here, dbt takes as unknown, and does without."""


_FROM: Mapping[str, tuple[int, int]] = {
    # Before, a microbatch model waits for batches that no thread is left to run: with one thread for ever.
    "MicrobatchConcurrency": (1, 11),
}
"""The dbt-core from which on a capability may be declared."""


def declared(dbt_core: str | None = None) -> CapabilityDict:
    """The capabilities as dbt reads them; one that the installed dbt-adapters does not know is left out.

    `dbt_core` is a version of dbt-core; that which is installed when it is not given.
    """
    version = _version(dbt_core or _installed())
    return CapabilityDict(
        {
            capability: CapabilitySupport(support=CAPABILITIES[capability.value])
            for capability in Capability
            if capability.value in CAPABILITIES and version >= _FROM.get(capability.value, (0, 0))
        }
    )


def _installed() -> str:
    try:
        return importlib.metadata.version("dbt-core")
    except importlib.metadata.PackageNotFoundError:
        return "0.0"  # the adapter alone: there is no run of dbt


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:2]))

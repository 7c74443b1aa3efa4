"""What dbt may ask of this adapter beyond what every adapter has, and what stands behind each answer."""

from __future__ import annotations

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


def declared() -> CapabilityDict:
    """The capabilities as dbt reads them; one that the installed dbt-adapters does not know is left out."""
    return CapabilityDict(
        {
            capability: CapabilitySupport(support=CAPABILITIES[capability.value])
            for capability in Capability
            if capability.value in CAPABILITIES
        }
    )

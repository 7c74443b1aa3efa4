from dbt.tests.adapter.empty.test_empty import MetadataWithEmptyFlag
class TestMetadata(MetadataWithEmptyFlag):
    pass

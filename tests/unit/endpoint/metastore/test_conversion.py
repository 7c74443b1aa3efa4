"""Tables, partitions, databases and functions between Hive's shapes and Glue's, by the rules of AWS's client."""

from __future__ import annotations

from typing import Any

import pytest
from glue_endpoint.metastore import to_glue, to_hive
from glue_endpoint.metastore.hive import HIVE
from glue_endpoint.metastore.names import partition_name, partition_values, refuse_unfit
from glue_endpoint.metastore.partitions import glue_expression
from hypothesis import given
from hypothesis import strategies as st
from thriftpy2.protocol.cybin import TCyBinaryProtocol
from thriftpy2.transport.memory import TCyMemoryBuffer

from tests.unit.endpoint.metastore.shapes import hive_partition, hive_table

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
PARAMETERS = st.dictionaries(NAME, TEXT, max_size=3)
NUMBER = st.integers(0, 2**31 - 1)
FIELDS = st.lists(
    st.builds(HIVE.FieldSchema, name=NAME, type=TEXT, comment=st.none() | TEXT), max_size=3
)
SKEWED = st.builds(
    HIVE.SkewedInfo,
    skewedColNames=st.lists(NAME, max_size=2),
    skewedColValues=st.lists(st.lists(TEXT, max_size=3), max_size=3),
    skewedColValueLocationMaps=st.dictionaries(
        st.lists(TEXT, min_size=1, max_size=2).map(tuple), TEXT, max_size=2
    ),
)
STORAGE = st.builds(
    HIVE.StorageDescriptor,
    cols=FIELDS,
    location=st.none() | TEXT,
    inputFormat=TEXT,
    outputFormat=TEXT,
    compressed=st.booleans(),
    numBuckets=st.integers(-1, 100),
    serdeInfo=st.builds(
        HIVE.SerDeInfo, name=st.none() | NAME, serializationLib=NAME, parameters=PARAMETERS
    ),
    bucketCols=st.lists(NAME, max_size=2),
    sortCols=st.lists(st.builds(HIVE.Order, col=NAME, order=st.integers(0, 1)), max_size=2),
    parameters=PARAMETERS,
    skewedInfo=st.none() | SKEWED,
    storedAsSubDirectories=st.booleans(),
)
TABLE = st.builds(
    HIVE.Table,
    tableName=NAME,
    dbName=st.just("d"),
    owner=st.none() | NAME,
    createTime=st.just(0),
    lastAccessTime=NUMBER,
    retention=NUMBER,
    sd=STORAGE,
    partitionKeys=FIELDS,
    parameters=PARAMETERS,
    viewOriginalText=st.none() | TEXT,
    viewExpandedText=st.none() | TEXT,
    tableType=st.sampled_from(["MANAGED_TABLE", "EXTERNAL_TABLE", "VIRTUAL_VIEW"]),
)


def over_the_wire(struct: Any) -> Any:
    buffer = TCyMemoryBuffer()
    struct.write(TCyBinaryProtocol(buffer))
    read = type(struct)()
    read.read(TCyBinaryProtocol(TCyMemoryBuffer(buffer.getvalue()), strict_decode=True))
    return read


@given(TABLE)
def test_a_table_comes_back_as_hive_gave_it(table: Any) -> None:
    assert to_hive.hive_table(to_glue.table_input(table), "d") == table


@given(TABLE.filter(lambda t: not (t.sd.skewedInfo and t.sd.skewedInfo.skewedColValueLocationMaps)))
def test_what_we_answer_can_be_read(table: Any) -> None:
    """A map whose keys are lists can be written, but Thrift for Python cannot read it."""
    answer = to_hive.hive_table(to_glue.table_input(table), "d")
    assert over_the_wire(answer) == answer


@given(
    st.builds(
        HIVE.Partition,
        values=st.lists(TEXT, min_size=1, max_size=3),
        lastAccessTime=NUMBER,
        sd=STORAGE,
        parameters=PARAMETERS,
    )
)
def test_a_partition_comes_back_as_hive_gave_it(partition: Any) -> None:
    assert to_hive.hive_partition(to_glue.partition_input(partition)) == partition


@given(
    st.builds(
        HIVE.Database,
        name=NAME,
        description=st.none() | TEXT,
        locationUri=TEXT,
        parameters=PARAMETERS,
    )
)
def test_a_database_comes_back_as_hive_gave_it(database: Any) -> None:
    assert to_hive.hive_database(to_glue.database_input(database)) == database


@given(
    st.builds(
        HIVE.Function,
        functionName=NAME,
        dbName=st.just("d"),
        className=NAME,
        ownerName=NAME,
        ownerType=st.sampled_from([1, 2, 3]),
        createTime=st.just(0),
        functionType=st.just(1),
        resourceUris=st.lists(
            st.builds(HIVE.ResourceUri, resourceType=st.sampled_from([1, 2, 3]), uri=TEXT),
            max_size=2,
        ),
    )
)
def test_a_function_comes_back_as_hive_gave_it(function: Any) -> None:
    assert to_hive.hive_function(to_glue.function_input(function), "d") == function


def test_what_hive_leaves_unset_is_left_out_and_numbers_are_zero() -> None:
    serde = HIVE.SerDeInfo(serializationLib="org.Lazy")
    table = HIVE.Table(tableName="t", sd=HIVE.StorageDescriptor(cols=[], serdeInfo=serde))
    assert to_glue.table_input(table) == {
        "Name": "t",
        "LastAccessTime": 0,
        "Retention": 0,
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [],
            "Compressed": False,
            "NumberOfBuckets": 0,
            "SerdeInfo": {"SerializationLibrary": "org.Lazy"},
            "StoredAsSubDirectories": False,
        },
    }


def test_owners_of_databases_have_no_place_in_glue() -> None:
    database = HIVE.Database(name="d", ownerName="me", ownerType=1)
    assert to_glue.database_input(database) == {"Name": "d"}


def test_a_database_without_a_location_has_the_empty_text_for_it() -> None:
    assert to_hive.hive_database({"Name": "d"}).locationUri == ""


WHOLE = {
    "Name": "t",
    "TableType": "EXTERNAL_TABLE",
    "StorageDescriptor": {
        "InputFormat": "i",
        "OutputFormat": "o",
        "SerdeInfo": {"SerializationLibrary": "s"},
    },
}


@pytest.mark.parametrize(
    ("without", "said"),
    [
        (("TableType",), "TableType"),
        (("StorageDescriptor",), "StorageDescriptor"),
        (("StorageDescriptor", "InputFormat"), "StorageDescriptor#InputFormat"),
        (("StorageDescriptor", "OutputFormat"), "StorageDescriptor#OutputFormat"),
        (("StorageDescriptor", "SerdeInfo"), "StorageDescriptor#SerdeInfo"),
        (
            ("StorageDescriptor", "SerdeInfo", "SerializationLibrary"),
            "StorageDescriptor#SerdeInfo#SerializationLibrary",
        ),
    ],
)
def test_a_table_without_what_hive_needs_is_refused_in_the_words_of_aws(
    without: tuple[str, ...], said: str
) -> None:
    with pytest.raises(HIVE.MetaException) as refused:
        to_hive.hive_table(_less(WHOLE, without), "d")
    assert refused.value.message == f"{said} cannot be null for table: t"


def _less(document: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    first, *rest = path
    kept = {key: value for key, value in document.items() if key != first}
    return {**kept, first: _less(document[first], tuple(rest))} if rest else kept


def test_a_table_of_a_storage_handler_needs_no_formats() -> None:
    table = {
        "Name": "t",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"storage_handler": "org.Handler"},
        "StorageDescriptor": {"SerdeInfo": {}},
    }
    assert to_hive.hive_table(table, "d").parameters == {"storage_handler": "org.Handler"}


def test_a_type_of_table_that_hive_does_not_know() -> None:
    with pytest.raises(HIVE.MetaException, match=r"No enum constant .*TableType\.DELTA'"):
        to_hive.hive_table({**WHOLE, "TableType": "DELTA"}, "d")


@given(st.lists(TEXT, max_size=4))
def test_skewed_values_are_one_text_in_glue(values: list[str]) -> None:
    assert to_hive.split_values(to_glue.joined_values(values)) == values


@pytest.mark.parametrize("text", ["x", "9$a", "a$a", "-1$a", "1"])
def test_a_text_that_is_no_list_of_skewed_values(text: str) -> None:
    with pytest.raises(HIVE.MetaException, match="no list of skewed values"):
        to_hive.split_values(text)


@given(st.lists(st.text(st.characters(max_codepoint=0x2FF), min_size=1), min_size=1, max_size=3))
def test_a_partition_s_name_holds_its_values(values: list[str]) -> None:
    keys = [HIVE.FieldSchema(name=f"K{n}") for n in range(len(values))]
    assert partition_values(partition_name(keys, values)) == values


def test_partition_names_are_hive_s() -> None:
    keys = [HIVE.FieldSchema(name="Day"), HIVE.FieldSchema(name="n")]
    assert partition_name(keys, ["it's a/b=c%", ""]) == (
        "day=it%27s a%2Fb%3Dc%25/n=__HIVE_DEFAULT_PARTITION__"
    )
    with pytest.raises(HIVE.MetaException, match="Invalid partition key & values"):
        partition_name(keys, ["x"])
    with pytest.raises(HIVE.MetaException, match="Partition name is invalid"):
        partition_values("nothing")


@pytest.mark.parametrize(
    "kind", ["int", "array<string>", "struct<a:int>", "decimal(9,2)", "map<int,int>"]
)
def test_types_that_hive_knows(kind: str) -> None:
    refuse_unfit(hive_table("t", keys={"p": kind}))


def test_names_and_types_that_hive_refuses() -> None:
    with pytest.raises(HIVE.InvalidObjectException, match="a-b is not a valid object name"):
        refuse_unfit(hive_table("a-b"))
    with pytest.raises(HIVE.InvalidObjectException, match="Invalid partition column type: long"):
        refuse_unfit(hive_table("t", keys={"p": "long"}))


@pytest.mark.parametrize(
    ("hive", "glue"),
    [
        ('day = "2026-01-02" and n >= 5', "day = '2026-01-02' and n >= 5"),
        ('(day = "a" or day = "b")', "(day = 'a' or day = 'b')"),
        ('day like "2026.*"', "day like '2026%'"),
        ('day like ".*02"', "day like '%02'"),
        ('day like ".*01.*" and n = 1', "day like '%01%' and n = 1"),
        ("  ", None),
        (None, None),
    ],
)
def test_filters(hive: str | None, glue: str | None) -> None:
    assert glue_expression(hive) == glue


def test_a_partition_of_no_storage() -> None:
    assert to_hive.hive_partition({"Values": ["1"]}).sd is None
    with pytest.raises(HIVE.MetaException, match="StorageDescriptor cannot be null"):
        to_glue.partition_input(HIVE.Partition(values=["1"]))
    assert to_glue.partition_input(hive_partition(hive_table("t"), "1"))["Values"] == ["1"]

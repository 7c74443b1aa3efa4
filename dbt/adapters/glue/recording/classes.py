"""Names of classes that may stay in a recording: those that Hive, Spark and Glue write, which no user has named."""

from __future__ import annotations

import builtins

__all__ = ["ERROR_CLASSES", "TABLE_CLASSES"]

_HADOOP = (
    "mapred.FileInputFormat",
    "mapred.FileOutputFormat",
    "mapred.SequenceFileInputFormat",
    "mapred.SequenceFileOutputFormat",
    "mapred.TextInputFormat",
    "mapred.TextOutputFormat",
    "hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "hive.ql.io.HiveSequenceFileOutputFormat",
    "hive.ql.io.IgnoreKeyTextOutputFormat",
    "hive.ql.io.RCFileInputFormat",
    "hive.ql.io.RCFileOutputFormat",
    "hive.ql.io.SymlinkTextInputFormat",
    "hive.ql.io.avro.AvroContainerInputFormat",
    "hive.ql.io.avro.AvroContainerOutputFormat",
    "hive.ql.io.orc.OrcInputFormat",
    "hive.ql.io.orc.OrcOutputFormat",
    "hive.ql.io.orc.OrcSerde",
    "hive.ql.io.parquet.MapredParquetInputFormat",
    "hive.ql.io.parquet.MapredParquetOutputFormat",
    "hive.ql.io.parquet.serde.ParquetHiveSerDe",
    "hive.serde2.JsonSerDe",
    "hive.serde2.MultiDelimitSerDe",
    "hive.serde2.OpenCSVSerde",
    "hive.serde2.RegexSerDe",
    "hive.serde2.avro.AvroSerDe",
    "hive.serde2.columnar.ColumnarSerDe",
    "hive.serde2.columnar.LazyBinaryColumnarSerDe",
    "hive.serde2.lazy.LazySimpleSerDe",
    "hive.serde2.lazybinary.LazyBinarySerDe",
)

TABLE_CLASSES = frozenset(
    [
        *(f"org.apache.hadoop.{name}" for name in _HADOOP),
        "com.amazon.emr.cloudtrail.CloudTrailInputFormat",
        "com.amazon.emr.hive.serde.CloudTrailSerde",
        "com.amazon.ionhiveserde.IonHiveSerDe",
        "com.amazon.ionhiveserde.formats.IonInputFormat",
        "com.amazon.ionhiveserde.formats.IonOutputFormat",
        "com.amazonaws.glue.serde.GrokSerDe",
        "io.delta.hive.DeltaInputFormat",
        "io.delta.hive.DeltaOutputFormat",
        "org.apache.hive.hcatalog.data.JsonSerDe",
        "org.apache.hudi.hadoop.HoodieParquetInputFormat",
        "org.apache.hudi.hadoop.realtime.HoodieParquetRealtimeInputFormat",
        "org.apache.iceberg.mr.hive.HiveIcebergInputFormat",
        "org.apache.iceberg.mr.hive.HiveIcebergOutputFormat",
        "org.apache.iceberg.mr.hive.HiveIcebergSerDe",
        "org.openx.data.jsonserde.JsonSerDe",
        "parquet.hive.DeprecatedParquetInputFormat",
        "parquet.hive.DeprecatedParquetOutputFormat",
        "parquet.hive.serde.ParquetHiveSerDe",
    ]
)
"""How the files of a table are read and written."""

ERROR_CLASSES = frozenset(
    [
        *(
            name
            for name, found in vars(builtins).items()
            if isinstance(found, type) and issubclass(found, BaseException)
        ),
        # PySpark's, and py4j's below it
        "AnalysisException",
        "ArithmeticException",
        "ArrayIndexOutOfBoundsException",
        "DateTimeException",
        "IllegalArgumentException",
        "NumberFormatException",
        "ParseException",
        "Py4JError",
        "Py4JJavaError",
        "Py4JNetworkError",
        "PySparkAssertionError",
        "PySparkAttributeError",
        "PySparkException",
        "PySparkNotImplementedError",
        "PySparkRuntimeError",
        "PySparkTypeError",
        "PySparkValueError",
        "PythonException",
        "QueryExecutionException",
        "SparkRuntimeException",
        "SparkUpgradeException",
        "StreamingQueryException",
        "TempTableAlreadyExistsException",
        "UnknownException",
        "UnsupportedOperationException",
        # the session runtime's
        "ContractError",
        "DbtError",
        "ForcedAction",
        "FunctionRefused",
        "ModelError",
        "OutOfReach",
        "RowTooLong",
        "WriteRefused",
    ]
)
"""Of errors that a statement answers."""

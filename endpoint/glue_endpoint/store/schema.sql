-- The Data Catalog in Glue's own shape, and what else AWS remembers beside it.
--
-- `given` is what a client gave, as JSON: a DatabaseInput, a TableInput, a PartitionInput, and so on,
-- without the names that are columns here. Names are in lower case, times are seconds since the epoch.

CREATE TABLE IF NOT EXISTS databases (
  id INTEGER PRIMARY KEY,
  catalog TEXT NOT NULL,
  name TEXT NOT NULL,
  created REAL NOT NULL,
  given TEXT NOT NULL,
  UNIQUE (catalog, name)
);

CREATE TABLE IF NOT EXISTS tables (
  id INTEGER PRIMARY KEY,
  database INTEGER NOT NULL REFERENCES databases ON DELETE CASCADE,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  created REAL NOT NULL,
  updated REAL NOT NULL,
  given TEXT NOT NULL,
  UNIQUE (database, name)
);

-- The versions before the one in `tables`, unless SkipArchive left them out.
CREATE TABLE IF NOT EXISTS table_versions (
  table_id INTEGER NOT NULL REFERENCES tables ON DELETE CASCADE,
  version INTEGER NOT NULL,
  updated REAL NOT NULL,
  given TEXT NOT NULL,
  PRIMARY KEY (table_id, version)
) WITHOUT ROWID;

-- `key` is the list of values as JSON.
CREATE TABLE IF NOT EXISTS partitions (
  id INTEGER PRIMARY KEY,
  table_id INTEGER NOT NULL REFERENCES tables ON DELETE CASCADE,
  key TEXT NOT NULL,
  created REAL NOT NULL,
  given TEXT NOT NULL,
  UNIQUE (table_id, key)
);

CREATE TABLE IF NOT EXISTS partition_indexes (
  table_id INTEGER NOT NULL REFERENCES tables ON DELETE CASCADE,
  name TEXT NOT NULL,
  given TEXT NOT NULL,
  PRIMARY KEY (table_id, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS table_statistics (
  table_id INTEGER NOT NULL REFERENCES tables ON DELETE CASCADE,
  column_name TEXT NOT NULL,
  given TEXT NOT NULL,
  PRIMARY KEY (table_id, column_name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS partition_statistics (
  partition_id INTEGER NOT NULL REFERENCES partitions ON DELETE CASCADE,
  column_name TEXT NOT NULL,
  given TEXT NOT NULL,
  PRIMARY KEY (partition_id, column_name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS functions (
  database INTEGER NOT NULL REFERENCES databases ON DELETE CASCADE,
  name TEXT NOT NULL,
  created REAL NOT NULL,
  given TEXT NOT NULL,
  PRIMARY KEY (database, name)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS connections (
  catalog TEXT NOT NULL,
  name TEXT NOT NULL,
  created REAL NOT NULL,
  updated REAL NOT NULL,
  given TEXT NOT NULL,
  PRIMARY KEY (catalog, name)
) WITHOUT ROWID;

-- Tags of any resource of Glue, by its ARN.
CREATE TABLE IF NOT EXISTS resource_tags (
  arn TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (arn, key)
) WITHOUT ROWID;

-- What Lake Formation keeps: tags (`tag`), tags given to a resource (`tagged`), permissions (`grant`)
-- and data cells filters (`filter`). What is about a database or table goes with it.
CREATE TABLE IF NOT EXISTS lake_formation (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  database INTEGER REFERENCES databases ON DELETE CASCADE,
  table_id INTEGER REFERENCES tables ON DELETE CASCADE,
  given TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) WITHOUT ROWID;

-- S3 Tables. `catalogs` has `s3tablescatalog` alone, in which every table bucket is a catalog; what
-- tables left is noted in `purges` until it is removed, so that a killed process leaves nothing behind.
CREATE TABLE IF NOT EXISTS catalogs (
  name TEXT PRIMARY KEY,
  created REAL NOT NULL,
  given TEXT
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS table_buckets (
  name TEXT PRIMARY KEY,
  created REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS purges (location TEXT PRIMARY KEY) WITHOUT ROWID;

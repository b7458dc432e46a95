-- same_engine: whether the inputs of a run were fixed by the same program and
-- database: another may give another last digit.
-- @run_id;  @program  SHA-256 of the program's statements
select engine = concat_ws(' ', @program::text, (select max(version_id) from goose_db_version), version(), postgis_full_version())
from run
where id = @run_id

-- mark_fixed: what was noted so far was noted when the inputs were settled; and
-- which program and database compute the run.
-- @run_id;  @program  SHA-256 of the program's statements
with noted as (
    update run_diagnostic set fixed = true where run_id = @run_id
)
update run
set engine = concat_ws(' ', @program::text, (select max(version_id) from goose_db_version), version(), postgis_full_version())
where id = @run_id

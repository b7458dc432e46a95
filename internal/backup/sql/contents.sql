-- contents: what a manifest says of the database.
select (select max(version_id) from goose_db_version where is_applied) as schema, current_setting('server_version') as postgres,
       (select extversion from pg_extension where extname = 'postgis') as postgis,
       (select count(*) from ledger_event) as events,
       coalesce((select encode(sha256, 'hex') from ledger_event order by no desc limit 1), '') as head

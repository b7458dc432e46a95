-- database: its size, its sessions, and how far the replica that is furthest behind is, in bytes of the log and in seconds.
select pg_database_size(current_database())::double precision as size_bytes,
       (select count(*) from pg_stat_activity where datname = current_database())::double precision as sessions,
       current_setting('max_connections')::double precision as max_sessions,
       (select count(*) from pg_stat_replication)::double precision as replicas,
       case when pg_is_in_recovery() then 0
            else coalesce((select max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) from pg_stat_replication), 0) end::double precision as lag_bytes,
       coalesce((select extract(epoch from max(replay_lag)) from pg_stat_replication), 0)::double precision as lag_s

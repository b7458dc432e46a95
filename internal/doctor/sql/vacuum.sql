-- vacuum: tables of which a large part is dead, and the age of the oldest transaction of the database beside where the server stops.
select array(select relname::text from pg_stat_user_tables
             where n_dead_tup > 100000 and n_dead_tup > n_live_tup / 2 order by n_dead_tup desc, relname limit 5) as dead,
       (select age(datfrozenxid) from pg_database where datname = current_database())::bigint as age

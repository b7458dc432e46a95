-- settings: the server's version and those of its settings that matter, as plain numbers of bytes where they are sizes.
select version() as version, postgis_full_version() as postgis,
       current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
       current_setting('synchronous_commit') as synchronous_commit, current_setting('jit') as jit,
       current_setting('timezone') as timezone, current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
       pg_size_bytes(current_setting('shared_buffers')) as shared_buffers, pg_size_bytes(current_setting('work_mem')) as work_mem,
       current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint as connections

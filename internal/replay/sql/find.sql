-- find: what is kept of a key; lost says that its request was carried out by a
-- program which is no longer there, so that nobody will say any more what came of it.
-- @key
select request_sha256, coalesce(status, 0) as status, coalesce(header, '{}') as header, coalesce(body, '') as body,
       case when status is null and carried_out then coalesce(pg_try_advisory_xact_lock(owner), false) else false end as lost
from kept_reply
where key = @key

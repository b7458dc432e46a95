-- claim: takes a key for a request, unless it is taken; one that is older than
-- a day is free again, and so is that of a program which is no longer there and did
-- nothing.
-- @key;  @sha256  of the request;  @owner  the program's presence
insert into kept_reply as k (key, request_sha256, owner) values (@key, @sha256, @owner)
on conflict (key) do update
set request_sha256 = excluded.request_sha256, owner = excluded.owner, carried_out = false, claimed_at = now(), status = null, header = null, body = null
where k.claimed_at < now() - interval '1 day' or k.claimed_at > now() + interval '1 day'
   or k.status is null and not k.carried_out and pg_try_advisory_xact_lock(k.owner)
returning true as claimed

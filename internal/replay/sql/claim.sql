-- claim: takes a key for a request, unless it is taken; one that is older than
-- a day is free again.
-- @key;  @sha256  of the request
insert into kept_reply as k (key, request_sha256) values (@key, @sha256)
on conflict (key) do update
set request_sha256 = excluded.request_sha256, claimed_at = now(), status = null, header = null, body = null
where k.claimed_at < now() - interval '1 day'
returning true as claimed

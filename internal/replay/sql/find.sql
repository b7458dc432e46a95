-- find: what is kept of a key.
-- @key
select request_sha256, coalesce(status, 0) as status, coalesce(header, '{}') as header, coalesce(body, '') as body
from kept_reply
where key = @key

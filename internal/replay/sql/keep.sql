-- keep: keeps the reply to the request that claimed a key.
-- @key;  @sha256  of the request;  @status, @header, @body
update kept_reply set status = @status, header = @header, body = @body
where key = @key and request_sha256 = @sha256 and status is null

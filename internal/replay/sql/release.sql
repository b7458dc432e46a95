-- release: gives back a key whose request created nothing.
-- @key;  @sha256  of the request
delete from kept_reply where key = @key and request_sha256 = @sha256 and status is null

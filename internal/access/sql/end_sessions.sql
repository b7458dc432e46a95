-- end_sessions: ends the sessions of an account, but one.
-- @id;  @keep  SHA-256 of its token, null for none
delete from account_session where account_id = @id and token_sha256 is distinct from @keep::bytea

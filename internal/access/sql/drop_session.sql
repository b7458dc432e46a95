-- drop_session: ends a session.
-- @token_sha256
delete from account_session where token_sha256 = @token_sha256

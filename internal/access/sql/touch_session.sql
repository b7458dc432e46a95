-- touch_session: notes that a session is in use.
-- @token_sha256
update account_session set seen_at = now() where token_sha256 = @token_sha256

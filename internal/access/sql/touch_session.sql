-- touch_session: notes that a session is in use. It began no later than now, whatever
-- the clock said then.
-- @token_sha256
update account_session set seen_at = now(), created_at = least(created_at, now()) where token_sha256 = @token_sha256

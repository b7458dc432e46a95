-- revoke_token: ends a token; one that was revoked stays so since then.
-- @id
update account_token set revoked_at = coalesce(revoked_at, now()) where id = @id

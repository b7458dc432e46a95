-- revoke_tokens: ends all tokens of an account.
-- @account_id
update account_token set revoked_at = now() where account_id = @account_id and revoked_at is null

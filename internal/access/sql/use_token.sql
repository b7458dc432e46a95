-- use_token: notes that a token was used.
-- @id
update account_token set last_used_at = now() where id = @id

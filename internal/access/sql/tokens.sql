-- tokens: the tokens of an account, or all, or one; newest first.
-- @account_id  null for all;  @id  null for all
select t.id, a.name as account, t.name, t.role, t.counties, t.created_at, t.expires_at, t.revoked_at, t.last_used_at
from account_token t
join account a on a.id = t.account_id
where (@account_id::bigint is null or t.account_id = @account_id) and (@id::bigint is null or t.id = @id)
order by t.id desc

-- token: whose a token is that is neither over nor revoked, with the rights of both.
-- @token_sha256
select a.id, a.name, a.role, a.counties, t.id as token_id, t.role as token_role, t.counties as token_counties,
       coalesce(t.last_used_at < now() - interval '1 minute', true) as stale
from account_token t
join account a on a.id = t.account_id and a.disabled_at is null
where t.token_sha256 = @token_sha256 and t.revoked_at is null and t.expires_at > now()
order by a.id

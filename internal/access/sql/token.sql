-- token: whose a token is that is neither over nor revoked, with the rights of both.
-- One that would be good for longer than any may be was made by a clock that has been
-- put back since, and is not good yet.
-- @token_sha256;  @most_days
select a.id, a.name, a.role, a.counties, t.id as token_id, t.role as token_role, t.counties as token_counties,
       coalesce(t.last_used_at not between now() - interval '1 minute' and now(), true) as stale
from account_token t
join account a on a.id = t.account_id and a.disabled_at is null
where t.token_sha256 = @token_sha256 and t.revoked_at is null and t.expires_at > now() and t.expires_at <= now() + make_interval(days => @most_days + 1)
order by a.id

-- session: the account of a session that is not over. One whose times lie ahead, for
-- the clock was put back since, is bounded by as much on that side.
-- @token_sha256;  @idle_minutes;  @most_minutes
select a.id, a.name, a.role, a.counties, s.seen_at not between now() - interval '1 minute' and now() as stale
from account_session s
join account a on a.id = s.account_id and a.disabled_at is null
where s.token_sha256 = @token_sha256
  and s.seen_at between now() - make_interval(mins => @idle_minutes::int) and now() + make_interval(mins => @idle_minutes::int)
  and s.created_at between now() - make_interval(mins => @most_minutes::int) and now() + make_interval(mins => @most_minutes::int)
order by a.id

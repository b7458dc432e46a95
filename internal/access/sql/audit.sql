-- audit: events of the audit log, newest first.
-- @actor  '' for all;  @action  '' for all, or how it begins;  @resource  '' for all, or what is in it;  @result  '' for all
-- @since;  @until  null for no bound;  @before  a number, or 0;  @limit
select no, at, actor, via, address, action, resource, result, body, sha256
from audit_event
where (@actor = '' or actor = @actor) and (@action = '' or starts_with(action, @action)) and (@resource = '' or strpos(resource, @resource) > 0)
  and (@result = '' or result = @result) and (@since::timestamptz is null or at >= @since) and (@until::timestamptz is null or at < @until)
  and (@before::bigint = 0 or no < @before)
order by no desc
limit @limit

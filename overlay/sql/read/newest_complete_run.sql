-- newest_complete_run: the newest complete run of a county, or of any.
-- @county_code  or null
select id
from run
where status = 'complete' and what_if = '{}' and licence_nos = '{}' and (@county_code::text is null or @county_code = any(counties))
order by id desc
limit 1

-- carry_base: the newest complete run of the same question, computed by the same
-- program and database: the results of mines that no change touches hold for it.
-- @run_id
select b.id
from run n
join run b on b.as_of = n.as_of and b.counties = n.counties and b.rule_set_sha256 = n.rule_set_sha256 and b.engine = n.engine
where n.id = @run_id and b.id < n.id and b.status = 'complete' and b.what_if = '{}' and b.licence_nos = '{}'
order by b.id desc
limit 1

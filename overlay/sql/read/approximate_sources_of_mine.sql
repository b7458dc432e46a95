-- approximate_sources_of_mine: what of one mine of a run rests on datasets whose
-- way to CGCS2000 is approximate, as approximate_sources says it of all. By itself,
-- so that it is planned once: a plan that fits all mines too fits one badly, and the
-- server would plan anew each time, which costs more than all else in a report.
-- @run_id;  @licence_no
with approximate as (
    select d.id, d.layer
    from run_dataset r
    join dataset d on d.id = r.dataset_id
    where r.run_id = @run_id and coalesce((d.reference ->> 'approximate')::boolean, false)
)
select licence_no, '' as rule_code, a.layer
from run_licence l join approximate a on a.id = l.dataset_id
where l.run_id = @run_id and licence_no = @licence_no
union
select licence_no, '', a.layer
from run_approval l join approximate a on a.id = l.dataset_id
where l.run_id = @run_id and licence_no = @licence_no
union
select licence_no, '', a.layer
from run_patch p join approximate a on a.id = p.dataset_id
where p.run_id = @run_id and p.confirmed and licence_no = @licence_no
union
select licence_no, rule_code, a.layer
from run_finding_citation c join approximate a on a.id = c.dataset_id
where c.run_id = @run_id and licence_no = @licence_no
order by licence_no, rule_code, layer

-- approximate_sources: what of a run's mines rests on datasets whose way to
-- CGCS2000 is approximate: the layer of the mine's own licence, approvals and
-- confirmed patches, and of the rows a finding cites.
-- @run_id
with approximate as (
    select d.id, d.layer
    from run_dataset r
    join dataset d on d.id = r.dataset_id
    where r.run_id = @run_id and coalesce((d.reference ->> 'approximate')::boolean, false)
)
select licence_no, '' as rule_code, a.layer
from run_licence l join approximate a on a.id = l.dataset_id
where l.run_id = @run_id
union
select licence_no, '', a.layer
from run_approval l join approximate a on a.id = l.dataset_id
where l.run_id = @run_id
union
select licence_no, '', a.layer
from run_patch p join approximate a on a.id = p.dataset_id
where p.run_id = @run_id and p.confirmed and licence_no is not null
union
select licence_no, rule_code, a.layer
from run_finding_citation c join approximate a on a.id = c.dataset_id
where c.run_id = @run_id
order by licence_no, rule_code, layer

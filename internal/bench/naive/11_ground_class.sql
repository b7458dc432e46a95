-- ground_class: findings by class of the ground account, and by the state of
-- temporary land.
insert into naive.finding (licence_no, rule_code, geom, area_m2)
select licence_no, case class when 'expired' then 'expired_occupation' else class end, st_union(geom), st_area(st_union(geom)::geography)
from naive.part
where class <> 'approved'
group by licence_no, class
union all
select s.licence_no, s.state, st_union(a.geom), st_area(st_union(a.geom)::geography)
from naive.approval_account s
join naive.approval a using (licence_no, dataset_id, row_no)
where s.state in ('reclamation_overdue', 'return_overdue')
group by s.licence_no, s.state

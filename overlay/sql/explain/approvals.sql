-- approvals: the approvals looked at for one finding: those of the mine, and
-- those of others that lie over the finding; each with how much of the mine's
-- ground and of the finding lies in it.
-- @run_id, @licence_no, @rule_code
select l.dataset_id, d.vintage, f.name as file_name, encode(f.sha256, 'hex') as file_sha256, l.source_row, l.approval_no, l.kind,
       coalesce(l.licence_no, '') as named_licence_no, coalesce(l.enterprise, '') as named_enterprise,
       coalesce(o.attributed_by, '') as attributed_by, l.approved_on, l.valid_from, l.valid_to, l.returned_on, l.ellipsoidal_area_m2,
       coalesce((select sum(greatest(g.ellipsoidal_area_m2 - ellipsoidal_area_m2(ground_without(g.geom, l.geom)), 0) order by g.imaged_on)
                 from run_ground_image g
                 where g.run_id = x.run_id and g.licence_no = x.licence_no and g.geom && l.geom), 0) as of_ground_m2,
       case when x.geom && l.geom then greatest(ellipsoidal_area_m2(x.geom) - ellipsoidal_area_m2(ground_without(x.geom, l.geom)), 0) else 0 end as of_finding_m2
from run_finding x
join run_dataset r on r.run_id = x.run_id
join land_approval l on l.dataset_id = r.dataset_id and not l.held
join dataset d on d.id = l.dataset_id
join dataset_file f on f.dataset_id = l.dataset_id and f.file_no = l.file_no
left join run_approval o on o.run_id = x.run_id and o.licence_no = x.licence_no and o.dataset_id = l.dataset_id and o.row_no = l.row_no
where x.run_id = @run_id and x.licence_no = @licence_no and x.rule_code = @rule_code
  and (o.licence_no is not null or l.geom && x.geom and st_intersects(l.geom, x.geom))
order by o.licence_no is null, l.approval_no, l.dataset_id, l.row_no

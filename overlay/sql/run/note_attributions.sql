-- note_attributions: what of the attribution a person should know.
-- @run_id  the run
insert into run_diagnostic (run_id, licence_no, code, dataset_id, row_no, args)
select @run_id::bigint, a.licence_no, 'approval.attributed_by_overlap', a.dataset_id, a.row_no,
       jsonb_build_object('approval_no', l.approval_no, 'licence_no', a.licence_no)
from run_approval a
join land_approval l using (dataset_id, row_no)
where a.run_id = @run_id and a.attributed_by = 'overlap'
union all
select @run_id::bigint, null, 'approval.of_no_mine', l.dataset_id, l.row_no,
       jsonb_build_object('approval_no', l.approval_no, 'enterprise', coalesce(l.enterprise, ''), 'licence_no', coalesce(l.licence_no, ''))
from land_approval l
join run_dataset r on r.run_id = @run_id and r.dataset_id = l.dataset_id
join run u on u.id = r.run_id and l.county_code = any(u.counties)
where not l.held and (l.dataset_id, l.row_no) not in (select dataset_id, row_no from run_approval where run_id = @run_id)
union all
select @run_id::bigint, null, 'patch.unknown_licence', d.dataset_id, d.row_no,
       jsonb_build_object('patch_no', d.patch_no, 'licence_no', d.licence_no)
from run_patch p
join disturbance d using (dataset_id, row_no)
where p.run_id = @run_id and p.attributed_by = 'unknown_licence'
union all
select @run_id::bigint, m.licence_no, 'licence.in_several_counties', min(o.dataset_id), null,
       jsonb_build_object('licence_no', m.licence_no, 'county', m.county_code, 'others', string_agg(distinct o.county_code, '、' order by o.county_code))
from run_mine m
join mining_right o on o.licence_no = m.licence_no and o.county_code <> m.county_code and not o.held
join run_dataset d on d.run_id = m.run_id and d.dataset_id = o.dataset_id
where m.run_id = @run_id
group by m.licence_no, m.county_code
order by 3, 4, 5

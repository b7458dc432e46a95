-- note_unstated_elevations: how many patches of some kinds a rule about
-- elevations could not look at, because they state none; by county.
-- @run_id  the run;  @title  of the rule;  @kinds  of disturbance
insert into run_diagnostic (run_id, code, args)
select @run_id::bigint, 'patch.elevation_not_stated',
       jsonb_build_object('county', p.county_code, 'title', @title::text, 'patches', count(*)::text,
                          'without', (count(*) filter (where d.top_elevation_m is null and d.bottom_elevation_m is null))::text)
from run_patch p
join disturbance d using (dataset_id, row_no)
where p.run_id = @run_id and p.licence_no is not null and d.kind = any(@kinds::text[])
group by p.county_code
having count(*) filter (where d.top_elevation_m is null and d.bottom_elevation_m is null) > 0
order by p.county_code

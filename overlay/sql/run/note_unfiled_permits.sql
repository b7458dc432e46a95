-- note_unfiled_permits: counties that have filed approvals and none of a kind
-- that a rule asks for: everything is then without permit, which may be the
-- file's fault and not the mines'.
-- @run_id, @counties  the run;  @title  of the rule;  @permit_kind  of approval
insert into run_diagnostic (run_id, code, args)
select @run_id::bigint, 'approval.kind_not_filed',
       jsonb_build_object('county', c.code, 'title', @title::text, 'kind', @permit_kind::text)
from unnest(@counties::text[]) as c(code)
where exists (select from run_mine m where m.run_id = @run_id and m.county_code = c.code)
  and exists (select from run_dataset r join dataset d on d.id = r.dataset_id
              where r.run_id = @run_id and d.county_code = c.code and d.layer = 'land_approval')
  and not exists (select from run_dataset r join land_approval l using (dataset_id)
                  where r.run_id = @run_id and l.county_code = c.code and l.kind = @permit_kind::text and not l.held)
order by c.code

-- mines: the mines of a run that a filter chooses, with their totals, by licence
-- number.
-- @run_id;  null for any: @county_code, @township, @enterprise (a part of the name), @enterprise_name, @mineral
-- @rule_codes  with a finding of one of these;  @state  failed, with_findings, without_findings or pending
-- @class  with ground of this class;  @after  licence number, keyset;  @max_rows
select m.licence_no, m.county_code, m.enterprise, coalesce(m.mine_name, '') as mine_name,
       coalesce(m.mining_method, '') as mining_method, coalesce(m.mineral, '') as mineral,
       coalesce(m.township, '') as township, m.licence_ellipsoidal_area_m2, m.status, coalesce(m.error, '') as error,
       a.ground_m2, a.approved_m2, a.expired_m2, a.over_occupied_m2, a.displaced_m2, a.unapproved_m2, a.unapproved_construction_m2,
       a.within_tolerance_m2, f.rule_codes
from run_mine m
left join run_ground_account a using (run_id, licence_no)
cross join lateral (
    select coalesce(array_agg(f.rule_code order by f.rule_code), '{}') as rule_codes
    from run_finding f
    where f.run_id = m.run_id and f.licence_no = m.licence_no
) f
where m.run_id = @run_id and m.licence_no > @after
  and (@county_code::text is null or m.county_code = @county_code)
  and (@township::text is null or coalesce(m.township, '') = @township)
  and (@enterprise::text is null or position(@enterprise in m.enterprise) > 0)
  and (@enterprise_name::text is null or m.enterprise = @enterprise_name)
  and (@mineral::text is null or coalesce(m.mineral, '') = @mineral)
  and (@rule_codes::text[] is null or f.rule_codes && @rule_codes)
  and (@state::text is null
       or @state = case when m.status <> 'done' then m.status when f.rule_codes = '{}' then 'without_findings' else 'with_findings' end)
  and (@class::text is null or case @class when 'approved' then a.approved_m2 when 'expired' then a.expired_m2
       when 'over_occupied' then a.over_occupied_m2 when 'displaced' then a.displaced_m2 when 'unapproved' then a.unapproved_m2
       when 'unapproved_construction' then a.unapproved_construction_m2 when 'within_tolerance' then a.within_tolerance_m2 end > 0)
order by m.licence_no
limit @max_rows

-- mines: how many mines of some runs are in each state, and have ground of each
-- class and how much, of those that a filter chooses as read/mines.sql does.
-- @run_ids;  null for any: @county_code, @township, @enterprise, @enterprise_name, @mineral, @rule_codes
with chosen as materialized (
    select m.run_id, a.approved_m2, a.expired_m2, a.over_occupied_m2, a.displaced_m2, a.unapproved_m2, a.unapproved_construction_m2, a.within_tolerance_m2,
           case when m.status <> 'done' then m.status when f.rule_codes = '{}' then 'without_findings' else 'with_findings' end as state
    from run_mine m
    left join run_ground_account a using (run_id, licence_no)
    cross join lateral (
        select coalesce(array_agg(f.rule_code), '{}') as rule_codes
        from run_finding f
        where f.run_id = m.run_id and f.licence_no = m.licence_no
    ) f
    where m.run_id = any(@run_ids::bigint[])
      and (@county_code::text is null or m.county_code = @county_code)
      and (@township::text is null or coalesce(m.township, '') = @township)
      and (@enterprise::text is null or position(@enterprise in m.enterprise) > 0)
      and (@enterprise_name::text is null or m.enterprise = @enterprise_name)
      and (@mineral::text is null or coalesce(m.mineral, '') = @mineral)
      and (@rule_codes::text[] is null or f.rule_codes && @rule_codes)
)
select run_id, '' as class, state, count(*) as count, 0 as ellipsoidal_area_m2
from chosen
group by run_id, state
union all
select run_id, c.class, '', count(*), sum(c.m2)
from chosen
cross join lateral (values
    ('approved', approved_m2), ('expired', expired_m2), ('over_occupied', over_occupied_m2), ('displaced', displaced_m2), ('unapproved', unapproved_m2),
    ('unapproved_construction', unapproved_construction_m2), ('within_tolerance', within_tolerance_m2)) as c(class, m2)
where c.m2 > 0
group by run_id, c.class
order by 1, 2, 3

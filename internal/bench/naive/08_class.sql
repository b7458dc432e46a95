-- class: each component by whether it touches approvals of its mine, and which
-- unused approval excuses it; the rest of its parts is of its class.
-- @touch_ratio, @unused_ratio, @displaced_max_ratio
with measured as (
    select c.component_no, c.licence_no, c.geom, max(p.imaged_on) as newest, sum(p.area_m2) as area_m2,
           coalesce(sum(p.area_m2) filter (where p.cover <> 'rest'), 0) as covered_m2,
           coalesce(sum(p.area_m2) filter (where p.cover = 'rest'), 0) as rest_m2
    from naive.component c
    join naive.part p using (component_no)
    group by c.component_no
),
touching as (
    select m.*, m.covered_m2 >= 0.005 and (m.covered_m2 >= @touch_ratio * m.area_m2 or m.covered_m2 >= @touch_ratio * coalesce(met.area_m2, 0)) as touches
    from measured m
    left join lateral (
        select st_area(st_union(a.geom)::geography) as area_m2
        from naive.approval a
        where a.licence_no = m.licence_no and a.kind in ('temporary_land', 'construction_land') and exists (
            select from naive.part p
            where p.component_no = m.component_no and p.cover <> 'rest' and st_intersects(a.geom, p.geom)
              and (a.begins_on <= p.imaged_on or a.valid_to < p.imaged_on) and (a.returned_on is null or a.returned_on > p.imaged_on)
              and st_area(st_intersection(a.geom, p.geom)::geography) >= 0.005)
    ) met on true
),
used as (
    select a.*, coalesce((select sum(st_area(st_intersection(g.geom, a.geom)::geography)) from naive.ground g
                          where g.licence_no = a.licence_no and st_intersects(g.geom, a.geom)), 0) as used_m2
    from naive.approval a
    where a.kind in ('temporary_land', 'construction_land')
),
candidate as (
    select t.component_no, t.licence_no, t.area_m2, t.rest_m2, n.*
    from touching t
    cross join lateral (
        select u.dataset_id, u.row_no, st_distance(u.geom::geography, t.geom::geography) as distance_m, u.area_m2 - u.used_m2 as unused_m2
        from used u
        where u.licence_no = t.licence_no and u.used_m2 <= @unused_ratio * u.area_m2 and u.begins_on <= t.newest
          and (u.valid_to is null or u.valid_to >= t.newest) and (u.returned_on is null or u.returned_on > t.newest)
        order by st_distance(u.geom::geography, t.geom::geography), u.approval_no
        limit 1
    ) n
    where not t.touches and t.rest_m2 > 0
),
excused as (
    select component_no, sum(rest_m2) over (partition by licence_no, dataset_id, row_no order by distance_m, area_m2 desc rows unbounded preceding)
                         <= @displaced_max_ratio * unused_m2 as is_excused
    from candidate
),
judged as (
    select t.component_no, case when t.touches then 'over_occupied' when e.is_excused then 'displaced' else 'unapproved' end as class
    from touching t
    left join excused e using (component_no)
)
update naive.part p
set class = case when p.cover <> 'rest' then p.cover
                 when j.class = 'unapproved' and p.kind = 'construction' then 'unapproved_construction' else j.class end
from judged j
where j.component_no = p.component_no

-- dump: connected pieces of dump outside dump-site approvals in force: beyond
-- their bounds where the piece touches some, else without any.
-- @touch_ratio
insert into naive.finding (licence_no, rule_code, geom, area_m2)
with dump as (
    select * from naive.piece where kind in ('waste_dump', 'gangue_dump')
),
component as (
    select licence_no, row_number() over () as no, geom
    from (select licence_no, (st_dump(st_union(geom))).geom as geom from dump group by licence_no) u
),
split as (
    select p.licence_no, p.imaged_on, s.permitted, d.geom, m.area_m2, c.no
    from dump p
    left join lateral (
        select st_union(a.geom) as geom from naive.approval a
        where a.licence_no = p.licence_no and a.kind = 'dump_site' and a.begins_on <= p.imaged_on
          and (a.valid_to is null or a.valid_to >= p.imaged_on) and (a.returned_on is null or a.returned_on > p.imaged_on)
          and st_intersects(a.geom, p.geom)
    ) a on true
    cross join lateral (values
        (true, st_intersection(p.geom, a.geom)),
        (false, coalesce(st_difference(p.geom, a.geom), p.geom))
    ) as s(permitted, geom)
    cross join lateral st_dump(st_collectionextract(s.geom, 3)) d
    cross join lateral (select st_area(d.geom::geography) as area_m2 offset 0) m
    join component c on c.licence_no = p.licence_no and st_intersects(c.geom, st_pointonsurface(d.geom))
    where m.area_m2 > 1e-6
),
judged as (
    select s.licence_no, s.no,
           s.permitted_m2 >= 0.005 and (s.permitted_m2 >= @touch_ratio * s.area_m2 or s.permitted_m2 >= @touch_ratio * coalesce(met.area_m2, 0)) as touches
    from (select licence_no, no, sum(area_m2) as area_m2, coalesce(sum(area_m2) filter (where permitted), 0) as permitted_m2
          from split group by licence_no, no) s
    left join lateral (
        select st_area(st_union(a.geom)::geography) as area_m2
        from naive.approval a
        where a.licence_no = s.licence_no and a.kind = 'dump_site' and exists (
            select from split p
            where p.licence_no = s.licence_no and p.no = s.no and p.permitted and st_intersects(a.geom, p.geom)
              and a.begins_on <= p.imaged_on and (a.valid_to is null or a.valid_to >= p.imaged_on)
              and (a.returned_on is null or a.returned_on > p.imaged_on)
              and st_area(st_intersection(a.geom, p.geom)::geography) >= 0.005)
    ) met on true
)
select s.licence_no, case when j.touches then 'dump_out_of_bounds' else 'dump_unapproved' end, st_union(s.geom), st_area(st_union(s.geom)::geography)
from split s
join judged j using (licence_no, no)
where not s.permitted
group by s.licence_no, j.touches

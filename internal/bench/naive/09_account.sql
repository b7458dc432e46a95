-- account: the ground account of each mine.
insert into naive.account
with late as (
    select p.part_no, greatest(p.area_m2 - coalesce(st_area(st_intersection(p.geom, st_union(a.geom))::geography), 0), 0) as area_m2
    from naive.part p
    left join naive.approval a on a.licence_no = p.licence_no and a.kind in ('temporary_land', 'construction_land')
        and a.begins_on <= p.imaged_on and (a.valid_to is null or a.valid_to >= p.imaged_on)
        and (a.returned_on is null or a.returned_on > p.imaged_on) and a.approved_on <= p.first_seen_on and st_intersects(a.geom, p.geom)
    where p.class = 'approved'
    group by p.part_no
),
other as (
    select p.part_no, st_area(st_intersection(p.geom, st_union(a.geom))::geography) as area_m2
    from naive.part p
    join land_approval a on st_intersects(a.geom, p.geom) and a.kind in ('temporary_land', 'construction_land') and not a.held
        and greatest(a.approved_on, a.valid_from) <= p.imaged_on and (a.valid_to is null or a.valid_to >= p.imaged_on)
        and (a.returned_on is null or a.returned_on > p.imaged_on)
    where p.class <> 'approved'
      and not exists (select from naive.approval o where o.licence_no = p.licence_no and o.dataset_id = a.dataset_id and o.row_no = a.row_no)
    group by p.part_no
)
select m.licence_no,
       coalesce((select sum(area_m2) from naive.ground g where g.licence_no = m.licence_no), 0),
       coalesce(sum(p.area_m2) filter (where p.class = 'approved'), 0), coalesce(sum(p.area_m2) filter (where p.class = 'expired'), 0),
       coalesce(sum(p.area_m2) filter (where p.class = 'over_occupied'), 0), coalesce(sum(p.area_m2) filter (where p.class = 'displaced'), 0),
       coalesce(sum(p.area_m2) filter (where p.class = 'unapproved'), 0),
       coalesce(sum(p.area_m2) filter (where p.class = 'unapproved_construction'), 0),
       coalesce(sum(l.area_m2), 0), coalesce(sum(o.area_m2), 0)
from naive.mine m
left join naive.part p using (licence_no)
left join late l using (part_no)
left join other o using (part_no)
group by m.licence_no

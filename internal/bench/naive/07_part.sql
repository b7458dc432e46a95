-- part: the pieces split by what approvals of the mine cover them on the date of
-- the image. Less than a square millimetre is what rounding leaves.
insert into naive.part (component_no, licence_no, kind, imaged_on, first_seen_on, cover, geom, area_m2)
with cover as (
    select i.licence_no, i.imaged_on,
           st_union(a.geom) filter (where coalesce(a.valid_to >= i.imaged_on, true)) as in_force,
           st_union(a.geom) filter (where a.valid_to < i.imaged_on) as run_out
    from (select distinct licence_no, imaged_on from naive.piece) i
    join naive.approval a on a.licence_no = i.licence_no and a.kind in ('temporary_land', 'construction_land')
        and (a.begins_on <= i.imaged_on or a.valid_to < i.imaged_on) and (a.returned_on is null or a.returned_on > i.imaged_on)
    group by i.licence_no, i.imaged_on
)
select c.component_no, p.licence_no, p.kind, p.imaged_on, p.first_seen_on, s.cover, d.geom, a.area_m2
from naive.piece p
left join cover o using (licence_no, imaged_on)
cross join lateral (values
    ('approved', st_intersection(p.geom, o.in_force)),
    ('expired', st_intersection(coalesce(st_difference(p.geom, o.in_force), p.geom), o.run_out)),
    ('rest', coalesce(st_difference(p.geom, st_union(o.in_force, o.run_out)), st_difference(p.geom, o.in_force), st_difference(p.geom, o.run_out), p.geom))
) as s(cover, geom)
cross join lateral st_dump(st_collectionextract(s.geom, 3)) d
cross join lateral (select st_area(d.geom::geography) as area_m2 offset 0) a
join naive.component c on c.licence_no = p.licence_no and st_intersects(c.geom, st_pointonsurface(d.geom))
where a.area_m2 > 1e-6

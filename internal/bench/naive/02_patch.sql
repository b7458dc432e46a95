-- patch: whose each patch is: of the mine it names, else of the one it overlaps
-- most, else of the nearest within half a kilometre, which is unconfirmed.
-- @as_of
insert into naive.patch
select d.dataset_id, d.row_no, coalesce(n.licence_no, o.licence_no, b.licence_no),
       n.licence_no is not null or o.licence_no is not null and d.kind not in ('road', 'construction'),
       coalesce(d.restored_on <= @as_of, false), d.kind, d.imaged_on, d.ownership, d.top_elevation_m, d.bottom_elevation_m, d.geom
from disturbance d
left join naive.mine n on n.licence_no = d.licence_no
left join lateral (
    select m.licence_no
    from naive.mine m
    where d.licence_no is null and st_intersects(m.geom, d.geom)
    order by st_area(st_intersection(m.geom, d.geom)::geography) desc
    limit 1
) o on true
left join lateral (
    select m.licence_no
    from naive.mine m
    where d.licence_no is null and o.licence_no is null and m.geom && st_expand(d.geom, 0.01)
      and st_dwithin(m.geom::geography, d.geom::geography, 500)
    order by st_distance(m.geom::geography, d.geom::geography)
    limit 1
) b on true
where not d.held and d.imaged_on <= @as_of and (d.restored_on is null or d.restored_on > @as_of or d.kind = 'abandoned_pit')

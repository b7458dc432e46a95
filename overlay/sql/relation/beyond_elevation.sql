-- beyond_elevation: the ground of patches that state an elevation above or below
-- what is licensed or approved where they lie: the band of the mine's licence
-- inside its plane, or the greatest height of a permit in force. Where permits
-- overlap, one whose height holds excuses the ground.
-- @run_id, @licence_no  the mine;  @rule_code  the rule;  @kinds  of disturbance
-- @permit_kind  of approval, or null for the licence
-- @min_width_m, @min_area_m2  tolerance
insert into finding_part (run_id, licence_no, rule_code, part_no, within_tolerance, geom, ellipsoidal_area_m2, metres_above, metres_below)
with band as materialized (
    select 0 as band_no, null::date as begins_on, null::date as valid_to, null::date as returned_on,
           top_elevation_m as top_m, bottom_elevation_m as bottom_m, geom
    from run_mine
    where @permit_kind::text is null and run_id = @run_id and licence_no = @licence_no
    union all
    select row_number() over (order by l.dataset_id, l.row_no), greatest(l.approved_on, l.valid_from), l.valid_to, l.returned_on,
           l.max_elevation_m, null, l.geom
    from run_approval a
    join near_land_approval l using (dataset_id, row_no)
    where a.run_id = @run_id and a.licence_no = @licence_no and l.kind = @permit_kind::text and l.max_elevation_m is not null
),
patch as materialized (
    select row_number() over (order by d.dataset_id, d.row_no) as patch_no, d.imaged_on, d.top_elevation_m as top_m,
           d.bottom_elevation_m as bottom_m, st_intersection(d.geom, g.geom) as geom
    from run_patch p
    join near_disturbance d using (dataset_id, row_no)
    cross join lateral (
        select case when count(*) = 1 then (array_agg(g.geom))[1] else st_union(g.geom order by g.piece_no) end as geom
        from ground_piece g
        where g.run_id = @run_id and g.licence_no = @licence_no and g.kind = d.kind and g.imaged_on = d.imaged_on and g.geom && d.geom
    ) g
    where p.run_id = @run_id and p.licence_no = @licence_no and p.confirmed and not p.restored and d.kind = any(@kinds::text[])
      and d.ownership is distinct from 'ownerless' and (d.top_elevation_m is not null or d.bottom_elevation_m is not null)
      and g.geom is not null
),
held as materialized (
    select p.patch_no, b.band_no, b.geom, coalesce(greatest(p.top_m - b.top_m, 0), 0) as above_m,
           coalesce(greatest(b.bottom_m - p.bottom_m, 0), 0) as below_m, p.top_m is null or p.top_m <= b.top_m as holds
    from patch p
    join band b on b.geom && p.geom
        and (b.begins_on is null or b.begins_on <= p.imaged_on) and (b.valid_to is null or b.valid_to >= p.imaged_on)
        and (b.returned_on is null or b.returned_on > p.imaged_on)
),
hit as materialized (
    select row_number() over (order by h.patch_no, h.band_no) as hit_no, h.above_m, h.below_m,
           polygons_of(coalesce(st_difference(i.geom, e.geom), i.geom)) as geom
    from held h
    join patch p using (patch_no)
    cross join lateral (select st_intersection(p.geom, h.geom) as geom offset 0) i
    cross join lateral (
        select st_union(o.geom order by o.band_no) as geom
        from held o
        where o.patch_no = h.patch_no and o.band_no <> h.band_no and o.holds
    ) e
    where h.above_m > 0 or h.below_m > 0
)
select @run_id::bigint, @licence_no::text, @rule_code::text, p.part_no, p.within_tolerance, p.geom, p.ellipsoidal_area_m2, m.above_m, m.below_m
from (select array_agg(geom order by hit_no) as grounds from hit) u
cross join lateral measured_parts(u.grounds, @min_width_m, @min_area_m2) p
cross join lateral (
    select max(h.above_m) as above_m, max(h.below_m) as below_m
    from hit h
    cross join lateral st_dump(h.geom) x
    where x.geom && p.connected and ellipsoidal_area_m2(x.geom) >= 0.005 and st_intersects(p.connected, st_pointonsurface(x.geom))
) m

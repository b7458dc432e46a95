-- ground_part: splits the ground of one mine by what its approvals cover on
-- the date of the deciding image, judges each connected component of the
-- dissolved ground, and stores both.
-- @run_id, @licence_no  the mine
-- @touch_ratio, @unused_ratio, @displaced_max_ratio  shares
-- @min_width_m, @min_area_m2  tolerance
with approval as materialized (
    select a.dataset_id, a.row_no, a.approval_no, a.approved_on, greatest(a.approved_on, a.valid_from) as begins_on,
           a.valid_to, a.returned_on, a.geom, a.ellipsoidal_area_m2
    from run_approval r
    join near_land_approval a using (dataset_id, row_no)
    where r.run_id = @run_id and r.licence_no = @licence_no and a.kind in ('temporary_land', 'construction_land')
),
piece as materialized (
    select piece_no, kind, imaged_on, first_seen_on, geom
    from ground_piece where run_id = @run_id and licence_no = @licence_no
),
-- An approval handed back by the date of the image covers nothing on it.
standing as materialized (
    select i.imaged_on, a.dataset_id, a.row_no, a.approved_on, a.geom, coalesce(a.valid_to >= i.imaged_on, true) as in_force
    from (select distinct imaged_on from piece) i
    join approval a on (a.begins_on <= i.imaged_on or a.valid_to < i.imaged_on)
        and (a.returned_on is null or a.returned_on > i.imaged_on)
),
cover as materialized (
    select imaged_on,
           st_union(geom order by geom) filter (where in_force) as in_force,
           st_union(geom order by geom) filter (where not in_force) as run_out
    from standing group by imaged_on
),
-- A square millimetre is what rounding leaves along a common edge.
split as materialized (
    select row_number() over (order by p.piece_no, s.cover, d.path) as part_no,
           p.kind, p.imaged_on, p.first_seen_on, s.cover, d.geom, ellipsoidal_area_m2(d.geom) as area_m2,
           st_pointonsurface(d.geom) as inside
    from piece p
    left join cover c using (imaged_on)
    cross join lateral (select coalesce(st_difference(p.geom, c.in_force), p.geom) as geom offset 0) uncovered
    cross join lateral (values
        ('approved', st_intersection(p.geom, c.in_force)),
        ('expired', st_intersection(uncovered.geom, c.run_out)),
        ('rest', coalesce(st_difference(uncovered.geom, c.run_out), uncovered.geom))
    ) as s(cover, geom)
    cross join lateral st_dump(polygons_of(s.geom)) d
    where ellipsoidal_area_m2(d.geom) > 1e-6
),
component as materialized (
    select row_number() over (order by st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)) as component_no, geom
    from (select unnest(connected_parts(array_agg(geom order by imaged_on))) as geom
          from ground_image where run_id = @run_id and licence_no = @licence_no) d
    where ellipsoidal_area_m2(geom) > 0
),
placed as materialized (
    select s.*, c.component_no
    from split s
    cross join lateral (
        select component_no from component
        where geom && s.geom
        order by st_distance(geom, s.inside), component_no
        limit 1
    ) c
),
measured as materialized (
    select c.component_no, c.geom, p.area_m2, p.covered_m2, p.rest_m2, p.newest_imaged_on,
           coalesce(met.area_m2, 0) as met_approvals_m2
    from component c
    join (select component_no, sum(area_m2 order by part_no) as area_m2, max(imaged_on) as newest_imaged_on,
                 coalesce(sum(area_m2 order by part_no) filter (where cover <> 'rest'), 0) as covered_m2,
                 coalesce(sum(area_m2 order by part_no) filter (where cover = 'rest'), 0) as rest_m2
          from placed group by component_no) p using (component_no)
    left join lateral (
        select ellipsoidal_area_m2(polygons_of(st_union(a.geom order by a.geom))) as area_m2
        from approval a
        where a.geom && c.geom and exists (
            select from placed q
            join standing s on s.imaged_on = q.imaged_on and s.dataset_id = a.dataset_id and s.row_no = a.row_no
            where q.component_no = c.component_no and q.cover <> 'rest' and q.geom && a.geom
              and ellipsoidal_area_m2(polygons_of(st_intersection(q.geom, a.geom))) >= 0.005)
    ) met on true
),
touching as materialized (
    select *, covered_m2 >= 0.005 and (covered_m2 >= @touch_ratio * area_m2 or covered_m2 >= @touch_ratio * met_approvals_m2) as touches
    from measured
),
used as materialized (
    select a.*, coalesce((select sum(ellipsoidal_area_m2(polygons_of(st_intersection(p.geom, a.geom))) order by p.piece_no)
                          from piece p where p.geom && a.geom), 0) as used_m2
    from approval a
    where exists (select from touching where not touches)
),
-- Each component away from the approvals looks at the nearest one mostly
-- unused; that one excuses components in order of distance, whole ones only.
candidate as (
    select t.component_no, t.area_m2, t.rest_m2, n.*
    from touching t
    cross join lateral (
        select u.dataset_id, u.row_no, geodesic_distance_m(u.geom, t.geom) as distance_m,
               u.ellipsoidal_area_m2 - u.used_m2 as unused_m2
        from used u
        where u.used_m2 <= @unused_ratio * u.ellipsoidal_area_m2 and u.begins_on <= t.newest_imaged_on
          and (u.valid_to is null or u.valid_to >= t.newest_imaged_on)
          and (u.returned_on is null or u.returned_on > t.newest_imaged_on)
        order by round(geodesic_distance_m(u.geom, t.geom)::numeric, 1), u.approval_no, u.geom, u.dataset_id, u.row_no
        limit 1
    ) n
    where not t.touches and t.rest_m2 > 0
),
excused as (
    select component_no, dataset_id, row_no, distance_m, unused_m2,
           sum(rest_m2) over (partition by dataset_id, row_no order by round(distance_m::numeric, 1), round(area_m2::numeric, 2) desc, component_no
                              rows unbounded preceding) <= @displaced_max_ratio * unused_m2 as is_excused
    from candidate
),
judged as materialized (
    select t.*, e.dataset_id, e.row_no, e.distance_m, e.unused_m2,
           case when t.rest_m2 = 0 then 'approved' when t.touches then 'over_occupied'
                when e.is_excused then 'displaced' else 'unapproved' end as class
    from touching t
    left join excused e using (component_no)
),
stored_component as (
    insert into ground_component (run_id, licence_no, component_no, geom, ellipsoidal_area_m2, newest_imaged_on, covered_m2,
                                  met_approvals_m2, class, displaced_from_dataset_id, displaced_from_row_no,
                                  displaced_distance_m, displaced_unused_m2)
    select @run_id::bigint, @licence_no::text, component_no, geom, area_m2, newest_imaged_on, covered_m2,
           met_approvals_m2, class, dataset_id, row_no, distance_m, unused_m2
    from judged
),
classed as materialized (
    select p.*, case when p.cover <> 'rest' then p.cover
                     when j.class = 'unapproved' and p.kind = 'construction' then 'unapproved_construction'
                     else j.class end as class
    from placed p join judged j using (component_no)
),
-- A sliver is judged on the connected part of its class, not on the pieces the
-- dates and kinds cut it into. Pieces that are all wide and large enough make no
-- part that is not: together they have all their area, and no more outline.
sliver as materialized (
    select d.component_no, d.class, d.geom
    from (select component_no, class, unnest(connected_parts(array_agg(geom order by part_no))) as geom
          from classed
          where class <> 'approved'
          group by component_no, class
          having bool_or(area_m2 < @min_area_m2 or is_narrow(geom, @min_width_m))) d
    where ellipsoidal_area_m2(d.geom) < @min_area_m2 or is_narrow(d.geom, @min_width_m)
)
insert into ground_part (run_id, licence_no, part_no, component_no, kind, imaged_on, first_seen_on, class,
                         within_tolerance, geom, ellipsoidal_area_m2, late_approval_m2)
select @run_id::bigint, @licence_no::text, c.part_no, c.component_no, c.kind, c.imaged_on, c.first_seen_on, c.class,
       exists (select from sliver s where s.component_no = c.component_no and s.class = c.class
                 and s.geom && c.geom and st_dwithin(s.geom, c.inside, 1e-9)),
       c.geom, c.area_m2,
       case when c.class = 'approved' then greatest(c.area_m2 - coalesce(timely.area_m2, 0), 0) else 0 end
from classed c
left join lateral (
    select ellipsoidal_area_m2(polygons_of(st_intersection(c.geom, st_union(s.geom order by s.geom)))) as area_m2
    from standing s
    where c.class = 'approved' and s.imaged_on = c.imaged_on and s.in_force and s.approved_on <= c.first_seen_on and s.geom && c.geom
) timely on true
order by c.part_no

-- restricting_hit: the rows of a layer that a rule's subject lies in, each cut to
-- it once for everything that is asked of it later. Forestry decides where it has
-- coverage, the land survey fills the rest, and what permits in force on the date
-- of the image allow does not count.
-- @run_id, @licence_no  the mine;  @rule_code  the rule;  @as_of  the date
-- @subject  ground, approval or licence;  @against  the layer
-- @permit_kind  the approval kind that permits, or null
insert into restricting_hit (run_id, licence_no, rule_code, imaged_on, dataset_id, row_no, source, class, family,
                             geom, ellipsoidal_area_m2, whole, decides, decides_ellipsoidal_area_m2)
with mine as (
    select county_code, geom from run_mine where run_id = @run_id and licence_no = @licence_no
),
subject as materialized (
    select g.imaged_on, d.geom
    from ground_image g cross join lateral st_dump(g.geom) d
    where @subject = 'ground' and g.run_id = @run_id and g.licence_no = @licence_no
    union all
    select @as_of::date, d.geom
    from (select st_union(l.geom order by l.geom) as geom
          from run_approval a join near_land_approval l using (dataset_id, row_no)
          where @subject = 'approval' and a.run_id = @run_id and a.licence_no = @licence_no and l.kind = 'temporary_land'
            and greatest(l.approved_on, l.valid_from) <= @as_of and l.valid_to >= @as_of
            and (l.returned_on is null or l.returned_on > @as_of)) u
    cross join lateral st_dump(u.geom) d
    union all
    select @as_of::date, d.geom from mine cross join lateral st_dump(mine.geom) d where @subject = 'licence'
),
layer as materialized (
    select s.id, s.source, s.county_code, s.coverage
    from run_dataset r join dataset s on s.id = r.dataset_id
    where r.run_id = @run_id and s.layer = @against
),
forestry as materialized (
    select coalesce(bool_or(l.coverage is null and l.county_code = mine.county_code), false) as everywhere,
           st_union(clipped_near(l.coverage, s.geom) order by l.id) filter (where l.coverage && s.geom) as geom
    from layer l, mine, (select st_collect(geom) as geom from subject) s
    where l.source = 'forestry'
),
permit as materialized (
    select greatest(l.approved_on, l.valid_from) as begins_on, l.valid_to, l.returned_on, l.geom
    from run_approval a join near_land_approval l using (dataset_id, row_no)
    where a.run_id = @run_id and a.licence_no = @licence_no and l.kind = @permit_kind
),
-- The barrier of OFFSET makes it one search of each dataset's index a piece,
-- whatever the planner thinks of the number of pieces.
near as (
    select s.imaged_on, s.geom as piece, l.id as dataset_id, l.source, r.*
    from subject s
    cross join layer l
    cross join lateral (
        select row_no, class, family, geom, ellipsoidal_area_m2
        from near_restricting_ground
        where layer = @against and dataset_id = l.id and geom && s.geom
        offset 0
    ) r
),
-- A row of up to 1000 corners is quicker overlaid as it is than clipped before.
inside as materialized (
    select n.imaged_on, n.dataset_id, n.row_no, n.source, n.class, n.family, i.geom,
           case when c.covered then n.ellipsoidal_area_m2 else ellipsoidal_area_m2(i.geom) end as ellipsoidal_area_m2
    from near n
    cross join lateral (
        select in_pieces, case when in_pieces then n.piece ~ n.geom and st_covers(n.piece, n.geom)
                               when st_intersects(n.piece, n.geom) then st_covers(n.piece, n.geom) end as covered
        from (select exists (select from restricting_piece where dataset_id = n.dataset_id and row_no = n.row_no) as in_pieces offset 0) p
        offset 0
    ) c
    cross join lateral (
        select case when c.covered then n.geom
                    when c.in_pieces
                    then (select polygons_of(st_union(case when st_covers(p.geom, n.piece) then n.piece
                                                           when st_covers(n.piece, p.geom) then p.geom
                                                           else polygons_of(st_intersection(p.geom, clipped_near(n.piece, p.geom))) end order by p.piece_no))
                          from restricting_piece p
                          where p.dataset_id = n.dataset_id and p.row_no = n.row_no and p.geom && n.piece and st_intersects(n.piece, p.geom))
                    else polygons_of(st_intersection(n.geom, clipped_near(n.piece, n.geom))) end as geom
        where c.covered is not null
        offset 0
    ) i
)
select @run_id::bigint, @licence_no::text, @rule_code::text, i.imaged_on, i.dataset_id, i.row_no, i.source, i.class, i.family,
       i.geom, i.ellipsoidal_area_m2, coalesce(d.whole and p.geom is null, false), c.geom,
       case when d.whole and p.geom is null then i.ellipsoidal_area_m2 else ellipsoidal_area_m2(c.geom) end
from inside i
cross join forestry f
left join lateral (
    select i.geom, true as whole
    where i.source <> 'land_survey' or not f.everywhere and (f.geom is null or not st_intersects(f.geom, i.geom))
    union all
    select polygons_of(st_difference(i.geom, clipped_near(f.geom, i.geom))), false
    where i.source = 'land_survey' and not f.everywhere and st_intersects(f.geom, i.geom) and not st_covers(f.geom, i.geom)
) d on true
left join lateral (
    select st_union(l.geom order by l.geom) as geom
    from permit l
    where l.geom && d.geom and l.begins_on <= i.imaged_on and (l.valid_to is null or l.valid_to >= i.imaged_on)
      and (l.returned_on is null or l.returned_on > i.imaged_on) and st_intersects(l.geom, d.geom)
) p on true
left join lateral (
    select d.geom where not d.whole and p.geom is null
    union all
    select polygons_of(st_difference(d.geom, clipped_near(p.geom, d.geom)))
    where p.geom is not null and not st_covers(p.geom, d.geom)
) c on true
where i.ellipsoidal_area_m2 > 0

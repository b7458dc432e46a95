-- ground_piece: splits the ground each image decides by kind, the higher kind
-- keeping ground that several claim, and by the image from which it was seen
-- disturbed without a break, walking back one image at a time. An image that
-- did not look at the ground breaks nothing.
-- @run_id, @licence_no  the mine
insert into ground_piece (run_id, licence_no, piece_no, kind, imaged_on, first_seen_on, geom, ellipsoidal_area_m2)
with recursive patch as materialized (
    select d.imaged_on, d.kind, d.geom, d.dataset_id, d.row_no,
           array_position(array['construction', 'pit', 'waste_dump', 'gangue_dump', 'road', 'other'], d.kind) as rank
    from run_patch p
    join near_disturbance d using (dataset_id, row_no)
    where p.run_id = @run_id and p.licence_no = @licence_no and p.confirmed
      and d.kind <> 'abandoned_pit' and d.ownership is distinct from 'ownerless'
),
kind as materialized (
    select imaged_on, kind, rank, case when count(*) = 1 then (array_agg(geom))[1] else st_union(geom order by geom) end as geom
    from patch group by imaged_on, kind, rank
),
-- Where the kinds of an image together come to as much as the ground it decides,
-- they lie apart and nothing was taken from them: each is as it was seen.
whole as materialized (
    select g.imaged_on, g.geom,
           coalesce((select sum(ellipsoidal_area_m2(k.geom)) from kind k where k.imaged_on = g.imaged_on)
                    <= g.ellipsoidal_area_m2 * (1 + 1e-10) + 1e-6, false) as apart
    from ground_image g
    where g.run_id = @run_id and g.licence_no = @licence_no
),
of_kind as (
    select k.kind, w.imaged_on,
           case when (select count(*) from kind o where o.imaged_on = w.imaged_on) = 1 then w.geom
                when w.apart then k.geom
                when h.geom is null then st_intersection(w.geom, k.geom)
                else st_difference(st_intersection(w.geom, k.geom), h.geom) end as geom
    from whole w
    join kind k using (imaged_on)
    cross join lateral (
        select st_union(o.geom order by o.rank) as geom
        from kind o
        where not w.apart and o.imaged_on = k.imaged_on and o.rank < k.rank
    ) h
),
-- Only images before the newest deciding one are walked back to.
before as materialized (
    select max(imaged_on) as newest, st_collect(geom) as ground from kind
),
-- What an image saw disturbed counts here of any kind and owner, confirmed or
-- not: the question is only whether the ground was disturbed by this mine. A
-- patch, whose ever, is proof that its image looked.
seen as materialized (
    select d.imaged_on, case when count(*) = 1 then (array_agg(d.geom))[1] else st_union(d.geom order by d.geom) end as geom
    from run_patch p
    join near_disturbance d using (dataset_id, row_no)
    join before on d.imaged_on < before.newest
    where p.run_id = @run_id and p.licence_no = @licence_no and not p.restored
    group by d.imaged_on
),
footprint_of as materialized (
    select f.imaged_on, f.geom
    from run_mine m
    join run u on u.id = m.run_id
    join run_dataset r on r.run_id = m.run_id
    join dataset d on d.id = r.dataset_id
    join footprint f on f.dataset_id = d.id and f.imaged_on <= u.as_of
    join before on f.imaged_on < before.newest
    where m.run_id = @run_id and m.licence_no = @licence_no and (d.county_code = m.county_code or f.geom is not null)
),
looked as materialized (
    select l.imaged_on, st_union(l.geom order by st_xmin(l.geom), st_ymin(l.geom), st_xmax(l.geom), st_ymax(l.geom)) as geom
    from (
        select f.imaged_on, clipped_near(f.geom, before.ground) as geom
        from footprint_of f
        join before on f.geom && before.ground
        union all
        select d.imaged_on, d.geom
        from (select dataset_id, row_no, imaged_on, geom from near_disturbance where geom && (select ground from before) offset 0) d
        join before on d.imaged_on < before.newest
        cross join lateral (
            select from run_patch
            where run_id = @run_id and dataset_id = d.dataset_id and row_no = d.row_no and not restored
            offset 0
        ) p
    ) l
    where l.imaged_on not in (select imaged_on from footprint_of where geom is null)
    group by l.imaged_on
),
image as materialized (
    select imaged_on, imaged_on in (select imaged_on from footprint_of where geom is null) as everywhere,
           l.geom as looked, s.geom as seen, row_number() over (order by imaged_on desc) as image_no
    from (select newest as imaged_on from before
          union select imaged_on from footprint_of
          union select imaged_on from looked
          union select imaged_on from seen) i
    left join looked l using (imaged_on)
    left join seen s using (imaged_on)
),
walk as (
    select k.kind, k.imaged_on, k.imaged_on as first_seen_on, i.image_no, true as unbroken, polygons_of(k.geom) as geom
    from of_kind k join image i using (imaged_on)
    union all
    select w.kind, w.imaged_on, case step.found when 'disturbed' then i.imaged_on else w.first_seen_on end,
           i.image_no, step.found <> 'undisturbed', polygons_of(step.geom)
    from walk w
    join image i on i.image_no = w.image_no + 1
    cross join lateral (select coalesce(st_difference(w.geom, i.seen), w.geom) as geom offset 0) unseen
    cross join lateral (values
        ('disturbed', st_intersection(w.geom, i.seen)),
        ('undisturbed', case when i.everywhere then unseen.geom else st_intersection(unseen.geom, i.looked) end),
        ('not_looked', case when i.everywhere then null else coalesce(st_difference(unseen.geom, i.looked), unseen.geom) end)
    ) as step(found, geom)
    where w.unbroken and not st_isempty(polygons_of(step.geom))
),
piece as (
    select kind, imaged_on, first_seen_on,
           polygons_of(case when count(*) = 1 then (array_agg(geom))[1] else st_union(geom order by image_no, unbroken) end) as geom
    from walk
    where not unbroken or image_no = (select max(image_no) from image)
    group by kind, imaged_on, first_seen_on
)
select @run_id::bigint, @licence_no::text, row_number() over (order by imaged_on, kind, first_seen_on),
       kind, imaged_on, first_seen_on, geom, ellipsoidal_area_m2(geom)
from piece
where ellipsoidal_area_m2(geom) > 0

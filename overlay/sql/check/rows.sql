-- rows: the rows of all layers that a ground meets, as of a day, each with what
-- of the ground lies in it; a row that only touches is not met. Overlaps within
-- a layer count once in the sum of the layer and source, and in that of what the
-- source decides.
-- @as_of  of each county, layer and source the accepted version with the newest vintage up to it
-- @ground  EWKB, edges of at most 70 m;  @max_rows  of each layer and source
with asked as (
    select @ground::geometry as geom
),
in_force as materialized (
    select id, county_code, layer, source, vintage, extent, coverage from versions_in_force(@as_of::date)
),
effective as materialized (
    select e.id, e.county_code, e.layer, e.source, e.vintage from in_force e, asked where e.extent && asked.geom
),
-- Where forestry speaks it decides, as in a run: land survey fills the rest.
spoken_for as materialized (
    select f.layer, coalesce(array_agg(f.county_code) filter (where f.coverage is null), '{}') as counties,
           st_union(clipped_near(f.coverage, asked.geom) order by f.id) filter (where f.coverage && asked.geom) as geom
    from in_force f, asked
    where f.source = 'forestry'
    group by f.layer
),
met as (
    select e.layer, e.source, e.county_code, e.vintage, e.id as dataset_id, r.*
    from effective e
    cross join asked
    cross join lateral (
        select row_no, geom, coalesce(mine_name, '') as name, coalesce(mining_method, '') as class, licence_no, enterprise, valid_from, valid_to,
               null::date as imaged_on, valid_from <= @as_of::date and (@as_of::date <= valid_to or coalesce(renewal_accepted_on <= valid_to, false)) as in_force
        from mining_right
        where e.layer = 'mining_right' and dataset_id = e.id and county_code = e.county_code and not held and geom && asked.geom
        union all
        select row_no, geom, approval_no, kind, coalesce(licence_no, ''), coalesce(enterprise, ''), greatest(approved_on, valid_from), valid_to, null,
               greatest(approved_on, valid_from) <= @as_of::date and @as_of::date <= coalesce(valid_to, 'infinity')
               and @as_of::date < coalesce(returned_on, 'infinity')
        from land_approval
        where e.layer = 'land_approval' and dataset_id = e.id and county_code = e.county_code and not held and geom && asked.geom
        union all
        select row_no, geom, patch_no, kind, coalesce(licence_no, ''), '', null, null, imaged_on, null
        from disturbance
        where e.layer = 'disturbance' and dataset_id = e.id and county_code = e.county_code and not held and geom && asked.geom
        union all
        select row_no, geom, name, code, '', '', null, null, null, null
        from division
        where e.layer = 'division' and dataset_id = e.id and county_code = e.county_code and not held and geom && asked.geom
        union all
        select row_no, geom, name, class, '', '', null, null, null, null
        from restricting_ground
        where layer = e.layer and dataset_id = e.id and geom && asked.geom
    ) r
),
part as materialized (
    select m.*, i.geom as inside, ellipsoidal_area_m2(i.geom) as inside_m2
    from met m
    cross join asked
    cross join lateral (
        select polygons_of(intersection_or_gridded(clipped_near(m.geom, asked.geom), clipped_near(asked.geom, m.geom))) as geom
    ) i
    where st_intersects(asked.geom, m.geom) and not st_isempty(i.geom)
),
summed as (
    select p.layer, p.source, ellipsoidal_area_m2(polygons_of(st_union(p.inside order by p.inside))) as total_m2, count(*) as row_count,
           coalesce(ellipsoidal_area_m2(polygons_of(st_union(case
               when p.source <> 'land_survey' or f.layer is null then p.inside
               when p.county_code = any(f.counties) then null
               when f.geom is null then p.inside
               else difference_or_gridded(p.inside, f.geom) end order by p.inside))), 0) as decides_m2
    from part p
    left join spoken_for f using (layer)
    group by p.layer, p.source
),
ranked as (
    select *, row_number() over (partition by layer, source order by inside_m2 desc, dataset_id, row_no) as place from part
)
select r.layer, r.source, r.county_code, r.vintage, r.dataset_id, r.row_no, r.name, r.class, r.licence_no, r.enterprise, r.valid_from, r.valid_to,
       r.imaged_on, r.in_force, r.inside_m2, s.total_m2, s.decides_m2, s.row_count
from ranked r
join summed s using (layer, source)
where r.place <= @max_rows
order by r.layer, r.source, r.place

-- +goose Up

-- Areas and widths are asked for by name, so that no statement can measure on
-- the wrong surface by forgetting a transformation.
create function ellipsoidal_area_m2(g geometry) returns double precision
    language sql immutable strict parallel safe
    return st_area(st_transform(g, 904490));

comment on function ellipsoidal_area_m2(geometry) is
    'Square metres on the CGCS2000 ellipsoid of an EPSG:4490 polygon with edges of at most 70 m: plane area after the ellipsoidal cylindrical equal-area projection.';

-- A shape n times as long as wide has 2 x area / perimeter just under its width.
create function mean_width_m(g geometry) returns double precision
    language sql immutable strict parallel safe
    return 2 * st_area(st_transform(g, 904490)) / nullif(st_perimeter(g::geography), 0);

comment on function mean_width_m(geometry) is
    'Mean width in metres, 2 x area / perimeter, both on the ellipsoid.';

-- Overlay along one line twice may leave a needle on a part: an outline that
-- goes out and comes back a last digit beside itself. It has no area, and metres
-- of perimeter. A grid of 1e-10 degrees (0.01 mm) takes it off; without a needle
-- it changes a width by less than a ten thousandth of a millimetre, and a part
-- that is wide enough with its needles needs no second look.
--
-- Most grounds are so wide that they need no look on the ellipsoid: no degree is
-- longer than 111 700 m, and a square degree no smaller than at its north end.
create function is_narrow(g geometry, min_width_m double precision) returns boolean
    language sql immutable strict parallel safe
    return case when 2 * st_area(g) * 110574 * 111319 * cos(radians(st_ymax(g))) >= min_width_m * 111700 * st_perimeter(g) then false
                else mean_width_m(g) < min_width_m and coalesce(mean_width_m(st_reduceprecision(g, 1e-10)) < min_width_m, true) end;

comment on function is_narrow(geometry, double precision) is
    'Whether the mean width of a ground is under so many metres, needles of rounding not counted.';

-- Overlay results may hold points and lines where shapes only touch; an area
-- has none of these.
create function polygons_of(g geometry) returns geometry
    language sql immutable strict parallel safe
    return st_multi(st_collectionextract(g, 3));

-- st_clipbybox2d is fast and not to be trusted where an outline runs along the
-- box: it left out ground without a word. So the box is wider than what is
-- looked at, by an amount that no outline is likely to run along, and a clip
-- that is not valid is not used. What lies in the box as it is needs none.
-- In PL/pgSQL, which is called in a third of the time of an SQL function that is
-- too long to be inlined.
-- +goose StatementBegin
create function clipped_near(g geometry, near geometry) returns geometry
    language plpgsql immutable strict parallel safe as $$
declare
    box geometry := st_expand(near, 1.6180339887e-5);
    clip geometry;
begin
    if box ~ g then
        return g;
    end if;
    clip := st_clipbybox2d(g, box::box2d);
    return case when st_isvalid(clip) then clip else g end;
end $$;
-- +goose StatementEnd

comment on function clipped_near(geometry, geometry) is
    'The part of a ground in and around the box of another, by which alone the two can overlap: quicker to overlay than the whole.';

-- Overlay in floating precision leaves gaps of a few last digits between grounds
-- that were cut along one line twice, and a grid joins what only meets in a
-- point at a sharp angle. So the union is floating, and two of its polygons are
-- joined when a grid of 1e-10 degrees (0.01 mm) makes over 1e-6 degrees (0.1 m)
-- of their outlines one.
create function connected_parts(grounds geometry[]) returns geometry[]
    language sql immutable strict parallel safe
    return (
        with recursive part as materialized (
            select row_number() over (order by d.path) as no, d.geom from st_dump(polygons_of(case when cardinality(grounds) = 1 then grounds[1] else st_union(grounds) end)) d
        ),
        near as materialized (
            select a.no as one, b.no as other, clipped_near(a.geom, b.geom) as a, clipped_near(b.geom, a.geom) as b
            from part a
            join part b on b.no > a.no and b.geom && st_expand(a.geom, 1e-9)
        ),
        seam as materialized (
            select one, other
            from near
            where st_dwithin(a, b, 1e-9)
              and st_perimeter(st_reduceprecision(a, 1e-10)) + st_perimeter(st_reduceprecision(b, 1e-10))
                  - st_perimeter(st_union(a, b, 1e-10)) > 2e-6
        ),
        reached as (
            select no, no as root from part
            union
            select case r.no when s.one then s.other else s.one end, r.root from reached r join seam s on r.no in (s.one, s.other)
        ),
        whole as (
            select r.root, polygons_of(case when count(*) = 1 then (array_agg(p.geom))[1] else st_unaryunion(st_collect(p.geom order by p.no), 1e-10) end) as geom
            from (select no, min(root) as root from reached group by no) r
            join part p using (no)
            group by r.root
        )
        select array_agg(geom order by root) from whole
    );

comment on function connected_parts(geometry[]) is
    'The connected parts of the union of some grounds; a common point does not join. Parts between which rounding left a gap are put on a grid of 1e-10 degrees, which closes it.';

-- What is found is stored by polygon, and judged by connected part.
-- +goose StatementBegin
create function measured_parts(grounds geometry[], min_width_m double precision, min_area_m2 double precision)
    returns table (part_no bigint, connected_no bigint, within_tolerance boolean, geom geometry, ellipsoidal_area_m2 double precision, connected geometry)
    language sql immutable strict parallel safe
    begin atomic
        select row_number() over (order by p.no, d.path), p.no, m.area_m2 < min_area_m2 or is_narrow(p.geom, min_width_m), d.geom,
               case when st_numgeometries(p.geom) = 1 then m.area_m2 else ellipsoidal_area_m2(d.geom) end, p.geom
        from unnest(connected_parts(grounds)) with ordinality as p(geom, no)
        cross join lateral (select ellipsoidal_area_m2(p.geom) as area_m2 offset 0) m
        cross join lateral st_dump(p.geom) d
        where m.area_m2 > 0 and (st_numgeometries(p.geom) = 1 or ellipsoidal_area_m2(d.geom) > 0);
    end;
-- +goose StatementEnd

comment on function measured_parts(geometry[], double precision, double precision) is
    'The polygons of the connected parts of some grounds with their areas, and whether the part each is of is within tolerance: under so many metres wide or square metres large.';

-- st_distance of geography takes some polygons apart for overlapping ones: it
-- gave 0 for rectangles 1.36 m apart that share a latitude (PostGIS 3.3.2). So
-- the shortest line is found in the plane, longitudes shrunk to the scale of
-- latitudes where the grounds are, and its length taken on the ellipsoid.
create function geodesic_distance_m(a geometry, b geometry) returns double precision
    language sql immutable strict parallel safe
    return (
        with scale as (
            select cos(radians(lat)) * (1 - 0.0066943800229 * sin(radians(lat)) ^ 2) / (1 - 0.0066943800229) as east
            from (select (st_ymin(a) + st_ymax(a) + st_ymin(b) + st_ymax(b)) / 4 as lat) middle
        )
        select st_length(st_scale(st_shortestline(st_scale(a, east, 1), st_scale(b, east, 1)), 1 / east, 1)::geography)
        from scale
    );

comment on function geodesic_distance_m(geometry, geometry) is
    'Metres on the ellipsoid between two EPSG:4490 grounds, 0 where they meet. Which points are nearest is decided at the scale of their middle latitude: up to a ten thousandth too long within a kilometre.';

create table county (
    code text primary key,
    name text not null,
    extent geometry(Polygon, 4490) not null,
    created_at timestamptz not null default now(),
    constraint county_code_is_six_digits check (code ~ '^[0-9]{6}$'),
    constraint county_name_not_blank check (btrim(name) <> '')
);

create table dataset (
    id bigint generated always as identity primary key,
    county_code text not null references county (code),
    layer text not null,
    source text not null default 'default',
    vintage date not null,
    mode text not null default 'replace',
    base_id bigint references dataset (id),
    column_shape text not null default '',
    status text not null default 'loading',
    owner bigint not null default 0,
    reference jsonb,
    encoding jsonb,
    mapping jsonb not null default '{}',
    constants jsonb not null default '{}',
    rows_read bigint not null default 0,
    rows_loaded bigint not null default 0,
    rows_held bigint not null default 0,
    rows_refused bigint not null default 0,
    ellipsoidal_area_m2 double precision,
    extent geometry(Polygon, 4490),
    coverage geometry(MultiPolygon, 4490),
    error text,
    held_decision text,
    created_at timestamptz not null default now(),
    loaded_at timestamptz,
    accepted_at timestamptz,
    accepted_by text,
    constraint dataset_layer_known check (layer in (
        'mining_right', 'land_approval', 'protected_area', 'water_source',
        'forest', 'grassland', 'disturbance', 'division')),
    constraint dataset_source_of_vegetation check (
        source = 'default' and layer not in ('forest', 'grassland')
        or source in ('forestry', 'land_survey') and layer in ('forest', 'grassland')),
    constraint dataset_mode_known check (mode in ('replace', 'add', 'update')),
    constraint dataset_base_of_addition check (base_id is null or mode <> 'replace'),
    constraint dataset_status_known check (status in ('loading', 'staged', 'accepted', 'refused', 'failed')),
    constraint dataset_staged_is_loaded check (status not in ('staged', 'accepted') or loaded_at is not null),
    constraint dataset_accepted_has_date check ((status = 'accepted') = (accepted_at is not null)),
    constraint dataset_held_decision_known check (held_decision in ('accept', 'leave_out')),
    constraint dataset_held_rows_decided check (status <> 'accepted' or rows_held = 0 or held_decision is not null)
);

comment on table dataset is 'One immutable version of a layer for one county. The accepted ones of a (county, layer, source) form a time line by vintage.';

create index dataset_time_line on dataset (county_code, layer, source, vintage desc, id desc) where status = 'accepted';

-- The files a version is made of; a version made by adding rows has several.
create table dataset_file (
    dataset_id bigint not null references dataset (id) on delete cascade,
    file_no integer not null,
    name text not null,
    layer_name text not null default '',
    sha256 bytea not null,
    bytes bigint not null,
    primary key (dataset_id, file_no),
    constraint dataset_file_sha256_length check (octet_length(sha256) = 32),
    constraint dataset_file_bytes_not_negative check (bytes >= 0)
);

-- The ground interpreted on each image date of a disturbance dataset: a
-- polygon, or the whole of the county's mines when geom is null.
create table footprint (
    dataset_id bigint not null references dataset (id) on delete cascade,
    imaged_on date not null,
    geom geometry(MultiPolygon, 4490),
    primary key (dataset_id, imaged_on)
);

create table dataset_diagnostic (
    dataset_id bigint not null references dataset (id) on delete cascade,
    diagnostic_no integer not null,
    code text not null,
    severity text not null,
    source_row integer,
    field text,
    at geometry(Point, 4490),
    args jsonb not null default '{}',
    primary key (dataset_id, diagnostic_no),
    constraint dataset_diagnostic_severity_known check (severity in ('refused', 'held', 'repaired', 'noted'))
);

-- Every diagnostic is counted; only a capped number of each code is stored.
create table dataset_diagnostic_count (
    dataset_id bigint not null references dataset (id) on delete cascade,
    code text not null,
    severity text not null,
    count bigint not null,
    primary key (dataset_id, code),
    constraint dataset_diagnostic_count_positive check (count > 0)
);

-- Columns that are never searched by place say so; the start-up check holds
-- every other geometry column to a GiST index.
comment on column county.extent is 'no index: few rows. The ground the county may file data for; uploads are held against it with 20 km of grace.';
comment on column dataset.extent is 'no index: few rows.';
comment on column dataset.coverage is 'no index: few rows. Forest and grassland: the ground the source speaks of; null is the whole county.';
comment on column footprint.geom is 'no index: read by dataset.';
comment on column dataset_diagnostic.at is 'no index: read by dataset.';

-- +goose Down
drop table dataset_diagnostic_count, dataset_diagnostic, footprint, dataset_file, dataset, county;
drop function geodesic_distance_m(geometry, geometry);
drop function measured_parts(geometry[], double precision, double precision);
drop function connected_parts(geometry[]);
drop function clipped_near(geometry, geometry);
drop function polygons_of(geometry);
drop function is_narrow(geometry, double precision);
drop function mean_width_m(geometry);
drop function ellipsoidal_area_m2(geometry);

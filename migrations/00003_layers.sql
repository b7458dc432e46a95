-- +goose Up

-- One typed table a layer. Rows of a dataset never change once it is accepted;
-- a row that is held counts for nothing. geom is what is measured: EPSG:4490,
-- valid, edges of at most 70 m. corners are the source's own corner points in
-- the source's own system (SRID 0 where it has no EPSG code), null where they
-- equal geom.

create table mining_right (
    county_code text not null,
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners geometry,
    extra jsonb not null default '{}',
    licence_no text not null,
    enterprise text not null,
    mine_name text,
    mining_method text,
    mineral text,
    valid_from date not null,
    valid_to date not null,
    renewal_accepted_on date,
    licensed_area_km2 double precision,
    top_elevation_m double precision,
    bottom_elevation_m double precision,
    township text,
    primary key (dataset_id, row_no, county_code),
    constraint mining_right_area_positive check (ellipsoidal_area_m2 > 0 or held),
    constraint mining_right_licence_no_form check (licence_no ~ '^[CT]?[0-9]{22}$'),
    constraint mining_right_method_known check (mining_method in ('open_pit', 'underground', 'open_pit_and_underground')),
    constraint mining_right_term_in_order check (valid_from <= valid_to),
    constraint mining_right_elevations_in_order check (bottom_elevation_m <= top_elevation_m)
);

create index mining_right_geom on mining_right using gist (geom);
create index mining_right_licence_no on mining_right (licence_no);

create table land_approval (
    county_code text not null,
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners geometry,
    extra jsonb not null default '{}',
    kind text not null,
    approval_no text not null,
    licence_no text,
    enterprise text,
    approved_on date not null,
    valid_from date,
    valid_to date,
    purpose text,
    approved_area_m2 double precision,
    reclaim_by date,
    reclaimed_on date,
    returned_on date,
    max_elevation_m double precision,
    primary key (dataset_id, row_no, county_code),
    constraint land_approval_area_positive check (ellipsoidal_area_m2 > 0 or held),
    constraint land_approval_kind_known check (kind in ('temporary_land', 'construction_land', 'forest_use', 'grassland_use', 'dump_site')),
    constraint land_approval_temporary_has_end check (kind <> 'temporary_land' or valid_to is not null),
    constraint land_approval_term_in_order check (valid_from <= valid_to)
);

create index land_approval_geom on land_approval using gist (geom);
create index land_approval_licence_no on land_approval (licence_no);
create index land_approval_enterprise on land_approval (enterprise);

create table protected_area (
    county_code text not null,
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners geometry,
    extra jsonb not null default '{}',
    name text not null,
    category text not null,
    level text,
    zone text,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint protected_area_area_positive check (ellipsoidal_area_m2 > 0 or held),
    constraint protected_area_category_known check (category in (
        'nature_reserve', 'national_park', 'forest_park', 'geopark', 'wetland_park',
        'desert_park', 'grassland_park', 'scenic_area', 'other')),
    constraint protected_area_zone_known check (zone in ('core', 'buffer', 'experimental', 'general_control'))
);

create index protected_area_geom on protected_area using gist (geom);

create table water_source (
    county_code text not null,
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners geometry,
    extra jsonb not null default '{}',
    name text not null,
    grade text not null,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint water_source_area_positive check (ellipsoidal_area_m2 > 0 or held),
    constraint water_source_grade_known check (grade in ('1', '2', 'quasi'))
);

create index water_source_geom on water_source using gist (geom);

create table forest (
    county_code text not null,
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners geometry,
    extra jsonb not null default '{}',
    land_code text,
    owner text,
    protection_grade text,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint forest_area_positive check (ellipsoidal_area_m2 > 0 or held)
);

create index forest_geom on forest using gist (geom);

create table grassland (
    county_code text not null,
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners geometry,
    extra jsonb not null default '{}',
    land_code text,
    owner text,
    protection_grade text,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint grassland_area_positive check (ellipsoidal_area_m2 > 0 or held)
);

create index grassland_geom on grassland using gist (geom);

create table disturbance (
    county_code text not null,
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners geometry,
    extra jsonb not null default '{}',
    patch_no text not null,
    imaged_on date not null,
    kind text not null,
    licence_no text,
    image_source text,
    position_error_m double precision,
    top_elevation_m double precision,
    bottom_elevation_m double precision,
    ownership text,
    restored_on date,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint disturbance_area_positive check (ellipsoidal_area_m2 > 0 or held),
    constraint disturbance_kind_known check (kind in (
        'pit', 'waste_dump', 'gangue_dump', 'construction', 'road', 'abandoned_pit', 'other')),
    constraint disturbance_ownership_known check (ownership in ('owned', 'ownerless')),
    constraint disturbance_position_error_not_negative check (position_error_m >= 0)
);

create index disturbance_geom on disturbance using gist (geom);
create index disturbance_licence_no on disturbance (licence_no);

create table division (
    county_code text not null,
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners geometry,
    extra jsonb not null default '{}',
    code text not null,
    name text not null,
    county text,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint division_area_positive check (ellipsoidal_area_m2 > 0 or held),
    constraint division_code_form check (code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$')
);

create index division_geom on division using gist (geom);

-- The layers whose ground restricts mining, in one shape for the relations.
-- class is what figures are broken down by; protected areas carry their zone
-- behind a slash.
create view restricting_ground as
    select 'protected_area' as layer, dataset_id, row_no, geom, ellipsoidal_area_m2, name,
           category || coalesce('/' || zone, '') as class, category as family
    from protected_area where not held
    union all
    select 'water_source', dataset_id, row_no, geom, ellipsoidal_area_m2, name, 'grade_' || grade, 'grade_' || grade
    from water_source where not held
    union all
    select 'forest', dataset_id, row_no, geom, ellipsoidal_area_m2, coalesce(land_code, ''), coalesce(land_code, 'unclassed'), 'forest'
    from forest where not held
    union all
    select 'grassland', dataset_id, row_no, geom, ellipsoidal_area_m2, coalesce(land_code, ''), coalesce(land_code, 'unclassed'), 'grassland'
    from grassland where not held;

comment on column mining_right.corners is 'no index: read by row. The source''s own corner points in its own system; null where geom holds them.';
comment on column land_approval.corners is 'no index: read by row. The source''s own corner points in its own system; null where geom holds them.';
comment on column protected_area.corners is 'no index: read by row. The source''s own corner points in its own system; null where geom holds them.';
comment on column water_source.corners is 'no index: read by row. The source''s own corner points in its own system; null where geom holds them.';
comment on column forest.corners is 'no index: read by row. The source''s own corner points in its own system; null where geom holds them.';
comment on column grassland.corners is 'no index: read by row. The source''s own corner points in its own system; null where geom holds them.';
comment on column disturbance.corners is 'no index: read by row. The source''s own corner points in its own system; null where geom holds them.';
comment on column division.corners is 'no index: read by row. The source''s own corner points in its own system; null where geom holds them.';

-- +goose Down
drop view restricting_ground;
drop table division, disturbance, grassland, forest, water_source, protected_area, land_approval, mining_right;

-- +goose Up

-- One typed table a layer. Rows of a dataset never change once it is accepted;
-- a row that is held counts for nothing. geom is what is measured: EPSG:4490,
-- valid, edges of at most 70 m. corners are the source's own corner points in
-- the source's own system (SRID 0 where it has no EPSG code), null where they
-- equal geom; source_corners reads them.
--
-- A layer is partitioned by county, and a county's part by dataset: each dataset
-- is a table of its own, loaded without indexes that would slow it down and
-- attached when its rows are in. So loading, superseding and vacuuming one never
-- touches another, and a dataset that came to nothing leaves no row behind. The
-- partitions hold the reference to dataset in their bounds; a foreign key would
-- look the same id up once for every row.

-- Surveys are kept to the tenth of a millimetre, and TWKB holds such corners to
-- the bit in a third of the room of EWKB; what it cannot hold is EWKB, which
-- begins with its byte order.
create function source_corners(corners bytea, srid integer) returns geometry
    language sql immutable strict parallel safe
    return case get_byte(corners, 0) when 1 then st_geomfromewkb(corners) else st_setsrid(st_geomfromtwkb(corners), srid) end;

comment on function source_corners(bytea, integer) is
    'The corners of a row as its file has them, in the file''s own system; arguments are the row''s corners and corners_srid.';

create table mining_right (
    county_code text not null,
    dataset_id bigint not null,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners bytea,
    corners_srid integer,
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
) partition by list (county_code);

create index mining_right_geom on mining_right using gist (geom);
create index mining_right_licence_no on mining_right (licence_no);

create table land_approval (
    county_code text not null,
    dataset_id bigint not null,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners bytea,
    corners_srid integer,
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
) partition by list (county_code);

create index land_approval_geom on land_approval using gist (geom);
create index land_approval_licence_no on land_approval (licence_no);
create index land_approval_enterprise on land_approval (enterprise);

create table protected_area (
    county_code text not null,
    dataset_id bigint not null,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners bytea,
    corners_srid integer,
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
) partition by list (county_code);

create index protected_area_geom on protected_area using gist (geom);

create table water_source (
    county_code text not null,
    dataset_id bigint not null,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners bytea,
    corners_srid integer,
    extra jsonb not null default '{}',
    name text not null,
    grade text not null,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint water_source_area_positive check (ellipsoidal_area_m2 > 0 or held),
    constraint water_source_grade_known check (grade in ('1', '2', 'quasi'))
) partition by list (county_code);

create index water_source_geom on water_source using gist (geom);

create table forest (
    county_code text not null,
    dataset_id bigint not null,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners bytea,
    corners_srid integer,
    extra jsonb not null default '{}',
    land_code text,
    owner text,
    protection_grade text,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint forest_area_positive check (ellipsoidal_area_m2 > 0 or held)
) partition by list (county_code);

create index forest_geom on forest using gist (geom);

create table grassland (
    county_code text not null,
    dataset_id bigint not null,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners bytea,
    corners_srid integer,
    extra jsonb not null default '{}',
    land_code text,
    owner text,
    protection_grade text,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint grassland_area_positive check (ellipsoidal_area_m2 > 0 or held)
) partition by list (county_code);

create index grassland_geom on grassland using gist (geom);

create table disturbance (
    county_code text not null,
    dataset_id bigint not null,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners bytea,
    corners_srid integer,
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
) partition by list (county_code);

create index disturbance_geom on disturbance using gist (geom);
create index disturbance_licence_no on disturbance (licence_no);

create table division (
    county_code text not null,
    dataset_id bigint not null,
    row_no integer not null,
    file_no integer not null,
    source_row integer not null,
    held boolean not null default false,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    corners bytea,
    corners_srid integer,
    extra jsonb not null default '{}',
    code text not null,
    name text not null,
    county text,
    declared_area_m2 double precision,
    primary key (dataset_id, row_no, county_code),
    constraint division_area_positive check (ellipsoidal_area_m2 > 0 or held),
    constraint division_code_form check (code ~ '^([0-9]{6}|[0-9]{9}|[0-9]{12})$')
) partition by list (county_code);

create index division_geom on division using gist (geom);

-- Coordinates hardly compress, and trying costs more than copying them.
alter table mining_right alter geom set storage external, alter corners set storage external;
alter table land_approval alter geom set storage external, alter corners set storage external;
alter table protected_area alter geom set storage external, alter corners set storage external;
alter table water_source alter geom set storage external, alter corners set storage external;
alter table forest alter geom set storage external, alter corners set storage external;
alter table grassland alter geom set storage external, alter corners set storage external;
alter table disturbance alter geom set storage external, alter corners set storage external;
alter table division alter geom set storage external, alter corners set storage external;

-- Every county has its part of each layer from the moment it is registered.
-- +goose StatementBegin
create function create_county_partitions() returns trigger
    language plpgsql as $$
declare
    layer text;
begin
    foreach layer in array array['mining_right', 'land_approval', 'protected_area', 'water_source',
                                 'forest', 'grassland', 'disturbance', 'division'] loop
        execute format('create table %I partition of %I for values in (%L) partition by list (dataset_id)',
                       layer || '_' || new.code, layer, new.code);
    end loop;
    return null;
end
$$;
-- +goose StatementEnd

create trigger county_has_partitions after insert on county for each row execute function create_county_partitions();

-- +goose StatementBegin
create function create_dataset_table(layer text, county text, dataset bigint) returns text
    language plpgsql as $$
declare
    name text := quote_ident(layer || '_d' || dataset);
begin
    -- The check says what the bounds of the partition will say, so that
    -- attaching reads no row. Two rows of a page are as large as they can be
    -- before they are moved out, which costs more than all the rest of storing.
    execute format('create table %s (like %I including defaults including constraints including storage,
                        primary key (dataset_id, row_no, county_code),
                        constraint dataset_bounds check (county_code = %L and dataset_id = %s))
                    with (toast_tuple_target = 4080)',
                   name, layer, county, dataset);
    return name;
end
$$;
-- +goose StatementEnd

comment on function create_dataset_table(text, text, bigint) is
    'Makes the table that the rows of a dataset are loaded into, not yet part of its layer, and returns its name as SQL writes it.';

-- +goose StatementBegin
create function attach_dataset_table(layer text, county text, dataset bigint) returns void
    language plpgsql as $$
begin
    execute format('alter table %I attach partition %I for values in (%s)',
                   layer || '_' || county, layer || '_d' || dataset, dataset);
end
$$;
-- +goose StatementEnd

comment on function attach_dataset_table(text, text, bigint) is
    'Makes the loaded table of a dataset part of its layer, and builds the indexes of the layer for it.';

-- +goose StatementBegin
create function drop_dataset_table(layer text, dataset bigint) returns void
    language plpgsql as $$
begin
    execute format('drop table if exists %I', layer || '_d' || dataset);
end
$$;
-- +goose StatementEnd

comment on function drop_dataset_table(text, bigint) is
    'Takes the table of a dataset away with its rows. Waits for whoever reads the layer, and lets nobody begin to meanwhile: set lock_timeout.';

-- +goose StatementBegin
create function add_dataset_table(dataset bigint) returns void
    language plpgsql as $$
declare
    d dataset;
begin
    select * into strict d from dataset where id = add_dataset_table.dataset;
    perform create_dataset_table(d.layer, d.county_code, d.id);
    perform attach_dataset_table(d.layer, d.county_code, d.id);
end
$$;
-- +goose StatementEnd

comment on function add_dataset_table(bigint) is
    'Gives a dataset its table at once, for rows that are put into the layer one by one.';

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

-- Rows of a restricting layer of over a thousand corners, cut along parallels and
-- meridians into pieces of 256: a mine reads the few pieces around it and not a
-- megabyte for each of its patches. The rows themselves stay as they are.
create table restricting_piece (
    dataset_id bigint not null references dataset (id) on delete cascade,
    row_no integer not null,
    piece_no integer not null,
    geom geometry(Polygon, 4490) not null,
    primary key (dataset_id, row_no, piece_no)
);

create index restricting_piece_geom_idx on restricting_piece using gist (geom);

-- +goose StatementBegin
create function cut_large_rows(layer text, dataset bigint) returns void
    language plpgsql as $$
begin
    execute format('insert into restricting_piece (dataset_id, row_no, piece_no, geom)
                    select t.dataset_id, t.row_no, p.piece_no, p.geom
                    from %I t cross join lateral st_subdivide(t.geom, 256) with ordinality as p(geom, piece_no)
                    where t.dataset_id = $1 and st_npoints(t.geom) > 1000', layer)
        using dataset;
    -- Cutting must lose nothing: a row whose pieces do not come to it, in the plane
    -- of its corners, where a cut is straight, is taken whole.
    execute format('with cut as (
                        select row_no, sum(st_area(geom)) as area from restricting_piece where dataset_id = $1 group by row_no
                    ),
                    lost as materialized (
                        select t.row_no from cut c join %I t on t.dataset_id = $1 and t.row_no = c.row_no
                        where abs(c.area - st_area(t.geom)) > 1e-10 * st_area(t.geom)
                    )
                    delete from restricting_piece where dataset_id = $1 and row_no in (select row_no from lost)', layer)
        using dataset;
end
$$;
-- +goose StatementEnd

comment on function cut_large_rows(text, bigint) is
    'Keeps the large rows of a loaded dataset of a restricting layer in pieces too.';

-- +goose Down
drop function cut_large_rows(text, bigint);
drop table restricting_piece;
drop view restricting_ground;
drop function source_corners(bytea, integer);
drop function add_dataset_table(bigint);
drop function attach_dataset_table(text, text, bigint);
drop function create_dataset_table(text, text, bigint);
drop trigger county_has_partitions on county;
drop function create_county_partitions();
drop table division, disturbance, grassland, forest, water_source, protected_area, land_approval, mining_right;

-- +goose Up

-- Copies of layers for maps seen from afar, made of the version of a time line
-- that counts, and gone when another does. No figure is ever taken from them.
create table generalised (
    dataset_id bigint primary key references dataset (id) on delete cascade,
    status text not null default 'working',
    -- The first level of which maps show the rows themselves; lower ones show cells.
    shapes_from smallint not null,
    -- The rows up to this number are done, of so many.
    done_row_no integer not null default 0,
    last_row_no integer not null,
    error text,
    completed_at timestamptz,
    constraint generalised_status_known check (status in ('working', 'complete', 'cancelled', 'failed')),
    constraint generalised_complete_has_time check ((status = 'complete') = (completed_at is not null)),
    constraint generalised_failed_says_why check ((status = 'failed') = (error is not null)),
    constraint generalised_done_within check (done_row_no between 0 and last_row_no)
);

-- Rows of very many corners, with no more of them than a level can show.
create table generalised_shape (
    dataset_id bigint not null references generalised (dataset_id) on delete cascade,
    row_no integer not null,
    level smallint not null,
    geom geometry(MultiPolygon, 4490) not null,
    primary key (dataset_id, row_no, level)
);

comment on column generalised_shape.geom is 'no index: looked up by the row that it is a copy of';

-- What each class has of a cell of the finest level that shows cells, while
-- copies are made.
create table generalised_part (
    dataset_id bigint not null references generalised (dataset_id) on delete cascade,
    x integer not null,
    y integer not null,
    class text not null,
    ellipsoidal_area_m2 double precision not null,
    row_count bigint not null,
    primary key (dataset_id, x, y, class)
);

-- Squares of longitude and latitude, of 360/2^(level+5) degrees, counted from 180°
-- W and 90° S. The shares are of a cell's ground, and of its rows are counted
-- those that have a point there by which they are called.
create table generalised_cell (
    dataset_id bigint not null references generalised (dataset_id) on delete cascade,
    level smallint not null,
    x integer not null,
    y integer not null,
    class text not null,
    class_share double precision not null,
    share double precision not null,
    row_count bigint not null,
    primary key (dataset_id, level, x, y),
    constraint generalised_cell_shares_in_order check (0 < class_share and class_share <= share and share <= 1)
);

-- The rows that count of all layers, with what they are told apart by on a map.
create view classed_ground as
    select 'mining_right' as layer, dataset_id, row_no, geom, ellipsoidal_area_m2, coalesce(mining_method, '') as class from mining_right where not held
    union all
    select 'land_approval', dataset_id, row_no, geom, ellipsoidal_area_m2, kind from land_approval where not held
    union all
    select 'protected_area', dataset_id, row_no, geom, ellipsoidal_area_m2, category from protected_area where not held
    union all
    select 'water_source', dataset_id, row_no, geom, ellipsoidal_area_m2, grade from water_source where not held
    union all
    select 'forest', dataset_id, row_no, geom, ellipsoidal_area_m2, coalesce(land_code, '') from forest where not held
    union all
    select 'grassland', dataset_id, row_no, geom, ellipsoidal_area_m2, coalesce(land_code, '') from grassland where not held
    union all
    select 'disturbance', dataset_id, row_no, geom, ellipsoidal_area_m2, kind from disturbance where not held
    union all
    select 'division', dataset_id, row_no, geom, ellipsoidal_area_m2, '' from division where not held;

-- +goose Down
drop view classed_ground;
drop table generalised_cell;
drop table generalised_part;
drop table generalised_shape;
drop table generalised;

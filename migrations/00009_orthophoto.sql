-- +goose Up

-- Images of the ground that maps are drawn upon. No figure rests on them.
create table orthophoto (
    id bigint generated always as identity primary key,
    county_code text not null references county (code),
    name text not null,
    imaged_on date not null,
    -- Of the picture's edge; where within it nothing was seen is not known here.
    extent geometry(MultiPolygon, 4490) not null,
    epsg integer not null,
    width integer not null,
    height integer not null,
    -- From pixels to the plane of the reference system, as GDAL writes it.
    transform double precision[] not null,
    pixel_m double precision not null,
    bytes bigint not null,
    sha256 bytea not null,
    added_at timestamptz not null default now(),
    constraint orthophoto_named check (name <> ''),
    constraint orthophoto_has_size check (width > 0 and height > 0 and pixel_m > 0 and bytes > 0),
    constraint orthophoto_transform_whole check (cardinality(transform) = 6),
    constraint orthophoto_sha256_whole check (length(sha256) = 32)
);

create index orthophoto_by_extent on orthophoto using gist (extent);

-- In pieces of 256 KiB, so that a map reads those that hold its ground; they are
-- packed already, and not packed again.
create table orthophoto_chunk (
    orthophoto_id bigint not null references orthophoto (id) on delete cascade,
    chunk integer not null,
    content bytea not null,
    primary key (orthophoto_id, chunk)
);

alter table orthophoto_chunk alter column content set storage external;

-- +goose Down
drop table orthophoto_chunk;
drop table orthophoto;

-- +goose Up

-- The copy of an image that is looked at in a browser: a cloud optimised GeoTIFF in
-- Web Mercator, of tiles of JPEG with their masks. Where there is none, why.
create table orthophoto_copy (
    orthophoto_id bigint primary key references orthophoto (id) on delete cascade,
    fault text not null,
    bytes bigint not null,
    sha256 bytea not null,
    -- Of the upper left corner and of a pixel, metres of the projection.
    west_m double precision not null,
    north_m double precision not null,
    pixel_m double precision not null,
    -- Sides of its pictures in pixels, the largest first.
    widths integer[] not null,
    heights integer[] not null,
    constraint orthophoto_copy_or_fault check ((fault = '') = (bytes > 0)),
    constraint orthophoto_copy_sha256_whole check (fault <> '' or length(sha256) = 32),
    constraint orthophoto_copy_has_levels check (fault <> '' or (cardinality(widths) > 0 and cardinality(widths) = cardinality(heights) and pixel_m > 0))
);

-- In pieces, as those of the images themselves.
create table orthophoto_copy_chunk (
    orthophoto_id bigint not null references orthophoto_copy (orthophoto_id) on delete cascade,
    chunk integer not null,
    content bytea not null,
    primary key (orthophoto_id, chunk)
);

alter table orthophoto_copy_chunk alter column content set storage external;

grant select on orthophoto_copy, orthophoto_copy_chunk to taohe_viewer;
grant insert on orthophoto_copy, orthophoto_copy_chunk to taohe_editor;
grant delete on orthophoto_copy to taohe_editor;

alter table orthophoto_copy enable row level security;
alter table orthophoto_copy_chunk enable row level security;
create policy of_counties on orthophoto_copy
    using ((select sees_all_counties()) or exists (select from orthophoto o where o.id = orthophoto_id));
create policy of_counties on orthophoto_copy_chunk
    using ((select sees_all_counties()) or exists (select from orthophoto o where o.id = orthophoto_id));

-- +goose Down
drop table orthophoto_copy_chunk;
drop table orthophoto_copy;

-- +goose Up

-- The one place that says which version of a layer holds on a day; written as a
-- query that is put into the statement that asks, so that it costs what it would there.
create function versions_in_force(on_day date, known_at timestamptz default 'infinity')
    returns setof dataset
    language sql stable parallel safe as $$
    select distinct on (county_code, layer, source) dataset.*
    from dataset
    where vintage <= on_day and status = 'accepted' and accepted_at <= known_at
    order by county_code, layer, source, vintage desc, id desc
$$;

comment on function versions_in_force(date, timestamptz) is
    'Of each county, layer and source the accepted version with the newest vintage up to a day, of those that were accepted by a time.';

create function versions_read(on_day date, counties text[], staged bigint[])
    returns setof bigint
    language sql stable as $$
    with effective as (
        select distinct on (county_code, layer, source) id, county_code, layer, extent
        from (select id, county_code, layer, source, vintage, extent from versions_in_force(on_day)
              union all
              select id, county_code, layer, source, vintage, extent from dataset
              where status = 'staged' and id = any(staged) and vintage <= on_day) v
        order by county_code, layer, source, vintage desc, id desc
    ),
    ground as (
        select st_expand(st_extent(extent)::geometry, 0.1) as box
        from effective
        where county_code = any(counties) and layer in ('mining_right', 'disturbance', 'land_approval')
    )
    select e.id
    from effective e, ground g
    where e.county_code = any(counties) or st_setsrid(g.box, 4490) && e.extent
    order by e.id
$$;

comment on function versions_read(date, text[], bigint[]) is
    'The versions that a run of some counties reads as of a day: those of the counties, and of others where they may touch the counties'' mines; staged ones that are named count as accepted.';

-- A run is of all mines of its counties, or of those that are named. The latter is
-- never the newest of anything, no base of another, and feeds no ledger.
alter table run add column licence_nos text[] not null default '{}';

alter table job drop constraint job_kind_known,
    add constraint job_kind_known check (kind in ('dossiers', 'ledger_feed', 'ledger_measurements', 'annex1', 'annex2', 'briefing', 'mine_report'));

create function mineral_of(method_and_mineral text) returns text
    language sql immutable strict parallel safe
    return regexp_replace(method_and_mineral, '^[^+]*[+]', '');

comment on function mineral_of(text) is
    'The mineral of 开采方式、矿种 as the ledger writes it: what is behind the plus sign, all of it where there is none.';

-- +goose Down
drop function mineral_of(text);
delete from job where kind = 'mine_report';
alter table job drop constraint job_kind_known,
    add constraint job_kind_known check (kind in ('dossiers', 'ledger_feed', 'ledger_measurements', 'annex1', 'annex2', 'briefing'));
alter table run drop column licence_nos;
drop function versions_read(date, text[], bigint[]);
drop function versions_in_force(date, timestamptz);

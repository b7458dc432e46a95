-- +goose Up

-- partial: mines that no change can touch are carried over from base_run_id,
-- the newest complete run of the same question. what_if: staged datasets that
-- the run read as if they were accepted. engine: the program and the database
-- that computed, because another may give another last digit.
alter table run
    add column partial boolean not null default false,
    add column base_run_id bigint references run (id) on delete set null,
    add column mines_carried integer not null default 0,
    add column what_if bigint[] not null default '{}',
    add column engine text not null default '',
    add constraint run_carried_are_done check (mines_carried <= mines_done),
    add constraint run_carried_in_partial check (partial or mines_carried = 0);

-- Results of a mine are held once, by the run that computed it; a run to which they
-- were carried over says which that is. Without a cascade: what others rest on is
-- not deleted. Deferred, so that all of them can be together.
alter table run_mine add column computed_in_run_id bigint;
update run_mine set computed_in_run_id = run_id;
alter table run_mine alter column computed_in_run_id set not null,
    add constraint run_mine_others_rest_on_it foreign key (computed_in_run_id) references run (id) deferrable initially deferred;
create index run_mine_by_computing_run on run_mine (computed_in_run_id);

-- Results that were carried over name rows of the versions that their mine was
-- computed from. This is which version stands in the place of each in the run, and
-- where a row has another number there.
create table carried_dataset (
    run_id bigint not null references run (id) on delete cascade,
    computed_dataset_id bigint not null,
    dataset_id bigint not null,
    primary key (run_id, computed_dataset_id)
);

create table carried_row (
    run_id bigint not null references run (id) on delete cascade,
    computed_dataset_id bigint not null,
    computed_row_no integer not null,
    row_no integer not null,
    primary key (run_id, computed_dataset_id, computed_row_no)
);

-- fixed: noted when the inputs were settled, not when the mine was computed.
alter table run_diagnostic add column fixed boolean not null default false;

create function version_changes(base bigint, run bigint)
    returns table (layer text, base_dataset_id bigint, dataset_id bigint)
    language sql stable as $$
    select coalesce(o.layer, n.layer), o.id, n.id
    from (select d.id, d.county_code, d.layer, d.source from run_dataset r join dataset d on d.id = r.dataset_id where r.run_id = base) o
    full join (select d.id, d.county_code, d.layer, d.source from run_dataset r join dataset d on d.id = r.dataset_id where r.run_id = run) n
        on n.county_code = o.county_code and n.layer = o.layer and n.source = o.source
    where o.id is distinct from n.id
    order by 1, 2, 3
$$;

comment on function version_changes(bigint, bigint) is
    'The versions in which two runs differ: of each (county, layer, source) that of the first and that of the second; null where one has none.';

-- Rows are the same when everything that is measured or judged of them is the
-- same: the file, the place in it and the columns nobody mapped are not. Of rows
-- alike in all, the first matches the first. Most rows of a new version stand where
-- they stood, byte for byte. Contents are hashed only where one does not, of that
-- row and of all that could be alike to it: those of the same area.
-- +goose StatementBegin
create function row_changes(base bigint, run bigint)
    returns table (layer text, base_dataset_id bigint, base_row_no integer, dataset_id bigint, row_no integer, geom geometry)
    language plpgsql stable as $$
#variable_conflict use_column
declare
    pair record;
    columns text[];
begin
    for pair in select * from version_changes(base, run) loop
        select array_agg(format('%I', attname) order by attnum) into columns
        from pg_attribute
        where attrelid = pair.layer::regclass and attnum > 0 and not attisdropped
          and attname not in ('dataset_id', 'row_no', 'file_no', 'source_row', 'corners', 'corners_srid', 'extra');
        return query execute format(
            'with differing as materialized (
                 select o.ellipsoidal_area_m2 as old_m2, n.ellipsoidal_area_m2 as new_m2
                 from (select * from %2$I where dataset_id = $1 and not held) o
                 full join (select * from %2$I where dataset_id = $2 and not held) n on n.row_no = o.row_no
                 where not coalesce(cast(row(o.%3$s) as record) *= cast(row(n.%4$s) as record), false)
             ),
             area as materialized (
                 select old_m2 as m2 from differing union select new_m2 from differing
             ),
             old as (
                 select row_no, geom, content, row_number() over (partition by content order by row_no) as nth
                 from (select row_no, geom, sha256(record_send(row(%1$s))) as content from %2$I
                       where dataset_id = $1 and not held and ellipsoidal_area_m2 in (select m2 from area)) c
             ),
             new as (
                 select row_no, geom, content, row_number() over (partition by content order by row_no) as nth
                 from (select row_no, geom, sha256(record_send(row(%1$s))) as content from %2$I
                       where dataset_id = $2 and not held and ellipsoidal_area_m2 in (select m2 from area)) c
             )
             select %2$L::text, case when o.row_no is not null then $1 end, o.row_no, case when n.row_no is not null then $2 end, n.row_no,
                    case when o.row_no is null or n.row_no is null then coalesce(n.geom, o.geom) end
             from old o full join new n on n.content = o.content and n.nth = o.nth
             where o.row_no is distinct from n.row_no',
            array_to_string(columns, ', '), pair.layer, array_to_string(columns, ', o.'), array_to_string(columns, ', n.'))
            using pair.base_dataset_id, pair.dataset_id;
    end loop;
end $$;
-- +goose StatementEnd

comment on function row_changes(bigint, bigint) is
    'The rows in which the versions of two runs differ: those the same in both under another number with both their places, those only in the first without a row_no, those only in the second without a base_row_no. Only the latter two with their ground.';

-- The rows that results name are those of the run that computed them: what they are
-- called in the base, if the base has them from yet another, and from there on what
-- row_change says. Only rows that are named are kept, and only under other numbers.
-- +goose StatementBegin
create function carry_rows(run bigint, base bigint) returns void
    language plpgsql as $$
#variable_conflict use_variable
begin
    insert into carried_dataset (run_id, computed_dataset_id, dataset_id)
    select distinct run, v.base_dataset_id, v.dataset_id
    from (select distinct computed_in_run_id from run_mine where run_id = run and computed_in_run_id <> run) c
    cross join lateral version_changes(c.computed_in_run_id, run) v
    where v.base_dataset_id is not null and v.dataset_id is not null;
    if not exists (select from carried_row where run_id = base) and not exists (select from pg_temp.row_change where base_row_no <> row_no) then
        return;
    end if;
    insert into carried_row (run_id, computed_dataset_id, computed_row_no, row_no)
    with mine as materialized (
        select computed_in_run_id as run_id, licence_no from run_mine where run_id = run and computed_in_run_id <> run
    ),
    named as (
        select c.dataset_id, c.row_no from mine join finding_citation c using (run_id, licence_no)
        union
        select a.dataset_id, a.row_no from mine join approval_account a using (run_id, licence_no)
        union
        select g.displaced_from_dataset_id, g.displaced_from_row_no from mine join ground_component g using (run_id, licence_no)
        union
        select d.dataset_id, d.row_no from mine join run_diagnostic d using (run_id, licence_no) where not d.fixed
    )
    select run, n.dataset_id, n.row_no, now.row_no
    from named n
    left join carried_dataset v on v.run_id = base and v.computed_dataset_id = n.dataset_id
    left join carried_row r on r.run_id = base and r.computed_dataset_id = n.dataset_id and r.computed_row_no = n.row_no
    left join pg_temp.row_change c on c.base_dataset_id = coalesce(v.dataset_id, n.dataset_id) and c.base_row_no = coalesce(r.row_no, n.row_no)
    cross join lateral (select coalesce(c.row_no, r.row_no, n.row_no) as row_no) now
    where now.row_no <> n.row_no;
end $$;
-- +goose StatementEnd

comment on function carry_rows(bigint, bigint) is
    'Notes for a run what the rows that its carried results name are called in its own versions; part of carry_mines.';

-- Everything that computing a mine reads is its own rows, rows that lie over
-- them, the footprints and coverages, and which layers its county lacks. A mine
-- is touched when one of these differs; a doubt counts as a touch.
-- +goose StatementBegin
create function carry_mines(run bigint, base bigint) returns integer
    language plpgsql as $$
#variable_conflict use_variable
declare
    carried text[];
begin
    drop table if exists pg_temp.version_change, pg_temp.row_change, pg_temp.changed_ground, pg_temp.changed_county, pg_temp.reach, pg_temp.touched;
    create temporary table version_change on commit drop as select * from version_changes(base, run);
    create temporary table row_change on commit drop as select * from row_changes(base, run);
    create index on row_change (base_dataset_id, base_row_no);
    analyze row_change;

    -- Boxes of ground, with the mine it was given to where that is what changed.
    create temporary table changed_ground on commit drop as
        select null::text as licence_no, box_of(geom) as geom from row_change where base_row_no is null or row_no is null;
    -- Patches and approvals given to other mines, or for other reasons, or gone.
    insert into changed_ground
    with before as (
        select p.county_code, coalesce(v.dataset_id, p.dataset_id) as dataset_id, case when c.base_row_no is null then p.row_no else c.row_no end as row_no,
               p.licence_no, p.attributed_by, p.confirmed, p.overlap_m2, p.distance_m
        from run_patch p
        left join version_change v on v.base_dataset_id = p.dataset_id
        left join row_change c on c.base_dataset_id = p.dataset_id and c.base_row_no = p.row_no
        where p.run_id = base
    ),
    after as (
        select p.county_code, p.dataset_id, p.row_no, p.licence_no, p.attributed_by, p.confirmed, p.overlap_m2, p.distance_m
        from run_patch p where p.run_id = run
    )
    select x.licence_no, box_of(d.geom)
    from ((table before except table after) union all (table after except table before)) x
    left join lateral (select geom from disturbance where dataset_id = x.dataset_id and row_no = x.row_no offset 0) d on true;
    insert into changed_ground
    with before as (
        select coalesce(v.dataset_id, a.dataset_id) as dataset_id, case when c.base_row_no is null then a.row_no else c.row_no end as row_no,
               a.licence_no, a.attributed_by
        from run_approval a
        left join version_change v on v.base_dataset_id = a.dataset_id
        left join row_change c on c.base_dataset_id = a.dataset_id and c.base_row_no = a.row_no
        where a.run_id = base
    ),
    after as (
        select a.dataset_id, a.row_no, a.licence_no, a.attributed_by from run_approval a where a.run_id = run
    )
    select x.licence_no, box_of(l.geom)
    from ((table before except table after) union all (table after except table before)) x
    left join lateral (select geom from land_approval where dataset_id = x.dataset_id and row_no = x.row_no offset 0) l on true;
    execute (
        select format(
            'insert into changed_ground
             select licence_no, box_of(g.geom)
             from (select licence_no, geom, cast(row(%1$s) as record) as filed from run_mine where run_id = $1) n
             full join (select licence_no, geom, cast(row(%1$s) as record) as filed from run_mine where run_id = $2) o using (licence_no)
             cross join lateral (values (n.geom), (o.geom)) as g(geom)
             where g.geom is not null and not coalesce(n.filed *= o.filed, false)',
            string_agg(quote_ident(attname), ', ' order by attnum))
        from pg_attribute
        where attrelid = 'run_mine'::regclass and attnum > 0 and not attisdropped
          and attname not in ('run_id', 'status', 'error', 'digest', 'computed_in_run_id'))
        using run, base;
    create index on changed_ground using gist (geom);

    -- Null is every county: a polygon looks, and covers, whoever's ground it is.
    create temporary table changed_county on commit drop as
    with look as (
        select r.run_id, d.county_code, 'image' as what, f.imaged_on::text as of, f.geom
        from run_dataset r join dataset d on d.id = r.dataset_id join footprint f on f.dataset_id = d.id
        union all
        select r.run_id, d.county_code, d.layer, d.source, d.coverage
        from run_dataset r join dataset d on d.id = r.dataset_id
        where d.layer in ('forest', 'grassland')
    ),
    before as (select county_code, what, of, st_asbinary(geom) as ground from look where run_id = base),
    after as (select county_code, what, of, st_asbinary(geom) as ground from look where run_id = run),
    unasked_before as (select county_code, rule_code, missing_layers from run_not_evaluated where run_id = base),
    unasked_after as (select county_code, rule_code, missing_layers from run_not_evaluated where run_id = run)
    select case when ground is null then county_code end as county_code
    from ((table before except all table after) union all (table after except all table before)) differing
    union
    select county_code
    from ((table unasked_before except table unasked_after) union all (table unasked_after except table unasked_before)) differing;

    -- Images are looked for in the box of all patches; a hundred metres more
    -- than the boxes that computing asks for. A mine whose patches or approvals are
    -- not those of before is touched without it. The barriers of OFFSET have it look
    -- into the run's datasets, and not into every version there ever was.
    create temporary table reach on commit drop as
        select licence_no, st_expand(box_of(geom), 0.001) as geom from run_mine where run_id = run
        union all
        select p.licence_no, st_setsrid(st_expand(st_extent(box_of(d.geom))::geometry, 0.001), 4490)
        from run_dataset u
        cross join lateral (select dataset_id, row_no, geom from disturbance where dataset_id = u.dataset_id offset 0) d
        join run_patch p on p.run_id = run and p.dataset_id = d.dataset_id and p.row_no = d.row_no and p.licence_no is not null
        where u.run_id = run
        group by p.licence_no
        union all
        select a.licence_no, st_expand(box_of(l.geom), 0.001)
        from run_dataset u
        cross join lateral (select dataset_id, row_no, geom from land_approval where dataset_id = u.dataset_id offset 0) l
        join run_approval a on a.run_id = run and a.dataset_id = l.dataset_id and a.row_no = l.row_no
        where u.run_id = run;

    analyze reach, changed_ground;
    create temporary table touched on commit drop as
        select r.licence_no from changed_ground g join reach r on r.geom && g.geom
        union
        select licence_no from changed_ground where licence_no is not null
        union
        select n.licence_no from run_mine n join changed_county c on c.county_code is null or c.county_code = n.county_code
        where n.run_id = run
        union
        (select licence_no from (select licence_no, code, args from run_diagnostic where run_id = run and fixed
                                 except all select licence_no, code, args from run_diagnostic where run_id = base and fixed) a
         union all
         select licence_no from (select licence_no, code, args from run_diagnostic where run_id = base and fixed
                                 except all select licence_no, code, args from run_diagnostic where run_id = run and fixed) b);

    carried := array(
        select n.licence_no
        from run_mine n
        join run_mine o on o.run_id = base and o.licence_no = n.licence_no and o.status = 'done'
        where n.run_id = run and not exists (select from touched t where t.licence_no = n.licence_no)
        order by n.licence_no);

    update run_mine n
    set status = 'done', digest = o.digest, computed_in_run_id = o.computed_in_run_id
    from run_mine o
    where n.run_id = run and n.licence_no = any(carried) and o.run_id = base and o.licence_no = n.licence_no;
    perform carry_rows(run, base);
    update run u
    set base_run_id = base, mines_carried = cardinality(carried), mines_done = u.mines_done + cardinality(carried)
    where u.id = run;
    return cardinality(carried);
end $$;
-- +goose StatementEnd

comment on function carry_mines(bigint, bigint) is
    'Carries over to a run whose inputs are fixed the mines that nothing in which it differs from a complete run before can touch; returns how many. Both ask the same of the same counties.';

-- What a run shows of its mines, wherever that is held: run_finding and so on are
-- what finding and so on would be if every run held all of its own. What computes a
-- mine reads and writes the tables, whatever reads a run these.

create view run_ground_image as
select m.run_id, m.licence_no, t.imaged_on, t.geom, t.ellipsoidal_area_m2
from run_mine m
join ground_image t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no;

create view run_ground_piece as
select m.run_id, m.licence_no, t.piece_no, t.kind, t.imaged_on, t.first_seen_on, t.geom, t.ellipsoidal_area_m2
from run_mine m
join ground_piece t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no;

create view run_ground_component as
select m.run_id, m.licence_no, t.component_no, t.geom, t.ellipsoidal_area_m2, t.newest_imaged_on, t.covered_m2, t.met_approvals_m2, t.class,
       coalesce(d.dataset_id, t.displaced_from_dataset_id) as displaced_from_dataset_id,
       coalesce(r.row_no, t.displaced_from_row_no) as displaced_from_row_no, t.displaced_distance_m, t.displaced_unused_m2
from run_mine m
join ground_component t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no
left join carried_dataset d on d.run_id = m.run_id and d.computed_dataset_id = t.displaced_from_dataset_id
left join carried_row r on r.run_id = m.run_id and r.computed_dataset_id = t.displaced_from_dataset_id and r.computed_row_no = t.displaced_from_row_no;

create view run_ground_part as
select m.run_id, m.licence_no, t.part_no, t.component_no, t.kind, t.imaged_on, t.first_seen_on, t.class, t.within_tolerance, t.geom,
       t.ellipsoidal_area_m2, t.late_approval_m2
from run_mine m
join ground_part t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no;

create view run_ground_account as
select m.run_id, m.licence_no, t.ground_m2, t.approved_m2, t.expired_m2, t.over_occupied_m2, t.displaced_m2, t.unapproved_m2,
       t.unapproved_construction_m2, t.within_tolerance_m2, t.late_approval_m2, t.inside_other_approval_m2
from run_mine m
join ground_account t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no;

create view run_approval_account as
select m.run_id, m.licence_no, coalesce(d.dataset_id, t.dataset_id) as dataset_id, coalesce(r.row_no, t.row_no) as row_no, t.state, t.reclaim_by,
       t.ellipsoidal_area_m2, t.still_disturbed_m2
from run_mine m
join approval_account t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no
left join carried_dataset d on d.run_id = m.run_id and d.computed_dataset_id = t.dataset_id
left join carried_row r on r.run_id = m.run_id and r.computed_dataset_id = t.dataset_id and r.computed_row_no = t.row_no;

create view run_finding as
select m.run_id, m.licence_no, t.rule_code, t.ellipsoidal_area_m2, t.within_tolerance_m2, t.geom, t.metres_above, t.metres_below, t.places,
       t.certainty, t.position_error_m
from run_mine m
join finding t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no;

create view run_finding_part as
select m.run_id, m.licence_no, t.rule_code, t.part_no, t.within_tolerance, t.geom, t.ellipsoidal_area_m2, t.metres_above, t.metres_below, t.place_no
from run_mine m
join finding_part t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no;

create view run_finding_breakdown as
select m.run_id, m.licence_no, t.rule_code, t.key, t.ellipsoidal_area_m2
from run_mine m
join finding_breakdown t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no;

create view run_finding_citation as
select m.run_id, m.licence_no, t.rule_code, t.role, coalesce(d.dataset_id, t.dataset_id) as dataset_id, coalesce(r.row_no, t.row_no) as row_no,
       t.ellipsoidal_area_m2
from run_mine m
join finding_citation t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no
left join carried_dataset d on d.run_id = m.run_id and d.computed_dataset_id = t.dataset_id
left join carried_row r on r.run_id = m.run_id and r.computed_dataset_id = t.dataset_id and r.computed_row_no = t.row_no;

create view run_note as
select t.run_id, t.licence_no, t.code, t.dataset_id, t.row_no, t.args
from run_diagnostic t
where t.fixed or t.licence_no is null
union all
select m.run_id, m.licence_no, t.code, coalesce(d.dataset_id, t.dataset_id), coalesce(r.row_no, t.row_no), t.args
from run_mine m
join run_diagnostic t on t.run_id = m.computed_in_run_id and t.licence_no = m.licence_no and not t.fixed
left join carried_dataset d on d.run_id = m.run_id and d.computed_dataset_id = t.dataset_id
left join carried_row r on r.run_id = m.run_id and r.computed_dataset_id = t.dataset_id and r.computed_row_no = t.row_no;

-- Whose a patch or an approval is, is asked of all at once; a stored shape that is
-- not valid must not end the run there. Figures are never taken from it: the mine
-- it is given to fails, and says why.
create function sound(g geometry) returns geometry
    language sql immutable strict parallel safe
    return case when st_isvalid(g) then g else polygons_of(st_makevalid(g, 'method=structure')) end;

comment on function sound(geometry) is
    'The ground itself, repaired where it is not valid: for asking whose it is, never for measuring.';

create function ground_without(g geometry, other geometry) returns geometry
    language sql immutable strict parallel safe
    return polygons_of(difference_or_gridded(g, other));

comment on function ground_without(geometry, geometry) is
    'The part of a ground outside another; on a grid of 1e-9 degrees where overlay in floating precision throws.';

-- +goose Down
drop function sound(geometry);
drop function ground_without(geometry, geometry);
drop view run_note, run_finding_citation, run_finding_breakdown, run_finding_part, run_finding, run_approval_account,
    run_ground_account, run_ground_part, run_ground_component, run_ground_piece, run_ground_image;
drop function carry_mines(bigint, bigint);
drop function carry_rows(bigint, bigint);
drop function row_changes(bigint, bigint);
drop function version_changes(bigint, bigint);
drop table carried_row, carried_dataset;
alter table run_diagnostic drop column fixed;
alter table run_mine drop column computed_in_run_id;
alter table run drop column engine, drop column what_if, drop column mines_carried, drop column base_run_id, drop column partial;

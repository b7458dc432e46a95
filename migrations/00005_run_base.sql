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

-- The run that computed a mine whose results were carried over.
alter table run_mine add column computed_in_run_id bigint;

-- fixed: noted when the inputs were settled, not when the mine was computed.
alter table run_diagnostic add column fixed boolean not null default false;

-- Rows are the same when everything that is measured or judged of them is the
-- same: the file, the place in it and the columns nobody mapped are not. Of rows
-- alike in all, the first matches the first.
-- +goose StatementBegin
create function row_changes(base bigint, run bigint)
    returns table (layer text, base_dataset_id bigint, base_row_no integer, dataset_id bigint, row_no integer, geom geometry)
    language plpgsql stable as $$
#variable_conflict use_column
declare
    pair record;
    content text;
begin
    for pair in
        select coalesce(o.layer, n.layer) as layer, o.id as old_id, n.id as new_id
        from (select d.id, d.county_code, d.layer, d.source from run_dataset r join dataset d on d.id = r.dataset_id where r.run_id = base) o
        full join (select d.id, d.county_code, d.layer, d.source from run_dataset r join dataset d on d.id = r.dataset_id where r.run_id = run) n
            on n.county_code = o.county_code and n.layer = o.layer and n.source = o.source
        where o.id is distinct from n.id
        order by 1, 2, 3
    loop
        select string_agg(format('t.%I', attname), ', ' order by attnum) into content
        from pg_attribute
        where attrelid = pair.layer::regclass and attnum > 0 and not attisdropped
          and attname not in ('dataset_id', 'row_no', 'file_no', 'source_row', 'corners', 'corners_srid', 'extra');
        return query execute format(
            'with old as (
                 select row_no, geom, content, row_number() over (partition by content order by row_no) as nth
                 from (select t.row_no, t.geom, sha256(record_send(row(%1$s))) as content from %2$I t where t.dataset_id = $1 and not t.held) c
             ),
             new as (
                 select row_no, geom, content, row_number() over (partition by content order by row_no) as nth
                 from (select t.row_no, t.geom, sha256(record_send(row(%1$s))) as content from %2$I t where t.dataset_id = $2 and not t.held) c
             )
             select %2$L::text, case when o.row_no is not null then $1 end, o.row_no, case when n.row_no is not null then $2 end, n.row_no,
                    coalesce(n.geom, o.geom)
             from old o full join new n on n.content = o.content and n.nth = o.nth',
            content, pair.layer)
            using pair.old_id, pair.new_id;
    end loop;
end $$;
-- +goose StatementEnd

comment on function row_changes(bigint, bigint) is
    'The rows of the datasets in which two runs differ: those the same in both with both their places, those only in the first without a row_no, those only in the second without a base_row_no.';

-- Everything that computing a mine reads is its own rows, rows that lie over
-- them, the footprints and coverages, and which layers its county lacks. A mine
-- is touched when one of these differs; a doubt counts as a touch. Tables that
-- are filled mine by mine are found by their columns, so that a new one is
-- carried over too.
-- +goose StatementBegin
create function carry_mines(run bigint, base bigint) returns integer
    language plpgsql as $$
#variable_conflict use_variable
declare
    carried text[];
    target record;
begin
    drop table if exists pg_temp.row_change, pg_temp.changed_ground, pg_temp.changed_county, pg_temp.reach, pg_temp.touched;
    create temporary table row_change on commit drop as select * from row_changes(base, run);
    create index on row_change (base_dataset_id, base_row_no);
    analyze row_change;

    create temporary table changed_ground on commit drop as
        select geom from row_change where base_row_no is null or row_no is null;
    -- Patches and approvals given to other mines, or for other reasons.
    insert into changed_ground
    with before as (
        select p.county_code, coalesce(c.dataset_id, p.dataset_id) as dataset_id, coalesce(c.row_no, p.row_no) as row_no,
               p.licence_no, p.attributed_by, p.confirmed, p.overlap_m2, p.distance_m
        from run_patch p
        left join row_change c on c.base_dataset_id = p.dataset_id and c.base_row_no = p.row_no
        where p.run_id = base and (c.base_row_no is null or c.row_no is not null)
    ),
    after as (
        select p.county_code, p.dataset_id, p.row_no, p.licence_no, p.attributed_by, p.confirmed, p.overlap_m2, p.distance_m
        from run_patch p where p.run_id = run
    )
    select d.geom
    from ((table before except table after) union all (table after except table before)) differing
    join disturbance d using (dataset_id, row_no);
    insert into changed_ground
    with before as (
        select coalesce(c.dataset_id, a.dataset_id) as dataset_id, coalesce(c.row_no, a.row_no) as row_no, a.licence_no, a.attributed_by
        from run_approval a
        left join row_change c on c.base_dataset_id = a.dataset_id and c.base_row_no = a.row_no
        where a.run_id = base and (c.base_row_no is null or c.row_no is not null)
    ),
    after as (
        select a.dataset_id, a.row_no, a.licence_no, a.attributed_by from run_approval a where a.run_id = run
    )
    select l.geom
    from ((table before except table after) union all (table after except table before)) differing
    join land_approval l using (dataset_id, row_no);
    insert into changed_ground
    select g.geom
    from (select * from run_mine where run_id = run) n
    full join (select * from run_mine where run_id = base) o on o.licence_no = n.licence_no
    cross join lateral (values (n.geom), (o.geom)) as g(geom)
    where g.geom is not null and (
        n.licence_no is null or o.licence_no is null or st_asbinary(n.geom) <> st_asbinary(o.geom)
        or to_jsonb(n) - '{run_id,geom,status,error,digest,computed_in_run_id}'::text[]
           <> to_jsonb(o) - '{run_id,geom,status,error,digest,computed_in_run_id}'::text[]);
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
    -- than the boxes that computing asks for.
    create temporary table reach on commit drop as
        select licence_no, st_expand(geom, 0.001) as geom from run_mine where run_id = run
        union all
        select p.licence_no, st_setsrid(st_expand(st_extent(d.geom)::geometry, 0.001), 4490)
        from run_patch p join disturbance d using (dataset_id, row_no)
        where p.run_id in (run, base) and p.licence_no is not null
        group by p.licence_no
        union all
        select a.licence_no, st_expand(l.geom, 0.001)
        from run_approval a join land_approval l using (dataset_id, row_no)
        where a.run_id in (run, base);

    analyze reach, changed_ground;
    create temporary table touched on commit drop as
        select r.licence_no from changed_ground g join reach r on r.geom && g.geom
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

    for target in
        select c.relname,
               string_agg(format('%I', a.attname), ', ' order by a.attnum) as columns,
               string_agg(case
                   when a.attname = 'run_id' then '$1'
                   when a.attname ~ 'dataset_id$' then format('coalesce(%1$I.dataset_id, case when %1$I.base_row_no is null then t.%2$I end)', 'of_' || a.attname, a.attname)
                   when a.attname ~ '(^|_)row_no$' then format('coalesce(%1$I.row_no, case when %1$I.base_row_no is null then t.%2$I end)',
                       'of_' || regexp_replace(a.attname, 'row_no$', 'dataset_id'), a.attname)
                   else format('t.%I', a.attname) end, ', ' order by a.attnum) as figures,
               string_agg(format(' left join row_change %1$I on %1$I.base_dataset_id = t.%2$I and %1$I.base_row_no = t.%3$I',
                   'of_' || a.attname, a.attname, regexp_replace(a.attname, 'dataset_id$', 'row_no')), '' order by a.attnum)
                   filter (where a.attname ~ 'dataset_id$') as places,
               case when bool_or(a.attname = 'fixed') then ' and not t.fixed' else '' end as computed
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = ''
        where c.relkind = 'r' and c.relnamespace = (select relnamespace from pg_class where oid = 'run'::regclass)
          and c.relname not in ('run_mine', 'run_licence', 'run_patch', 'run_approval')
        group by c.oid, c.relname
        having bool_or(a.attname = 'run_id') and bool_or(a.attname = 'licence_no')
        order by c.oid
    loop
        execute format('insert into %1$I (%2$s) select %3$s from %1$I t%4$s where t.run_id = $2 and t.licence_no = any($3)%5$s',
            target.relname, target.columns, target.figures, coalesce(target.places, ''), target.computed)
            using run, base, carried;
    end loop;
    update run_mine n
    set status = 'done', digest = o.digest, computed_in_run_id = coalesce(o.computed_in_run_id, base)
    from run_mine o
    where n.run_id = run and n.licence_no = any(carried) and o.run_id = base and o.licence_no = n.licence_no;
    update run u
    set base_run_id = base, mines_carried = cardinality(carried), mines_done = u.mines_done + cardinality(carried)
    where u.id = run;
    return cardinality(carried);
end $$;
-- +goose StatementEnd

comment on function carry_mines(bigint, bigint) is
    'Copies into a run whose inputs are fixed the results of the mines that nothing in which it differs from a complete run before can touch; returns how many. Both ask the same of the same counties.';

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
drop function carry_mines(bigint, bigint);
drop function row_changes(bigint, bigint);
alter table run_diagnostic drop column fixed;
alter table run_mine drop column computed_in_run_id;
alter table run drop column engine, drop column what_if, drop column mines_carried, drop column base_run_id, drop column partial;

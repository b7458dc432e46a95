-- +goose Up

create table run (
    id bigint generated always as identity primary key,
    as_of date not null,
    counties text[] not null,
    rule_set text not null,
    rule_set_sha256 bytea not null,
    status text not null default 'queued',
    owner bigint not null default 0,
    mines_total integer not null default 0,
    mines_done integer not null default 0,
    mines_failed integer not null default 0,
    digest bytea,
    error text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint run_status_known check (status in ('queued', 'running', 'complete', 'cancelled', 'failed')),
    constraint run_counties_not_empty check (cardinality(counties) > 0),
    constraint run_mines_counted check (mines_done + mines_failed <= mines_total),
    constraint run_complete_has_digest check (status <> 'complete' or digest is not null),
    constraint run_finished_has_time check ((status in ('complete', 'cancelled', 'failed')) = (finished_at is not null))
);

comment on table run is 'One execution of a rule set over all mines of some counties, for one as-of date and one set of dataset versions.';

-- Nothing a run has read may be deleted: the reference has no cascade.
create table run_dataset (
    run_id bigint not null references run (id) on delete cascade,
    dataset_id bigint not null references dataset (id),
    primary key (run_id, dataset_id)
);

create index run_dataset_by_dataset on run_dataset (dataset_id);

-- A rule that could not be asked, which is not the same as nothing found.
create table run_not_evaluated (
    run_id bigint not null references run (id) on delete cascade,
    county_code text not null,
    rule_code text not null,
    missing_layers text[] not null,
    primary key (run_id, county_code, rule_code)
);

create table run_mine (
    run_id bigint not null references run (id) on delete cascade,
    licence_no text not null,
    county_code text not null,
    enterprise text not null,
    mine_name text,
    mining_method text,
    mineral text,
    township text,
    valid_from date not null,
    valid_to date not null,
    renewal_accepted_on date,
    top_elevation_m double precision,
    bottom_elevation_m double precision,
    geom geometry(MultiPolygon, 4490) not null,
    licence_ellipsoidal_area_m2 double precision not null,
    status text not null default 'pending',
    error text,
    digest bytea,
    primary key (run_id, licence_no),
    constraint run_mine_status_known check (status in ('pending', 'done', 'failed')),
    constraint run_mine_failed_says_why check ((status = 'failed') = (error is not null)),
    constraint run_mine_done_has_digest check ((status = 'done') = (digest is not null))
);

-- The plane of a mine's licence: one row for each polygon row of the number.
create table run_licence (
    run_id bigint not null,
    licence_no text not null,
    dataset_id bigint not null,
    row_no integer not null,
    primary key (run_id, licence_no, dataset_id, row_no),
    foreign key (run_id, licence_no) references run_mine on delete cascade
);

-- Which mine each patch was given to, and why. Of the patches restored by the
-- as-of date only abandoned pits are here: the form counts them too.
create table run_patch (
    run_id bigint not null references run (id) on delete cascade,
    dataset_id bigint not null,
    row_no integer not null,
    county_code text not null,
    licence_no text,
    attributed_by text not null,
    confirmed boolean not null,
    restored boolean not null default false,
    overlap_m2 double precision,
    distance_m double precision,
    primary key (run_id, dataset_id, row_no),
    constraint run_patch_reason_known check (attributed_by in ('named', 'overlap', 'distance', 'unknown_licence', 'none')),
    constraint run_patch_mine_by_reason check ((licence_no is null) = (attributed_by in ('unknown_licence', 'none'))),
    constraint run_patch_unconfirmed_by_distance check (not (confirmed and attributed_by in ('distance', 'unknown_licence', 'none')))
);

create index run_patch_by_mine on run_patch (run_id, licence_no);

-- Ground that enters no mine's account and is listed patch by patch: patches of
-- no mine, abandoned pits of whoever, ownerless ground. geom is what the newest
-- image still shows of the patch; of a restored pit the whole. rule_code is the
-- rule it is listed under, null where it is only listed.
create table listed_ground (
    run_id bigint not null,
    dataset_id bigint not null,
    row_no integer not null,
    rule_code text,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    forest_m2 double precision,
    grassland_m2 double precision,
    forest_or_grassland_m2 double precision,
    primary key (run_id, dataset_id, row_no),
    foreign key (run_id, dataset_id, row_no) references run_patch on delete cascade,
    constraint listed_ground_area_positive check (ellipsoidal_area_m2 > 0)
);

comment on table listed_ground is 'Vegetation is null where the county has filed no such layer, which is not the same as none.';

-- What a county's listed ground adds up to under each rule: connected places
-- (处), ground common to several patches once.
create table county_figure (
    run_id bigint not null references run (id) on delete cascade,
    county_code text not null,
    rule_code text not null,
    ownership text not null,
    restored boolean not null,
    places integer not null,
    ellipsoidal_area_m2 double precision not null,
    forest_m2 double precision,
    grassland_m2 double precision,
    forest_or_grassland_m2 double precision,
    primary key (run_id, county_code, rule_code, ownership, restored),
    constraint county_figure_ownership_known check (ownership in ('owned', 'ownerless', 'ownership_unknown')),
    constraint county_figure_counted check (places > 0 and ellipsoidal_area_m2 > 0)
);

-- How much of each patch of no mine lies in restricting ground, row by row: such
-- a patch is in no mine's account, and its harm is measured all the same.
create table unattributed_overlap (
    run_id bigint not null,
    patch_dataset_id bigint not null,
    patch_row_no integer not null,
    layer text not null,
    dataset_id bigint not null,
    row_no integer not null,
    ellipsoidal_area_m2 double precision not null,
    primary key (run_id, patch_dataset_id, patch_row_no, dataset_id, row_no),
    foreign key (run_id, patch_dataset_id, patch_row_no) references run_patch on delete cascade,
    constraint unattributed_overlap_area_positive check (ellipsoidal_area_m2 > 0)
);

-- Which mines each approval counts for, and why; one of an enterprise may
-- count for several.
create table run_approval (
    run_id bigint not null,
    licence_no text not null,
    dataset_id bigint not null,
    row_no integer not null,
    attributed_by text not null,
    primary key (run_id, licence_no, dataset_id, row_no),
    foreign key (run_id, licence_no) references run_mine on delete cascade,
    constraint run_approval_reason_known check (attributed_by in ('licence', 'enterprise', 'overlap'))
);

-- The disturbed ground of a mine, kept apart by the image that decides it: on
-- each piece of ground the newest image whose footprint covers it.
create table ground_image (
    run_id bigint not null,
    licence_no text not null,
    imaged_on date not null,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    primary key (run_id, licence_no, imaged_on),
    foreign key (run_id, licence_no) references run_mine on delete cascade,
    constraint ground_image_area_positive check (ellipsoidal_area_m2 > 0)
);

-- The same ground split by kind and by the image from which it was seen
-- disturbed without a break.
create table ground_piece (
    run_id bigint not null,
    licence_no text not null,
    piece_no integer not null,
    kind text not null,
    imaged_on date not null,
    first_seen_on date not null,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    primary key (run_id, licence_no, piece_no),
    foreign key (run_id, licence_no) references run_mine on delete cascade,
    constraint ground_piece_seen_in_order check (first_seen_on <= imaged_on),
    constraint ground_piece_area_positive check (ellipsoidal_area_m2 > 0)
);

-- The connected components of the dissolved ground, each judged as one, with
-- the figures it was judged by.
create table ground_component (
    run_id bigint not null,
    licence_no text not null,
    component_no integer not null,
    geom geometry(MultiPolygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    newest_imaged_on date not null,
    covered_m2 double precision not null,
    met_approvals_m2 double precision not null,
    class text not null,
    displaced_from_dataset_id bigint,
    displaced_from_row_no integer,
    displaced_distance_m double precision,
    displaced_unused_m2 double precision,
    primary key (run_id, licence_no, component_no),
    foreign key (run_id, licence_no) references run_mine on delete cascade,
    constraint ground_component_class_known check (class in ('approved', 'over_occupied', 'displaced', 'unapproved')),
    constraint ground_component_displaced_names_approval check ((class = 'displaced') <= (displaced_from_row_no is not null))
);

-- The ground account in shapes: the ground split by what is approved, and the
-- rest by what its component is. within_tolerance keeps the name of its class.
create table ground_part (
    run_id bigint not null,
    licence_no text not null,
    part_no integer not null,
    component_no integer not null,
    kind text not null,
    imaged_on date not null,
    first_seen_on date not null,
    class text not null,
    within_tolerance boolean not null,
    geom geometry(Polygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    late_approval_m2 double precision not null default 0,
    primary key (run_id, licence_no, part_no),
    foreign key (run_id, licence_no, component_no) references ground_component on delete cascade,
    constraint ground_part_class_known check (class in (
        'approved', 'expired', 'over_occupied', 'displaced', 'unapproved', 'unapproved_construction')),
    constraint ground_part_approved_not_filtered check (not (class = 'approved' and within_tolerance)),
    constraint ground_part_area_positive check (ellipsoidal_area_m2 > 0)
);

create table ground_account (
    run_id bigint not null,
    licence_no text not null,
    ground_m2 double precision not null,
    approved_m2 double precision not null,
    expired_m2 double precision not null,
    over_occupied_m2 double precision not null,
    displaced_m2 double precision not null,
    unapproved_m2 double precision not null,
    unapproved_construction_m2 double precision not null,
    within_tolerance_m2 double precision not null,
    late_approval_m2 double precision not null,
    inside_other_approval_m2 double precision not null,
    primary key (run_id, licence_no),
    foreign key (run_id, licence_no) references run_mine on delete cascade,
    constraint ground_account_adds_up check (
        abs(approved_m2 + expired_m2 + over_occupied_m2 + displaced_m2 + unapproved_m2
            + unapproved_construction_m2 + within_tolerance_m2 - ground_m2)
        <= greatest(0.01, 1e-9 * ground_m2)),
    constraint ground_account_not_negative check (
        least(approved_m2, expired_m2, over_occupied_m2, displaced_m2, unapproved_m2,
              unapproved_construction_m2, within_tolerance_m2, late_approval_m2, inside_other_approval_m2) >= 0)
);

comment on table ground_account is 'Each square metre of a mine''s disturbed ground once. ground_m2 is measured on the dissolved ground, the classes on their parts; the check holds the two together.';

-- Each temporary-land approval of a mine judged on the as-of date, disturbed
-- or not. Never added to the ground account.
create table approval_account (
    run_id bigint not null,
    licence_no text not null,
    dataset_id bigint not null,
    row_no integer not null,
    state text not null,
    reclaim_by date not null,
    ellipsoidal_area_m2 double precision not null,
    still_disturbed_m2 double precision not null,
    primary key (run_id, licence_no, dataset_id, row_no),
    foreign key (run_id, licence_no) references run_mine on delete cascade,
    constraint approval_account_state_known check (state in (
        'not_begun', 'in_term', 'reclamation_term', 'reclamation_overdue', 'return_overdue', 'closed')),
    constraint approval_account_disturbed_within check (
        still_disturbed_m2 >= 0 and still_disturbed_m2 <= ellipsoidal_area_m2 + greatest(0.01, 1e-9 * ellipsoidal_area_m2))
);

create table finding (
    run_id bigint not null,
    licence_no text not null,
    rule_code text not null,
    ellipsoidal_area_m2 double precision not null,
    within_tolerance_m2 double precision not null,
    geom geometry(MultiPolygon, 4490) not null,
    -- Of elevations the most by which one is left, upwards and downwards; of
    -- abandoned pits how many there are; null elsewhere.
    metres_above double precision,
    metres_below double precision,
    places integer,
    -- Null where the finding rests on no image.
    certainty text,
    position_error_m double precision,
    primary key (run_id, licence_no, rule_code),
    foreign key (run_id, licence_no) references run_mine on delete cascade,
    constraint finding_certainty_known check (certainty in ('certain', 'boundary_dependent', 'unknown')),
    constraint finding_certainty_has_error check ((certainty in ('certain', 'boundary_dependent')) <= (position_error_m is not null)),
    constraint finding_area_positive check (ellipsoidal_area_m2 > 0),
    constraint finding_tolerance_not_negative check (within_tolerance_m2 >= 0)
);

create index finding_geom on finding using gist (geom);

-- The ground of a finding in polygons; those within tolerance are printed with
-- their sum and count for nothing.
create table finding_part (
    run_id bigint not null,
    licence_no text not null,
    rule_code text not null,
    part_no integer not null,
    within_tolerance boolean not null,
    geom geometry(Polygon, 4490) not null,
    ellipsoidal_area_m2 double precision not null,
    metres_above double precision,
    metres_below double precision,
    place_no integer,
    primary key (run_id, licence_no, rule_code, part_no),
    foreign key (run_id, licence_no) references run_mine on delete cascade,
    constraint finding_part_area_positive check (ellipsoidal_area_m2 > 0)
);

-- Figures beside a finding's total: by category, grade, land code, or the part
-- inside another licence. They may overlap; they are never added up.
create table finding_breakdown (
    run_id bigint not null,
    licence_no text not null,
    rule_code text not null,
    key text not null,
    ellipsoidal_area_m2 double precision not null,
    primary key (run_id, licence_no, rule_code, key),
    foreign key (run_id, licence_no, rule_code) references finding on delete cascade,
    constraint finding_breakdown_area_positive check (ellipsoidal_area_m2 > 0)
);

-- The rows of data a finding rests on, each with the area of it that is in the
-- finding.
create table finding_citation (
    run_id bigint not null,
    licence_no text not null,
    rule_code text not null,
    role text not null,
    dataset_id bigint not null,
    row_no integer not null,
    ellipsoidal_area_m2 double precision not null,
    primary key (run_id, licence_no, rule_code, role, dataset_id, row_no),
    foreign key (run_id, licence_no, rule_code) references finding on delete cascade,
    constraint finding_citation_role_known check (role in (
        'patch', 'licence', 'approval', 'restricting_ground', 'permit', 'other_licence', 'other_approval', 'displaced_from'))
);

create table run_diagnostic (
    run_id bigint not null references run (id) on delete cascade,
    diagnostic_no integer generated always as identity,
    licence_no text,
    code text not null,
    dataset_id bigint,
    row_no integer,
    args jsonb not null default '{}',
    primary key (run_id, diagnostic_no)
);

-- What lies in no mine is computed before the mines, and one shape on which
-- overlay throws must not end the run: where it does, a grid of 0.1 mm is used.
-- +goose StatementBegin
create function difference_or_gridded(a geometry, b geometry) returns geometry
    language plpgsql immutable strict parallel safe as $$
begin
    return st_difference(a, b);
exception when internal_error then
    return st_difference(a, b, 1e-9);
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function intersection_or_gridded(a geometry, b geometry) returns geometry
    language plpgsql immutable strict parallel safe as $$
begin
    return st_intersection(a, b);
exception when internal_error then
    return st_intersection(a, b, 1e-9);
end $$;
-- +goose StatementEnd

-- The part of some ground inside a layer, forestry deciding where it has
-- coverage. The body is text, so that it reads what put_on_grid puts before the
-- tables.
-- +goose StatementBegin
create function inside_restricting_layer(run bigint, county text, restricting text, ground geometry) returns geometry
    language sql stable as $$
    with forestry as (
        select coalesce(bool_or(s.coverage is null and s.county_code = county), false) as everywhere,
               st_union(clipped_near(s.coverage, ground) order by s.id) filter (where s.coverage && ground) as geom
        from run_dataset r join dataset s on s.id = r.dataset_id
        where r.run_id = run and s.layer = restricting and s.source = 'forestry'
    )
    select polygons_of(st_union(case when s.source = 'land_survey' and f.geom is not null
                                     then difference_or_gridded(i.geom, f.geom) else i.geom end order by g.dataset_id, g.row_no))
    from run_dataset r
    join dataset s on s.id = r.dataset_id and s.layer = restricting
    -- The barrier of OFFSET makes it one search of the index of each dataset.
    cross join lateral (
        select dataset_id, row_no, geom from restricting_ground
        where layer = restricting and dataset_id = s.id and geom && ground
        offset 0
    ) g
    cross join forestry f
    cross join lateral (select polygons_of(intersection_or_gridded(clipped_near(g.geom, ground), clipped_near(ground, g.geom))) as geom) i
    where r.run_id = run and st_intersects(ground, g.geom)
      and (s.source <> 'land_survey' or not f.everywhere)
$$;
-- +goose StatementEnd

create function box_of(g geometry) returns geometry
    language sql immutable strict parallel safe
    return st_setsrid(box2d(g)::geometry, 4490);

comment on function box_of(geometry) is
    'The box of a shape, which stands in its first bytes: the rest of it is not read.';

-- A layer holds every dataset there ever was, each in a table of its own, and a
-- statement pays for each that it might read. Those of a mine read views of the
-- few that the mines of its county can meet, made once a county by each session.
-- +goose StatementBegin
create function hold_layers(run bigint, licence text) returns void
    language plpgsql as $$
declare
    county text := (select m.county_code from run_mine m where m.run_id = run and m.licence_no = licence);
    wanted text := run || '/' || county;
    held boolean := to_regclass('pg_temp.near_restricting_ground') is not null;
    reach geometry;
    layers text[] := array['mining_right', 'land_approval', 'disturbance', 'protected_area', 'water_source', 'forest', 'grassland'];
    near text[];
    layer_near text;
begin
    if held and wanted = current_setting('taohe.layers_held_for', true) then
        return;
    end if;
    -- 100 m more than the ground itself, and what an error of position asks for.
    select st_setsrid(st_expand(st_extent(box_of(o.geom))::geometry, 0.001 + coalesce(max(o.error_m), 0) / 20000), 4490) into reach
    from (
        select m.geom, 0 as error_m from run_mine m where m.run_id = run and m.county_code = county
        union all
        select d.geom, d.position_error_m
        from run_mine m join run_patch p using (run_id, licence_no) join disturbance d using (dataset_id, row_no)
        where m.run_id = run and m.county_code = county
        union all
        select l.geom, 0
        from run_mine m join run_approval a using (run_id, licence_no) join land_approval l using (dataset_id, row_no)
        where m.run_id = run and m.county_code = county
    ) o;
    for i in 1 .. cardinality(layers) loop
        execute format('select coalesce(string_agg(d.id::text, '', '' order by d.id), ''null'')
                        from run_dataset r join dataset d on d.id = r.dataset_id
                        where r.run_id = $1 and d.layer = %1$L and exists (select from %1$I t where t.dataset_id = d.id and t.geom && $2)', layers[i])
            into layer_near using run, reach;
        near := near || layer_near;
    end loop;
    -- Statements are planned anew after a view was made: the next run of the same
    -- datasets must not pay for that.
    if not (held and near::text = current_setting('taohe.layers_held', true)) then
        for i in 1 .. cardinality(layers) loop
            execute format('create or replace temporary view %I as select * from %I where dataset_id in (%s)', 'near_' || layers[i], layers[i], near[i]);
        end loop;
        execute format('create or replace temporary view near_restricting_ground as
                        select * from restricting_ground where dataset_id in (%s)', array_to_string(near, ', '));
        perform set_config('taohe.layers_held', near::text, false);
    end if;
    perform set_config('taohe.layers_held_for', wanted, false);
end $$;
-- +goose StatementEnd

comment on function hold_layers(bigint, text) is
    'Makes the temporary views near_mining_right and so on: of each layer the datasets of a run that can meet a mine of the same county as the given one, patches and approvals of theirs included.';

-- Puts the operands of one mine on a grid, for the transaction only: temporary
-- tables stand before the layers of the run, with the rows in and around the
-- mine's box, areas measured anew. Overlay in floating precision can throw where
-- corners differ in the last digit; on the grid they are one.
-- +goose StatementBegin
create function put_on_grid(run bigint, licence text, grid_degrees double precision) returns void
    language plpgsql as $$
declare
    box geometry;
    layer text;
    restricting text := pg_get_viewdef('restricting_ground'::regclass);
begin
    select st_expand(st_extent(geom)::geometry, 0.001) into box
    from (
        select m.geom from run_mine m where m.run_id = run and m.licence_no = licence
        union all
        select d.geom from run_patch p join disturbance d using (dataset_id, row_no) where p.run_id = run and p.licence_no = licence
        union all
        select l.geom from run_approval a join land_approval l using (dataset_id, row_no) where a.run_id = run and a.licence_no = licence
    ) operand;
    box := st_setsrid(box, 4490);
    foreach layer in array array['mining_right', 'land_approval', 'protected_area', 'water_source', 'forest', 'grassland', 'disturbance'] loop
        execute format(
            'create temporary table %1$I on commit drop as
             select t.* from %1$I t join run_dataset r using (dataset_id) where r.run_id = $1 and t.geom && $2', layer)
            using run, box;
        execute format('update pg_temp.%I set geom = polygons_of(st_reduceprecision(geom, $1))', layer) using grid_degrees;
        execute format('delete from pg_temp.%I where st_isempty(geom)', layer);
        execute format('update pg_temp.%I set ellipsoidal_area_m2 = ellipsoidal_area_m2(geom)', layer);
    end loop;
    create temporary table footprint on commit drop as
        select f.dataset_id, f.imaged_on, polygons_of(st_reduceprecision(f.geom, grid_degrees)) as geom
        from footprint f join run_dataset r using (dataset_id) where r.run_id = run;
    create temporary table dataset on commit drop as
        select d.* from dataset d join run_dataset r on r.dataset_id = d.id where r.run_id = run;
    update pg_temp.dataset set coverage = polygons_of(st_reduceprecision(coverage, grid_degrees)) where coverage is not null;
    execute 'create temporary view restricting_ground as ' || restricting;
    foreach layer in array array['mining_right', 'land_approval', 'protected_area', 'water_source', 'forest', 'grassland', 'disturbance', 'restricting_ground'] loop
        execute format('create or replace temporary view %I as select * from pg_temp.%I', 'near_' || layer, layer);
    end loop;
    -- Pieces were cut from other corners: all rows are taken whole.
    create temporary table restricting_piece (like restricting_piece) on commit drop;
    update run_mine m
    set geom = g.geom, licence_ellipsoidal_area_m2 = ellipsoidal_area_m2(g.geom)
    from (select polygons_of(st_reduceprecision(geom, grid_degrees)) as geom
          from run_mine where run_id = run and licence_no = licence) g
    where m.run_id = run and m.licence_no = licence;
    insert into run_diagnostic (run_id, licence_no, code, args)
    values (run, licence, 'overlay.grid_used', jsonb_build_object('licence_no', licence, 'grid_degrees', grid_degrees::text));
    -- Statements planned before know nothing of tables that now stand before theirs.
    discard plans;
end $$;
-- +goose StatementEnd

comment on function put_on_grid(bigint, text, double precision) is
    'Until the end of the transaction, the layers of a run are read from temporary tables with the geometry in and around one mine on a grid of so many degrees.';

-- A hit is a row of a layer by one connected piece of a rule's subject: geom is
-- the ground of the row in it. whole says that all of it counts; else decides is
-- the part that does, null where another source decides or all of it is permitted.
-- Areas are ellipsoidal.
-- +goose StatementBegin
create function hold_hits() returns void
    language plpgsql as $$
begin
    if to_regclass('pg_temp.restricting_hit') is null then
        create temporary table restricting_hit (
            run_id bigint not null,
            licence_no text not null,
            rule_code text not null,
            imaged_on date not null,
            dataset_id bigint not null,
            row_no integer not null,
            source text not null,
            class text not null,
            family text not null,
            geom geometry not null,
            ellipsoidal_area_m2 double precision not null,
            whole boolean not null,
            decides geometry,
            decides_ellipsoidal_area_m2 double precision
        ) on commit delete rows;
        alter table pg_temp.restricting_hit alter column geom set storage external, alter column decides set storage external;
    end if;
end $$;
-- +goose StatementEnd

comment on function hold_hits() is
    'Makes the temporary table restricting_hit, where the session keeps which rows of a layer one mine lies in until the transaction ends.';

-- Coordinates in degrees do not compress, and trying costs more than computing
-- many of these shapes did.
alter table run_mine alter column geom set storage external;
alter table listed_ground alter column geom set storage external;
alter table ground_image alter column geom set storage external;
alter table ground_piece alter column geom set storage external;
alter table ground_component alter column geom set storage external;
alter table ground_part alter column geom set storage external;
alter table finding alter column geom set storage external;
alter table finding_part alter column geom set storage external;

-- Columns that are never searched by place say so; the start-up check holds
-- every other geometry column to a GiST index.
comment on column listed_ground.geom is 'no index: read by run';
comment on column run_mine.geom is 'no index: read by run and licence number';
comment on column ground_image.geom is 'no index: read by mine';
comment on column ground_piece.geom is 'no index: read by mine';
comment on column ground_component.geom is 'no index: read by mine';
comment on column ground_part.geom is 'no index: read by mine';
comment on column finding_part.geom is 'no index: read by finding';

-- +goose Down
drop function hold_hits();
drop function put_on_grid(bigint, text, double precision);
drop function hold_layers(bigint, text);
drop function box_of(geometry);
drop function inside_restricting_layer(bigint, text, text, geometry);
drop function intersection_or_gridded(geometry, geometry);
drop function difference_or_gridded(geometry, geometry);
drop table run_diagnostic, finding_citation, finding_breakdown, finding_part, finding, approval_account, ground_account,
    ground_part, ground_component, ground_piece, ground_image, run_approval, unattributed_overlap, county_figure, listed_ground, run_patch, run_licence, run_mine,
    run_not_evaluated, run_dataset, run;

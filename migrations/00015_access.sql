-- Who may do what: accounts, what they sign in with, what was done by whom; and
-- the same rights once more by PostgreSQL, for whatever the service asks in
-- somebody's name.

-- +goose Up

-- Names are never given to another: what somebody did stays theirs.
create table account (
    id bigint generated always as identity primary key,
    name text not null,
    role text not null,
    -- null is all counties.
    counties text[],
    -- As the PHC string format writes argon2id; null where somebody else vouches.
    password_hash text,
    -- Who vouches at a sign-in by OpenID Connect, and for whom.
    issuer text,
    subject text,
    disabled_at timestamptz,
    created_at timestamptz not null default now(),
    created_by text not null,
    constraint account_named check (btrim(name) = name and name <> '' and char_length(name) <= 50),
    constraint account_role_known check (role in ('viewer', 'editor', 'inspector', 'approver', 'admin')),
    constraint account_counties_not_empty check (cardinality(counties) > 0),
    constraint account_vouched_for_whole check ((issuer is null) = (subject is null)),
    constraint account_vouched_for_once unique (issuer, subject)
);

create unique index account_by_name on account (lower(name));

-- The token itself is the browser's alone.
create table account_session (
    token_sha256 bytea primary key,
    account_id bigint not null references account (id),
    address text not null,
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    constraint account_session_sha256_whole check (length(token_sha256) = 32)
);

create index account_session_by_account on account_session (account_id);

-- For programs. Rights are the lesser of the token's and its account's.
create table account_token (
    id bigint generated always as identity primary key,
    account_id bigint not null references account (id),
    name text not null,
    token_sha256 bytea not null unique,
    role text not null,
    counties text[],
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    last_used_at timestamptz,
    constraint account_token_named check (btrim(name) <> '' and char_length(name) <= 100),
    constraint account_token_role_known check (role in ('viewer', 'editor', 'inspector', 'approver', 'admin')),
    constraint account_token_counties_not_empty check (cardinality(counties) > 0),
    constraint account_token_sha256_whole check (length(token_sha256) = 32)
);

create index account_token_by_account on account_token (account_id);

-- Sign-ins that were begun and did not succeed, by the hash of the name, which may
-- be a password typed in the wrong place, and by address.
create table sign_in_try (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    name_sha256 bytea not null,
    address text not null
);

create index sign_in_try_by_name on sign_in_try (name_sha256, at);
create index sign_in_try_by_address on sign_in_try (address, at);
create index sign_in_try_by_age on sign_in_try (at);

-- A sign-in that was sent to an issuer and has not come back. What the browser
-- keeps of it is known by its hash.
create table sign_in_begun (
    state_sha256 bytea primary key,
    verifier text not null,
    nonce text not null,
    created_at timestamptz not null default now()
);

-- Changes, sign-ins and exports, hashed each over the one before like the ledger's
-- events: sha256 is that of the former's, as 32 bytes, followed by body.
create table audit_event (
    no bigint primary key,
    at timestamptz not null,
    actor text not null,
    via text not null,
    address text not null,
    action text not null,
    resource text not null,
    result text not null,
    body text not null,
    sha256 bytea not null,
    constraint audit_event_numbered check (no > 0),
    constraint audit_event_via_known check (via in ('session', 'token', 'local', 'command', 'none'))
);

create index audit_event_by_actor on audit_event (actor, no);
create index audit_event_by_action on audit_event (action, no);

create table audit_head (
    one boolean primary key default true,
    no bigint not null,
    sha256 bytea not null,
    constraint audit_head_only_one check (one)
);

insert into audit_head (no, sha256) values (0, decode(repeat('00', 32), 'hex'));

-- +goose StatementBegin
create function audit_refuse_change() returns trigger
    language plpgsql as $$
begin
    raise exception 'the audit log is append-only: % of %', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd

create trigger append_only before update or delete or truncate on audit_event for each statement execute function audit_refuse_change();
create trigger never_deleted before delete or truncate on audit_head for each statement execute function audit_refuse_change();

-- The one way to write the log, for whoever may change anything; it runs as its
-- owner. The end of the log is locked until the transaction ends, so it is the
-- last thing a transaction does.
-- +goose StatementBegin
create function append_audit(actor text, via text, address text, action text, resource text, result text, request text) returns bigint
    language plpgsql security definer set search_path from current as $$
declare
    head audit_head;
    now_at timestamptz;
    text_body text;
begin
    select * into strict head from audit_head for update;
    now_at := clock_timestamp();
    text_body := jsonb_build_object(
        'no', head.no + 1, 'at', to_char(now_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'actor', actor, 'via', via, 'address', address,
        'action', action, 'resource', resource, 'result', result, 'request', request)::text;
    head.sha256 := sha256(head.sha256 || convert_to(text_body, 'UTF8'));
    insert into audit_event (no, at, actor, via, address, action, resource, result, body, sha256)
    values (head.no + 1, now_at, actor, via, address, action, resource, result, text_body, head.sha256);
    update audit_head set no = head.no + 1, sha256 = head.sha256;
    return head.no + 1;
end $$;
-- +goose StatementEnd

revoke execute on function append_audit(text, text, text, text, text, text, text) from public;

-- The roles are of the whole cluster, and another database may be making them at
-- the same moment. Nobody signs in as one: the service takes one on for the time of
-- a request. Each may do what those before it may.
-- +goose StatementBegin
do $$
declare
    rank text[] := array['taohe_viewer', 'taohe_editor', 'taohe_inspector', 'taohe_approver', 'taohe_admin'];
    higher name;
begin
    for i in 1 .. cardinality(rank) loop
        begin
            if not exists (select from pg_roles where rolname = rank[i]) then
                execute format('create role %I nologin', rank[i]);
            end if;
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
    for i in 1 .. cardinality(rank) loop
        foreach higher in array array[coalesce(rank[i + 1], current_user), current_user] loop
            begin
                if not pg_has_role(higher, rank[i], 'member') then
                    execute format('grant %I to %I', rank[i], higher);
                end if;
            exception when unique_violation or internal_error then
                null;
            end;
        end loop;
    end loop;
end $$;
-- +goose StatementEnd

grant execute on function append_audit(text, text, text, text, text, text, text) to taohe_viewer;

-- What a request is made for is said in settings of its session; without them
-- nothing is to be seen. counties is codes with commas between, or *.
create function sees_all_counties() returns boolean
    language sql stable parallel safe
    return coalesce(current_setting('taohe.counties', true) = '*', false);

create function visible_counties() returns text[]
    language sql stable parallel safe
    return string_to_array(current_setting('taohe.counties', true), ',');

comment on function visible_counties() is 'The counties in whose name a request is made.';

-- A run reads every layer whose ground touches its mines, whatever county filed it,
-- and what it says of a mine names those rows. So who asks for runs and their mines
-- reads layers of all counties, and who asks for layers those of their own.
create function reads_what_runs_cite() returns boolean
    language sql stable parallel safe
    return coalesce(current_setting('taohe.cites', true) = 'on', false);

-- What each role may do to each table. Nothing here is written by a viewer.
grant select on
    county, dataset, dataset_file, footprint, dataset_diagnostic, dataset_diagnostic_count, dataset_progress,
    mining_right, land_approval, protected_area, water_source, forest, grassland, disturbance, division, restricting_ground, restricting_piece,
    generalised, generalised_shape, generalised_part, generalised_cell, classed_ground,
    run, run_dataset, run_not_evaluated, run_mine, run_licence, run_patch, listed_ground, county_figure, unattributed_overlap, run_approval,
    ground_image, ground_piece, ground_component, ground_part, ground_account, approval_account, finding, finding_part, finding_breakdown,
    finding_citation, run_diagnostic, carried_dataset, carried_row, run_mine_try, run_seal, run_rests_on,
    run_ground_image, run_ground_piece, run_ground_component, run_ground_part, run_ground_account, run_approval_account, run_finding,
    run_finding_part, run_finding_breakdown, run_finding_citation, run_note,
    job, job_part, job_part_try, job_file, orthophoto, orthophoto_chunk,
    ledger_event, ledger_head, ledger_item, ledger_feed, ledger_sighting, ledger_measure, ledger_field_check, ledger_photograph, ledger_proposal
    to taohe_viewer;
grant select on job_file_chunk, execution to taohe_viewer;

grant insert on dataset, dataset_file, footprint, dataset_diagnostic, dataset_diagnostic_count, run, run_dataset, job, job_part, orthophoto, orthophoto_chunk to taohe_editor;
grant update on dataset, run, job, orthophoto to taohe_editor;
grant delete on dataset, run, job, orthophoto to taohe_editor;

grant insert on ledger_event, ledger_item, ledger_feed, ledger_sighting, ledger_measure, ledger_field_check, ledger_photograph, ledger_proposal to taohe_inspector;
grant update on ledger_head, ledger_item to taohe_inspector;
grant usage on sequence ledger_item_id_seq, orthophoto_id_seq to taohe_inspector;
grant usage on sequence orthophoto_id_seq to taohe_editor;

grant insert, update on county to taohe_admin;
grant select, insert, update, delete on ledger_webhook to taohe_admin;

-- Registering a county makes its part of each layer, and deleting a dataset takes
-- its table away, which is the owner's to do. In somebody's name only the table of a
-- dataset of their counties is taken that was not accepted.
alter function create_county_partitions() security definer set search_path from current;

-- +goose StatementBegin
create or replace function drop_dataset_table(layer text, dataset bigint) returns void
    language plpgsql security definer set search_path from current as $$
begin
    if current_setting('role') <> 'none' and not exists (
        select from dataset d
        where d.id = drop_dataset_table.dataset and d.layer = drop_dataset_table.layer and d.status <> 'accepted'
          and (sees_all_counties() or d.county_code = any (visible_counties())))
    then
        raise exception 'dataset % is not to be dropped', dataset using errcode = 'insufficient_privilege';
    end if;
    execute format('drop table if exists %I', layer || '_d' || dataset);
end
$$;
-- +goose StatementEnd

revoke execute on function drop_dataset_table(text, bigint) from public;
grant execute on function drop_dataset_table(text, bigint) to taohe_editor;

-- A view shows whoever asks what they may see, not what its owner may.
-- +goose StatementBegin
do $$
declare
    view text;
begin
    foreach view in array array['restricting_ground', 'classed_ground', 'run_ground_image', 'run_ground_piece', 'run_ground_component', 'run_ground_part', 'run_ground_account',
                                'run_approval_account', 'run_finding', 'run_finding_part', 'run_finding_breakdown', 'run_finding_citation', 'run_note'] loop
        execute format('alter view %I set (security_invoker = true)', view);
    end loop;
end $$;
-- +goose StatementEnd

-- Which rows are of a county that the request is made for. A row that hangs on
-- another is seen when that is, which the policy of the other decides.
-- +goose StatementBegin
do $$
declare
    of_county constant text := '(select sees_all_counties()) or %s = any ((select visible_counties())::text[])';
    hangs_on constant text := '(select sees_all_counties()) or exists (select from %s)';
    kind record;
    relation text;
begin
    for kind in
        select format(of_county, 'county_code') as condition, array[
            'dataset', 'mining_right', 'land_approval', 'protected_area', 'water_source', 'forest', 'grassland', 'disturbance', 'division',
            'run_not_evaluated', 'run_mine', 'run_patch', 'county_figure', 'ledger_item', 'orthophoto'] as relations
        union all
        select format(of_county, 'code'), array['county']
        union all
        select format(hangs_on, 'dataset d where d.id = dataset_id'), array[
            'dataset_file', 'footprint', 'dataset_diagnostic', 'dataset_diagnostic_count', 'dataset_progress', 'restricting_piece',
            'generalised', 'generalised_shape', 'generalised_part', 'generalised_cell']
        union all
        select '(select sees_all_counties()) or counties && (select visible_counties())', array['run']
        union all
        select format(hangs_on, 'run r where r.id = run_id'), array['run_dataset', 'carried_dataset', 'carried_row', 'run_mine_try', 'run_seal', 'run_rests_on']
        union all
        select format(hangs_on, 'run_mine m where m.run_id = %1$I.run_id and m.licence_no = %1$I.licence_no'), array[
            'run_licence', 'run_approval', 'ground_image', 'ground_piece', 'ground_component', 'ground_part', 'ground_account', 'approval_account',
            'finding', 'finding_part', 'finding_breakdown', 'finding_citation']
        union all
        select format(hangs_on, 'run_mine m where m.run_id = run_diagnostic.run_id and m.licence_no = run_diagnostic.licence_no')
               || ' or licence_no is null and exists (select from run r where r.id = run_id)', array['run_diagnostic']
        union all
        select format(hangs_on, 'run_patch p where p.run_id = listed_ground.run_id and p.dataset_id = listed_ground.dataset_id and p.row_no = listed_ground.row_no'),
               array['listed_ground']
        union all
        select format(hangs_on, 'run_patch p where p.run_id = unattributed_overlap.run_id and p.dataset_id = patch_dataset_id and p.row_no = patch_row_no'),
               array['unattributed_overlap']
        union all
        -- What a job made speaks of all counties of its run.
        select format(hangs_on, 'run r where r.id = run_id and r.counties <@ (select visible_counties())'), array['job']
        union all
        select format(hangs_on, 'job j where j.id = job_id'), array['job_part', 'job_part_try', 'job_file', 'job_file_chunk']
        union all
        select format(hangs_on, 'run r where r.id = of_run_id') || ' or exists (select from job j where j.id = of_job_id)', array['execution']
        union all
        select format(hangs_on, 'orthophoto o where o.id = orthophoto_id'), array['orthophoto_chunk']
        union all
        select format(hangs_on, 'run r where r.id = applied_run and r.counties <@ (select visible_counties())'), array['ledger_feed']
        union all
        select format(hangs_on, 'ledger_item i where i.id = item_id'), array[
            'ledger_sighting', 'ledger_measure', 'ledger_field_check', 'ledger_photograph', 'ledger_proposal']
        union all
        select format(hangs_on, 'ledger_item i where i.id = item_id')
               || ' or item_id is null and exists (select from ledger_feed f where f.event_no = ledger_event.no)', array['ledger_event']
        union all
        -- Where the log ends is nobody's.
        select 'true', array['ledger_head']
        union all
        select '(select sees_all_counties())', array['ledger_webhook']
    loop
        foreach relation in array kind.relations loop
            execute format('alter table %I enable row level security', relation);
            execute format('create policy of_counties on %I using (' || kind.condition || ')', relation);
        end loop;
    end loop;
    foreach relation in array array['dataset', 'dataset_file', 'footprint', 'mining_right', 'land_approval', 'protected_area', 'water_source', 'forest', 'grassland',
                                    'disturbance', 'division', 'restricting_piece', 'orthophoto', 'orthophoto_chunk'] loop
        execute format('create policy cited on %I for select using ((select reads_what_runs_cite()))', relation);
    end loop;
end $$;
-- +goose StatementEnd

-- What was accepted stays, and only what-if runs are ever deleted.
create policy only_unaccepted on dataset as restrictive for delete using (status <> 'accepted');
create policy only_what_if on run as restrictive for delete using (cardinality(what_if) > 0);

-- Deciding on a proposal is an approver's.
create policy decided_by_approver on ledger_event as restrictive for insert
    with check (kind not in ('approved', 'rejected') or pg_has_role(current_user, 'taohe_approver', 'usage'));

-- +goose Down
-- The roles stay: another database may know them.
-- +goose StatementBegin
do $$
declare
    policy record;
begin
    for policy in select policyname, tablename from pg_policies where schemaname = current_schema loop
        execute format('drop policy %I on %I', policy.policyname, policy.tablename);
        execute format('alter table %I disable row level security', policy.tablename);
    end loop;
    for policy in select relname from pg_class where relkind = 'v' and relnamespace = current_schema::regnamespace and reloptions @> array['security_invoker=true'] loop
        execute format('alter view %I reset (security_invoker)', policy.relname);
    end loop;
end $$;
-- +goose StatementEnd
alter function create_county_partitions() security invoker reset search_path;
-- +goose StatementBegin
create or replace function drop_dataset_table(layer text, dataset bigint) returns void
    language plpgsql as $$
begin
    execute format('drop table if exists %I', layer || '_d' || dataset);
end
$$;
-- +goose StatementEnd
grant execute on function drop_dataset_table(text, bigint) to public;
drop function sees_all_counties();
drop function visible_counties();
drop function reads_what_runs_cite();
drop owned by taohe_viewer, taohe_editor, taohe_inspector, taohe_approver, taohe_admin;
drop function append_audit(text, text, text, text, text, text, text);
drop table audit_head, audit_event;
drop function audit_refuse_change();
drop table sign_in_begun, sign_in_try, account_token, account_session, account;

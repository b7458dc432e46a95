-- +goose Up

-- Work of one complete run that somebody asked for and does not wait for. What it
-- made is kept here, where every worker and every service finds it.
create table job (
    id bigint generated always as identity primary key,
    kind text not null,
    run_id bigint not null references run (id) on delete cascade,
    asked jsonb not null,
    status text not null default 'queued',
    -- The presence of the program that does it; null is the queue's.
    owner bigint,
    total integer not null default 0,
    done integer not null default 0,
    failed integer not null default 0,
    error text,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    finished_at timestamptz,
    expires_at timestamptz,
    constraint job_kind_known check (kind in ('dossiers', 'ledger_feed', 'ledger_measurements', 'annex1', 'annex2', 'briefing')),
    constraint job_status_known check (status in ('queued', 'running', 'complete', 'cancelled', 'failed')),
    constraint job_counted check (done >= 0 and failed >= 0 and done + failed <= total),
    constraint job_finished_has_time check ((status in ('complete', 'cancelled', 'failed')) = (finished_at is not null)),
    constraint job_over_expires check ((finished_at is null) = (expires_at is null))
);

create index job_by_expiry on job (expires_at) where expires_at is not null;
create index job_by_run on job (run_id);

-- What of it can be done apart: a mine.
create table job_part (
    job_id bigint not null references job (id) on delete cascade,
    licence_no text not null,
    status text not null default 'pending',
    error text,
    primary key (job_id, licence_no),
    constraint job_part_status_known check (status in ('pending', 'done', 'failed')),
    constraint job_part_failed_says_why check ((status = 'failed') = (error is not null))
);

create index job_part_pending on job_part (job_id, licence_no) where status = 'pending';

-- How often a part was begun whose end was not written.
create table job_part_try (
    job_id bigint not null references job (id) on delete cascade,
    licence_no text not null,
    tries integer not null,
    primary key (job_id, licence_no),
    constraint job_part_try_counted check (tries > 0)
);

-- licence_no is empty for a file of the whole job.
create table job_file (
    job_id bigint not null references job (id) on delete cascade,
    licence_no text not null,
    no integer not null,
    name text not null,
    bytes bigint not null,
    crc32 bigint not null,
    sha256 bytea not null,
    primary key (job_id, licence_no, no),
    constraint job_file_named_once unique (job_id, name),
    constraint job_file_not_negative check (bytes >= 0)
);

-- In pieces, so that neither who writes nor who reads holds a file whole; they are
-- packed already, and not packed again.
create table job_file_chunk (
    job_id bigint not null,
    licence_no text not null,
    no integer not null,
    chunk integer not null,
    content bytea not null,
    primary key (job_id, licence_no, no, chunk),
    foreign key (job_id, licence_no, no) references job_file on delete cascade
);

alter table job_file_chunk alter column content set storage external;

-- +goose Down
drop table job_file_chunk;
drop table job_file;
drop table job_part_try;
drop table job_part;
drop table job;

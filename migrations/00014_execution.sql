-- +goose Up

-- How the results of a run or a job are to be given that was begun as an execution
-- of a process (OGC API – Processes): which outputs, in which form. Those that were
-- begun otherwise have no row, and give all outputs. What has a run_id is part of a
-- run's seal; this is not, and so the column is called otherwise.
create table execution (
    id bigint generated always as identity primary key,
    of_run_id bigint references run (id) on delete cascade,
    of_job_id bigint references job (id) on delete cascade,
    wanted jsonb not null,
    constraint execution_of_one check (num_nonnulls(of_run_id, of_job_id) = 1),
    constraint execution_once_a_run unique (of_run_id),
    constraint execution_once_a_job unique (of_job_id)
);

-- +goose Down
drop table execution;

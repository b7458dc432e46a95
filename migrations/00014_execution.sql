-- +goose Up

-- How the results of a run or a job are to be given that was begun as an execution
-- of a process (OGC API – Processes): which outputs, in which form. Those that were
-- begun otherwise have no row, and give all outputs.
create table execution (
    id bigint generated always as identity primary key,
    run_id bigint references run (id) on delete cascade,
    job_id bigint references job (id) on delete cascade,
    wanted jsonb not null,
    constraint execution_of_one check (num_nonnulls(run_id, job_id) = 1),
    constraint execution_once_a_run unique (run_id),
    constraint execution_once_a_job unique (job_id)
);

-- +goose Down
drop table execution;

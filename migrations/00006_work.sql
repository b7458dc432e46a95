-- +goose Up

-- owner is the presence of the program that does the work; null is the queue's,
-- where whoever comes does it, and nobody's end ends it.
alter table dataset alter column owner drop not null;
alter table run alter column owner drop not null;

-- What is read of a file that is loading, in a table of its own: the load holds
-- the dataset's row until its end.
create table dataset_progress (
    dataset_id bigint primary key references dataset (id) on delete cascade,
    rows_read bigint not null,
    constraint dataset_progress_counted check (rows_read >= 0)
);

-- How often a mine was begun whose end was not written: a mine that takes every
-- program or database down with it must not do so for ever.
create table run_mine_try (
    run_id bigint not null references run (id) on delete cascade,
    licence_no text not null,
    tries integer not null,
    primary key (run_id, licence_no),
    constraint run_mine_try_counted check (tries > 0)
);

create index run_mine_pending on run_mine (run_id, licence_no) where status = 'pending';

-- +goose Down
drop index run_mine_pending;
drop table run_mine_try;
drop table dataset_progress;
update run set owner = 0 where owner is null;
update dataset set owner = 0 where owner is null;
alter table run alter column owner set not null;
alter table dataset alter column owner set not null;
